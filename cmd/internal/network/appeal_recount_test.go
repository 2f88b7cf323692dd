package network

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"hexspot/internal/journal"
	"hexspot/radio"
	"hexspot/witness"
)

// TestAppealsOfBeforeAStartCount: what is kept of the running epoch, in the log of this process, in
// a cluster's, or in files alone.
func TestAppealsOfBeforeAStartCount(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config journal.Config
		roll   bool
	}{
		"the log":   {},
		"files":     {journal.Config{Keep: "0s"}, true},
		"both":      {journal.Config{Keep: "24h"}, true},
		"a cluster": {journal.Config{URL: mustNode(t), Replicas: 1}, false},
		"its files": {journal.Config{URL: mustNode(t), Replicas: 1, Keep: "0s"}, true},
	} {
		store, end := mustStoreOf(t, Data(t.TempDir()), Config{Journal: JournalConfig{Config: c.config}})
		d := newDesk(t, Data(t.TempDir()), nil)
		p := newProver(t, d.network)
		parts := provingParts{journal: store.Journal}
		now := present()
		epoch := d.schedule.Epoch(d.schedule.SlotAt(now))
		from, _ := d.schedule.Slots(epoch)
		for at, slot := range map[witness.Millis]witness.Slot{now: 1, d.schedule.Start(from) - 1: 2} {
			f := p.appeal(t, d.network, slot)
			must(t, parts.keep(t.Context(), string(radio.KindAppeal), 1, f.Record.ID(d.network).String(), at, f.Append(nil)))
		}
		must(t, parts.keep(t.Context(), string(radio.KindAppeal), 1, "damaged", now, []byte{1}))
		must(t, parts.keep(t.Context(), string(radio.KindBeacon), 1, "another", now, []byte{1}))
		if c.roll {
			if made, err := store.Roll(t.Context(), time.Now().Add(2*time.Hour)); err != nil || len(made) == 0 {
				t.Fatalf("%s: files %v, %v", name, made, err)
			}
		}
		d.appeals.earlier = store
		must(t, d.appeals.run(t.Context()))
		if got := d.appeals.counts.taken; len(got[p.key.Station()]) != 1 || d.appeals.counts.epoch != epoch {
			t.Errorf("%s: %+v", name, got)
		}
		end()
	}
}

// mustNode is the URL of a cluster of one node.
func mustNode(t *testing.T) string {
	t.Helper()
	node, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	node.Start()
	t.Cleanup(func() {
		node.Shutdown()
		node.WaitForShutdown()
	})
	if !node.ReadyForConnections(patience) {
		t.Fatal("the node does not begin")
	}
	return node.ClientURL()
}

// faultyEarlier cannot be read while there is a fault.
type faultyEarlier struct {
	held chan struct{} // nil: who reads is not held up

	mu    sync.Mutex
	fault error
	reads int
}

func (f *faultyEarlier) Appeals(context.Context, time.Time, func(journal.Record) error) error {
	f.mu.Lock()
	f.reads++
	f.mu.Unlock()
	if f.held != nil {
		f.held <- struct{}{}
		<-f.held
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fault
}

// be changes whether it can be read.
func (f *faultyEarlier) be(fault error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = fault
}

func (f *faultyEarlier) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reads
}

var errNoLeader = errors.New("no leader")

// TestNoAppealIsTakenUncounted: while what came before the start cannot be counted, or is being
// counted, none is taken; then they are, and it is not counted again.
func TestNoAppealIsTakenUncounted(t *testing.T) {
	t.Parallel()
	d := newDesk(t, Data(t.TempDir()), nil)
	p := newProver(t, d.network)
	must(t, stepped(t, d.entropy, present()))
	d.doubt(t, 1001, witness.StationSubject(p.key.Station()))
	d.settled(p)
	good := p.appeal(t, d.network, d.entropy.public.first(t)).Append(nil)
	post := func() answer {
		return request(t, http.MethodPost, d.url+"/v1/witness/appeals", good, "Content-Type", protobuf)
	}
	earlier := &faultyEarlier{fault: errNoLeader}
	d.appeals.earlier, d.appeals.log = earlier, slog.New(slog.DiscardHandler)
	for reads := 1; reads <= 2; reads++ { // each appeal tries it, too
		if got := post().refused(t); got != "failed" || earlier.count() != reads {
			t.Errorf("it cannot be counted: %q, %d times", got, earlier.count())
		}
	}
	earlier.be(nil)
	earlier.held = make(chan struct{})
	counting := make(chan error, 1)
	go func() { counting <- d.appeals.run(t.Context()) }()
	<-earlier.held
	if got := post().refused(t); got != "busy" {
		t.Errorf("while it is being counted: %q", got)
	}
	earlier.held <- struct{}{}
	must(t, <-counting)
	if got := post(); got.status != http.StatusAccepted || earlier.count() != 3 {
		t.Errorf("when it is counted: %d %s, %d times", got.status, got.body, earlier.count())
	}
}

// TestAppealsAreCountedWithoutAnAppeal: while it fails it is tried again by itself, with pauses that
// grow up to a bound, and told once; it ends when they are counted, or with its context.
func TestAppealsAreCountedWithoutAnAppeal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		schedule, err := witness.ScheduleNamed("demo")
		must(t, err)
		earlier, told := &faultyEarlier{fault: errNoLeader}, &bytes.Buffer{}
		d := &appealDesk{
			provingParts:   provingParts{schedule: schedule, log: slog.New(slog.NewTextHandler(told, nil))},
			earlierAppeals: earlierAppeals{earlier: earlier},
		}
		counting := make(chan error, 1)
		go func() { counting <- d.run(t.Context()) }()
		for _, c := range []struct {
			after time.Duration
			reads int
		}{{0, 1}, {firstRecountPause, 2}, {firstRecountPause, 2}, {firstRecountPause, 3}, {10 * mostRecountPause, 16}} {
			time.Sleep(c.after) // of the bubble
			synctest.Wait()
			if earlier.count() != c.reads || d.counted.Load() {
				t.Fatalf("%v later: tried %d times, want %d; counted %v", c.after, earlier.count(), c.reads, d.counted.Load())
			}
		}
		earlier.be(nil)
		begun := time.Now()
		must(t, <-counting)
		if took := time.Since(begun); took > mostRecountPause || !d.counted.Load() || earlier.count() != 17 {
			t.Errorf("counted %v %v after it can be read, tried %d times", d.counted.Load(), took, earlier.count())
		}
		if n := strings.Count(told.String(), "not counted"); n != 1 {
			t.Errorf("told %d times:\n%s", n, told)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		schedule, err := witness.ScheduleNamed("demo")
		must(t, err)
		d := &appealDesk{
			provingParts:   provingParts{schedule: schedule, log: slog.New(slog.DiscardHandler)},
			earlierAppeals: earlierAppeals{earlier: &faultyEarlier{fault: errNoLeader}},
		}
		ctx, cancel := context.WithCancel(t.Context())
		counting := make(chan error, 1)
		go func() { counting <- d.run(ctx) }()
		synctest.Wait()
		cancel()
		must(t, <-counting)
	})
}
