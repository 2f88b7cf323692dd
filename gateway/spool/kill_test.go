package spool

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"hexspot/gateway"
	"hexspot/gateway/storetest"
)

// The child is a forwarder in a process of its own, which the test kills.
const (
	childPath   = "SPOOL_TEST_PATH"   // of its spool; set: this process is the child
	childServer = "SPOOL_TEST_SERVER" // address of its network
	childFirst  = "SPOOL_TEST_FIRST"  // number of its first frame
)

const (
	childSync = 30 * time.Millisecond // how long the child's frames may wait to be written
	childPace = time.Millisecond      // between two of them; longer when the machine is busy
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		fmt.Fprintln(os.Stderr, beChild(path, os.Getenv(childServer), os.Getenv(childFirst)))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// beChild offers frames, and says so, until it is killed.
func beChild(path, server, first string) error {
	ctx := context.Background()
	s, err := Open(ctx, Config{Path: path}, quiet())
	if err != nil {
		return err
	}
	f := gateway.NewForwarder(dialled(server), gateway.Limits{InFlight: 16}, quiet())
	if err := f.Persist(ctx, s.Frames("test", 1), childSync); err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- f.Run(ctx) }()
	n, err := strconv.Atoi(first)
	if err != nil {
		return err
	}
	for tick := time.NewTicker(childPace); ; n++ {
		select {
		case err := <-failed:
			return err
		case <-tick.C:
			f.Offer(*storetest.Frame(n, time.Now()))
			fmt.Println(n)
		}
	}
}

// dialled is a network at an address: 8 bytes are a frame's number, the same back its
// acknowledgement.
type dialled string

func (d dialled) Name() string { return "test" }

func (d dialled) Connect(ctx context.Context) (gateway.Session, error) {
	for again := time.NewTicker(5 * time.Millisecond); ; <-again.C {
		conn, err := net.Dial("tcp", string(d))
		if err == nil {
			s := &link{conn: conn, done: make(chan struct{})}
			go s.listen()
			return s, nil
		}
	}
}

// link is the child's side of a connection.
type link struct {
	conn net.Conn
	done chan struct{}
	mu   sync.Mutex
	open []*linkAck
	lost bool
}

type linkAck struct {
	done chan struct{}
	err  error
}

func (a *linkAck) Done() <-chan struct{} { return a.done }
func (a *linkAck) Error() error          { return a.err }

func (s *link) Done() <-chan struct{} { return s.done }
func (s *link) Close()                { s.conn.Close() }

func (s *link) Send(_ context.Context, f *gateway.Frame) (gateway.Ack, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost {
		return nil, io.ErrClosedPipe
	}
	ack := &linkAck{done: make(chan struct{})}
	s.open = append(s.open, ack)
	_, err := s.conn.Write(binary.BigEndian.AppendUint64(nil, uint64(storetest.Number(f))))
	return ack, err
}

func (s *link) listen() {
	var number [8]byte
	for {
		_, err := io.ReadFull(s.conn, number[:])
		s.mu.Lock()
		if err != nil {
			s.lost = true
			for _, a := range s.open {
				a.err = err
				close(a.done)
			}
			close(s.done)
			s.mu.Unlock()
			return
		}
		close(s.open[0].done)
		s.open = s.open[1:]
		s.mu.Unlock()
	}
}

// server is the network of the child. It acknowledges what it gets while it is there.
type server struct {
	mu       sync.Mutex
	listener net.Listener
	conns    map[net.Conn]bool
	address  string
	first    []int             // arrivals, each number once
	acked    map[int]time.Time // when a frame was acknowledged
	again    int               // how often a frame came that had been acknowledged
	arrived  chan struct{}     // has a token when one has come
	left     time.Time         // the latest time; acknowledgements just before it may be lost
}

func (v *server) comeBack(t *testing.T) {
	listener, err := net.Listen("tcp", v.address)
	must(t, err)
	v.mu.Lock()
	v.listener, v.address = listener, listener.Addr().String()
	v.mu.Unlock()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			v.mu.Lock()
			v.conns[conn] = true
			v.mu.Unlock()
			go v.serve(conn)
		}
	}()
}

func (v *server) leave() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.left = time.Now()
	v.listener.Close()
	for conn := range v.conns {
		conn.Close()
	}
	clear(v.conns)
}

func (v *server) serve(conn net.Conn) {
	var number [8]byte
	for {
		if _, err := io.ReadFull(conn, number[:]); err != nil {
			conn.Close()
			return
		}
		v.take(int(binary.BigEndian.Uint64(number[:])))
		if _, err := conn.Write(number[:]); err != nil {
			conn.Close()
			return
		}
	}
}

