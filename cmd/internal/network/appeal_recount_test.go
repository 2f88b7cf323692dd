package network

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
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
	fault error
	reads int
	held  chan struct{}
}

func (f *faultyEarlier) Appeals(context.Context, time.Time, func(journal.Record) error) error {
	f.reads++
	if f.held != nil {
		f.held <- struct{}{}
		<-f.held
	}
	return f.fault
}

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
	earlier := &faultyEarlier{fault: errors.New("no leader")}
	d.appeals.earlier, d.appeals.log = earlier, slog.New(slog.DiscardHandler)
	must(t, d.appeals.run(t.Context()))
	if got := post().refused(t); got != "failed" || earlier.reads != 2 {
		t.Errorf("it cannot be counted: %q, %d times", got, earlier.reads)
	}
	earlier.fault, earlier.held = nil, make(chan struct{})
	counting := make(chan error, 1)
	go func() { counting <- d.appeals.run(t.Context()) }()
	<-earlier.held
	if got := post().refused(t); got != "busy" {
		t.Errorf("while it is being counted: %q", got)
	}
	earlier.held <- struct{}{}
	must(t, <-counting)
	if got := post(); got.status != http.StatusAccepted || earlier.reads != 3 {
		t.Errorf("when it is counted: %d %s, %d times", got.status, got.body, earlier.reads)
	}
}
