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
	"sync/atomic"
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
	if err := f.Persist(ctx, told{s.Frames("test", 1)}, childSync); err != nil {
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

// told is a store that says when it is used, so that the test knows how much came meanwhile.
type told struct{ gateway.Store }

const (
	usedLine = "used"
	doneLine = "done"
)

func (s told) Append(ctx context.Context, first uint64, frames []*gateway.Frame) (uint64, error) {
	fmt.Println(usedLine)
	defer fmt.Println(doneLine)
	return s.Store.Append(ctx, first, frames)
}

func (s told) Load(ctx context.Context, from, to uint64) ([]gateway.Held, error) {
	fmt.Println(usedLine)
	defer fmt.Println(doneLine)
	return s.Store.Load(ctx, from, to)
}

func (s told) Remove(ctx context.Context, below uint64) error {
	fmt.Println(usedLine)
	defer fmt.Println(doneLine)
	return s.Store.Remove(ctx, below)
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
	first    []int          // arrivals, each number once
	acked    map[int]moment // when a frame was acknowledged
	again    int            // how often a frame came that had been acknowledged
	arrived  chan struct{}  // has a token when one has come
	left     moment         // the latest time; acknowledgements just before it may be lost
	offered  atomic.Int64   // frames, by the child's word
}

// moment is an instant in two measures: the clock, which goes on while the machine stands still,
// and how many frames the child had offered, which do not.
type moment struct {
	at      time.Time
	offered int
}

func (v *server) now() moment { return moment{time.Now(), int(v.offered.Load())} }

// over says whether more than a time has passed since another moment by both measures, of which
// the disk took so many frames' time.
func (m moment) over(since moment, limit time.Duration, busy int) bool {
	return m.at.Sub(since.at) > limit && m.offered-since.offered > int(limit/childPace)+busy
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
	v.left = v.now()
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
	v.acked[n] = v.now()
	select {
	case v.arrived <- struct{}{}:
	default:
	}
}

// life is one run of the child.
type life struct {
	next   int // number of the frame that it did not come to
	uses   uses
	killed moment
}

// uses are how many frames came during each use of the disk.
type uses struct {
	begun int
	now   bool
	came  []int
}

func (u *uses) begin(next int) { u.begun, u.now = next, true }

func (u *uses) end(next int) {
	if u.now {
		u.came = append(u.came, next-u.begun)
	}
	u.now = false
}

// usesOfAFrame are those that a frame may have to wait for: of the step before its own, and of
// its own, each of which loads, removes and writes.
const usesOfAFrame = 6

// last is how many frames came during those.
func (u *uses) last() (n int) {
	for _, came := range u.came[max(0, len(u.came)-usesOfAFrame):] {
		n += came
	}
	return n
}

// live runs the child until something is over, and kills it.
func (v *server) live(t *testing.T, path string, first int, during func()) life {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), childPath+"="+path, childServer+"="+v.address, childFirst+"="+strconv.Itoa(first))
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
			if l.read(lines.Text()) == first {
				close(begun)
			}
			v.offered.Store(int64(l.next))
		}
		l.uses.end(l.next)
	}()
	select {
	case <-begun:
	case <-time.After(time.Minute):
		t.Error("the child does not begin")
	}
	during()
	at := time.Now()
	must(t, command.Process.Kill())
	<-ended
	l.killed = moment{at, l.next}
	var exit *exec.ExitError
	if err := command.Wait(); !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return l
}

// read takes a line of the child and gives the number in it, -1 if there is none.
func (l *life) read(line string) int {
	switch line {
	case usedLine:
		l.uses.begin(l.next)
		return -1
	case doneLine:
		l.uses.end(l.next)
		return -1
	}
	n, err := strconv.Atoi(line)
	if err != nil {
		return -1 // the last line may be cut
	}
	l.next = n + 1
	return n
}

var killFor = flag.Duration("kill.for", 10*time.Second, "how long TestKill goes on killing")

// slack is of a busy machine, for a write that is due.
const slack = 300 * time.Millisecond

// TestKill kills a forwarder at random instants, most of them in outages, many times.
// Nothing that was on the disk is lost, nothing older than the interval is missing from
// it, order is kept, and only what was acknowledged just before a kill comes again.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	// It comes back at the same port: at 127.0.0.1 the connections of other tests might take it.
	v := &server{address: "127.0.0.2:0", conns: map[net.Conn]bool{}, acked: map[int]moment{}, arrived: make(chan struct{}, 1)}
	v.comeBack(t)
	lost := map[int]bool{} // not yet on the disk when they were killed
	next, kills := 0, 0
	for begun := time.Now(); time.Since(begun) < *killFor && !t.Failed(); kills++ {
		left := make(chan struct{})
		l := v.live(t, path, next, func() {
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
	v.live(t, path, next, func() { v.await(t, next, lost) })
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
		if behind := l.next - n; behind > int((childSync+slack)/childPace)+l.uses.last() {
			t.Errorf("frame %d is not on the disk when %d more have come, %d of them while it was used", n, behind, l.uses.last())
		}
	}
	for n := range disk {
		if then, acked := v.acked[n]; acked && l.killed.over(then, childSync+slack, l.uses.last()) && v.left.over(then, slack, 0) {
			t.Errorf("frame %d is on the disk %v after it was acknowledged, when %d more have come", n, l.killed.at.Sub(then.at), l.killed.offered-then.offered)
		}
	}
}

// await waits until everything has come that was offered before a number and not lost.
func (v *server) await(t *testing.T, next int, lost map[int]bool) {
	t.Helper()
	timeout := time.After(time.Minute)
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
