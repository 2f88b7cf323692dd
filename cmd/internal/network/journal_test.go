package network

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hexspot/cmd/internal/stations"
	"hexspot/gateway/broker"
	"hexspot/internal/journal"
	"hexspot/internal/testlog"
	"hexspot/radio"
)

// noted is a journal that remembers what it is asked.
type noted struct{ subjects, ids []string }

func (n *noted) Append(_ context.Context, subject, id string, _ []byte) error {
	n.subjects, n.ids = append(n.subjects, subject), append(n.ids, id)
	return nil
}

// TestPacketsKept: which messages of a station go where.
func TestPacketsKept(t *testing.T) {
	eui := radio.EUI{1, 2, 3, 4, 5, 6, 7, 8}
	for topic, want := range map[string]string{
		"eu868/gateway/0102030405060708/event/up":        "pkt.0102030405060708.up",
		"gateway/0102030405060708/event/up":              "pkt.0102030405060708.up",
		"us915_1/gateway/0102030405060708/event/stats":   "pkt.0102030405060708.stats",
		"eu868/gateway/0102030405060708/event/ack":       "pkt.0102030405060708.ack",
		"eu868/gateway/0102030405060708/report/emission": "pkt.0102030405060708.report",
		"eu868/gateway/0102030405060708/event/exec":      "",
		"eu868/gateway/0102030405060708/state/conn":      "",
		"hexspot/spot1abc/up/report":                     "",
		"event/up":                                       "",
	} {
		n := &noted{}
		if err := (packets{journal: n}).keep(t.Context(), broker.Message{EUI: eui, Topic: topic, QoS: 1}); err != nil {
			t.Error(err)
		}
		if got := fmt.Sprint(n.subjects); want == "" && len(n.subjects) != 0 || want != "" && got != "["+want+"]" {
			t.Errorf("%s is kept as %s, want %q", topic, got, want)
		}
	}
}

// TestPacketsByQoSAndContent: QoS 0 on demand; the same bytes have the same id.
func TestPacketsByQoSAndContent(t *testing.T) {
	m := broker.Message{Topic: "gateway/0102030405060708/event/up", Payload: []byte("a")}
	n := &noted{}
	p := packets{journal: n}
	for _, c := range []struct {
		qos     byte
		all     bool
		payload string
	}{{0, false, "a"}, {0, true, "a"}, {1, false, "a"}, {2, false, "b"}} {
		m.QoS, m.Payload, p.unacknowledged = c.qos, []byte(c.payload), c.all
		if err := p.keep(t.Context(), m); err != nil {
			t.Error(err)
		}
	}
	if len(n.ids) != 3 || n.ids[0] != n.ids[1] || n.ids[1] == n.ids[2] {
		t.Errorf("ids %q", n.ids)
	}
}

// kept is where a broker listens that comes back at the same port: at 127.0.0.1 the connections
// of other tests might take one that is free for a while.
var kept = []string{"127.0.0.2:0"}

// serving runs a network until the test ends, or end is called.
func serving(t *testing.T, c Config, data Data) (n *Network, end func()) {
	t.Helper()
	if c.Broker.Listen == nil {
		c.Broker.Listen = []string{"127.0.0.1:0"}
	}
	n, err := New(t.Context(), c, data, testlog.New(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("broker %+v", n.broker.Counters())
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	ended := false
	end = func() {
		if ended {
			return
		}
		ended = true
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(end)
	return n, end
}

// publishing runs stations until the test ends, or end is called.
func publishing(t *testing.T, n *Network, c stations.Config) (f *stations.Fleet, end func()) {
	t.Helper()
	c.URL, c.Network, c.Bytes, c.Timing = n.Addresses()[0], n.ID().String(), 250, demoTiming(t)
	f, err := stations.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { f.Run(ctx); close(done) }()
	end = func() { cancel(); <-done }
	t.Cleanup(end)
	return f, end
}

// patience is for what must happen, also where a commit to the disk takes 200 ms.
const patience = 2 * time.Minute

func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	awaitFor(t, patience, what, holds)
}

func awaitFor(t *testing.T, most time.Duration, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(most); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v", what, most)
		}
	}
}

// TestRolledOff: what stations were acknowledged ends in files, whole.
func TestRolledOff(t *testing.T) {
	data := Data(t.TempDir())
	n, end := serving(t, Config{}, data)
	f, stop := publishing(t, n, stations.Config{Count: 10})
	await(t, "messages", func() bool { return f.Total() > 100 })
	stop()
	end()
	store, err := OpenStore(t.Context(), Config{}, data, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	made, err := store.Roll(t.Context(), time.Now().Add(time.Hour))
	if err != nil || len(made) == 0 {
		t.Fatalf("files %v, %v", made, err)
	}
	found := stations.Found{}
	for _, file := range made {
		if err := addFile(found, filepath.Join(string(data), filesDir, filepath.FromSlash(file.Name()))); err != nil {
			t.Fatal(err)
		}
	}
	if b := found.Balance(f.Acked()); b.Lost != 0 || b.Again != 0 || b.Acked == 0 {
		t.Errorf("%+v", b)
	}
}

func addFile(found stations.Found, path string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	reader, err := journal.NewReader(in)
	if err != nil {
		return err
	}
	defer reader.Close()
	for {
		r, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		found.Add(r.Data)
	}
}