func (v *server) take(n int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, known := v.acked[n]; known {
		v.again++
	} else {
		v.first = append(v.first, n)
	}
	v.acked[n] = time.Now()
	select {
	case v.arrived <- struct{}{}:
	default:
	}
}

// life is one run of the child.
type life struct {
	next   int // number of the frame that it did not come to
	killed time.Time
}

// live runs the child until something is over, and kills it.
func live(t *testing.T, path, address string, first int, during func()) life {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), childPath+"="+path, childServer+"="+address, childFirst+"="+strconv.Itoa(first))
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	must(t, err)
	must(t, command.Start())
	l := life{next: first}
	begun := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			n, err := strconv.Atoi(lines.Text())
			if err != nil {
				continue // the last line may be cut
			}
			if n == first {
				close(begun)
			}
			l.next = n + 1
		}
	}()
	select {
	case <-begun:
	case <-time.After(30 * time.Second):
		t.Error("the child does not begin")
	}
	during()
	l.killed = time.Now()
	must(t, command.Process.Kill())
	<-ended
	var exit *exec.ExitError
	if err := command.Wait(); !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return l
}

var killFor = flag.Duration("kill.for", 10*time.Second, "how long TestKill goes on killing")

// slack is of a busy machine, for a write that is due.
const slack = 300 * time.Millisecond

// TestKill kills a forwarder at random instants, most of them in outages, many times.
// Nothing that was on the disk is lost, nothing older than the interval is missing from
// it, order is kept, and only what was acknowledged just before a kill comes again.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	v := &server{address: "127.0.0.1:0", conns: map[net.Conn]bool{}, acked: map[int]time.Time{}, arrived: make(chan struct{}, 1)}
	v.comeBack(t)
	lost := map[int]bool{} // not yet on the disk when they were killed
	next, kills := 0, 0
	for begun := time.Now(); time.Since(begun) < *killFor && !t.Failed(); kills++ {
		left := make(chan struct{})
		l := live(t, path, v.address, next, func() {
			time.AfterFunc(rand.N(400*time.Millisecond), func() {
				v.leave()
				close(left)
			})
			<-time.After(rand.N(800 * time.Millisecond))
		})
		<-left
		v.check(t, l, kept(t, path), next, lost)
		next = l.next
		v.comeBack(t)
	}
	live(t, path, v.address, next, func() { v.await(t, next, lost) })
	v.leave()
	v.mu.Lock()
	defer v.mu.Unlock()
	if !slices.IsSorted(v.first) {
		t.Error("frames came out of order")
	}
	t.Logf("%d kills, %d frames, %d killed in memory, %d came again after their acknowledgement", kills, next, len(lost), v.again)
}

// kept are the frames on the disk.
func kept(t *testing.T, path string) map[int]bool {
	t.Helper()
	s, err := Open(t.Context(), Config{Path: path}, quiet())
	must(t, err)
	defer s.Close()
	list, err := s.Frames("test", 1).Load(t.Context(), 0, 1<<62)
	must(t, err)
	numbers := map[int]bool{}
	for _, h := range list {
		numbers[storetest.Number(h.Frame)] = true
	}
	return numbers
}

// check looks at what a killed child has left.
func (v *server) check(t *testing.T, l life, disk map[int]bool, first int, lost map[int]bool) {
	t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	for n := first; n < l.next; n++ {
		if _, acked := v.acked[n]; acked || disk[n] {
			continue
		}
		lost[n] = true
		if behind := l.next - n; behind > int((childSync+slack)/childPace) {
			t.Errorf("frame %d is not on the disk when %d more have come", n, behind)
		}
	}
	for n := range disk {
		if at, acked := v.acked[n]; acked && l.killed.Sub(at) > childSync+slack && v.left.Sub(at) > slack {
			t.Errorf("frame %d is on the disk %v after it was acknowledged", n, l.killed.Sub(at))
		}
	}
}

// await waits until everything has come that was offered before a number and not lost.
func (v *server) await(t *testing.T, next int, lost map[int]bool) {
	t.Helper()
	timeout := time.After(30 * time.Second)
	for {
		missing := v.missing(next, lost)
		if len(missing) == 0 {
			return
		}
		select {
		case <-v.arrived:
		case <-timeout:
			t.Errorf("%d frames never came, the first is %d", len(missing), missing[0])
			return
		}
	}
}

func (v *server) missing(next int, lost map[int]bool) (list []int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for n := range next {
		if _, acked := v.acked[n]; !acked && !lost[n] {
			list = append(list, n)
		}
	}
	return list
}
