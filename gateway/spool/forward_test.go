package spool

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/gateway"
	"hexspot/gateway/storetest"
)

// network is a destination that is there or away, and takes everything while it is
// there.
type network struct {
	there chan bool // a token while it is there
	taken []int
	done  chan struct{} // of the present session
}

func newNetwork() *network { return &network{there: make(chan bool, 1)} }

func (n *network) Name() string { return "test" }

func (n *network) Connect(ctx context.Context) (gateway.Session, error) {
	select {
	case there := <-n.there:
		n.there <- there
		n.done = make(chan struct{})
		return n, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (n *network) comeBack() { n.there <- true }

func (n *network) Done() <-chan struct{} { return n.done }
func (n *network) Close()                {}

func (n *network) Send(_ context.Context, f *gateway.Frame) (gateway.Ack, error) {
	n.taken = append(n.taken, storetest.Number(f))
	return taken{}, nil
}

// taken is an acknowledgement that is there at once.
type taken struct{}

var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

func (taken) Done() <-chan struct{} { return closed }
func (taken) Error() error          { return nil }

// forwarding runs a forwarder on a spool.
func forwarding(t *testing.T, s *Spool, n *network) (f *gateway.Forwarder, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	f = gateway.NewForwarder(n, gateway.Limits{}, quiet())
	must(t, f.Persist(ctx, s.Frames("test", 1), time.Second))
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	return f, func() {
		cancel()
		must(t, <-done)
	}
}

func offer(f *gateway.Forwarder, from, to int) {
	for _, frame := range storetest.Frames(from, to) {
		f.Offer(*frame)
	}
}

func numbers(from, to int) (list []int) {
	for ; from < to; from++ {
		list = append(list, from)
	}
	return list
}

// TestMonthOfOutage: 30 days without the network, restarts in between; then everything
// young enough is sent, in order.
func TestMonthOfOutage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	synctest.Test(t, func(t *testing.T) {
		config := Config{Path: path, MaxAge: gateway.Duration(20*24*time.Hour + 30*time.Minute)}
		n := newNetwork()
		for day := range 30 {
			s := openAt(t, config, quiet())
			f, stop := forwarding(t, s, n)
			for hour := range 24 {
				offer(f, 100*(24*day+hour), 100*(24*day+hour)+100)
				time.Sleep(time.Hour)
			}
			stop()
		}
		s := openAt(t, config, quiet())
		f, stop := forwarding(t, s, n)
		n.comeBack()
		synctest.Wait()
		time.Sleep(time.Minute)
		stop()
		if want := numbers(72_000-100*24*20, 72_000); !slices.Equal(n.taken, want) {
			t.Errorf("%d frames are sent, from %v; want %d", len(n.taken), n.taken[:min(1, len(n.taken))], len(want))
		}
		if c := f.Counters(); c.Queued != 0 || c.Restored != c.Acked+c.Dropped {
			t.Errorf("%+v", c)
		}
	})
}

// TestHealthyDoesNotWrite: while the network takes what comes, the file and its log stay
// as they are, an outage before or not.
func TestHealthyDoesNotWrite(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, Config{Path: filepath.Join(dir, "s.db")}, quiet())
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		f, stop := forwarding(t, s, n)
		offer(f, 0, 500)
		time.Sleep(3 * time.Second)
		n.comeBack()
		time.Sleep(3 * time.Second)
		if c := f.Counters(); c.Acked != 500 {
			t.Errorf("%+v", c)
		}
		before := content(t, dir)
		for i := range 10_000 {
			offer(f, 500+i, 501+i)
			time.Sleep(time.Second)
		}
		stop()
		if content(t, dir) != before {
			t.Error("the files were written to")
		}
		if len(n.taken) != 10_500 {
			t.Errorf("%d frames are sent", len(n.taken))
		}
	})
}

// content is everything in a directory, with the times of the latest writing, but for
// the shared memory of readers.
func content(t *testing.T, dir string) string {
	t.Helper()
	files, err := os.ReadDir(dir)
	must(t, err)
	var all strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		must(t, err)
		if !strings.HasSuffix(f.Name(), "-shm") {
			info, err := f.Info()
			must(t, err)
			fmt.Fprint(&all, f.Name(), info.ModTime().UnixNano())
			all.Write(data)
		}
	}
	return all.String()
}

// TestEveryCommitIsOnTheDisk: the file is one that waits for the disk at each commit.
func TestEveryCommitIsOnTheDisk(t *testing.T) {
	s := openNew(t)
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "cache_size": "-256"} {
		var got string
		must(t, s.db.QueryRow("PRAGMA "+pragma).Scan(&got))
		if got != want {
			t.Errorf("%s = %s, want %s", pragma, got, want)
		}
	}
}

// BenchmarkAppend is frames written in the portions of an outage: one a second, and
// as many as one transaction takes.
func BenchmarkAppend(b *testing.B) {
	for _, c := range []struct {
		name string
		size int
	}{{"1", 1}, {"64", 64}, {"256", 256}} {
		b.Run(c.name, func(b *testing.B) {
			f, frames, next := openNew(b).Frames("a", 1), storetest.Frames(0, c.size), uint64(1)
			for b.Loop() {
				add(b, f, next, frames)
				next += uint64(c.size)
			}
			b.ReportMetric(float64(b.N*c.size)/b.Elapsed().Seconds(), "frames/s")
		})
	}
}

// BenchmarkLoad is frames read back and removed.
func BenchmarkLoad(b *testing.B) {
	f := openNew(b).Frames("a", 1)
	const size = 128
	next := uint64(1)
	for b.Loop() {
		b.StopTimer()
		add(b, f, next, storetest.Frames(int(next), int(next)+size))
		b.StartTimer()
		list, err := f.Load(b.Context(), next, next+size)
		if must(b, err); len(list) != size {
			b.Fatalf("%d frames", len(list))
		}
		next += size
		must(b, f.Remove(b.Context(), next))
	}
	b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "frames/s")
}
