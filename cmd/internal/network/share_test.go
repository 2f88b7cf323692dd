package network

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"hexspot/gateway/broker"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// filled is a journal that is so full.
type filled struct{ used, most int64 }

func (f *filled) Used() (used, most int64) { return f.used, f.most }

// TestStrangersFillHalfOfTheJournal: above it stations with a site go on, others are put off, and
// taken when there is room again.
func TestStrangersFillHalfOfTheJournal(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	owner, stranger := newProver(t, d.network), newProver(t, d.network)
	d.settled(owner)
	journal, told := &filled{most: 1000}, &bytes.Buffer{}
	d.share.journal, d.share.log = journal, slog.New(slog.NewTextHandler(told, nil))
	now := present()
	number := byte(0)
	takes := func(p *prover) bool {
		t.Helper()
		number++
		s := p.sign(d.network, radio.KindBeacon, beaconOf(d.schedule.SlotAt(now), now, number))
		answer := d.hear(p, "up/beacon", s.Append(nil), "ack")
		if _, err := log.ParseReceipt(answer, d.network); err == nil {
			return true
		}
		refusal, err := witness.ParseRefusal(answer)
		if err != nil || refusal.Reason != witness.RefusedRate || !strings.Contains(refusal.Text, "publish") {
			t.Fatalf("%q, %v", answer, err)
		}
		return false
	}
	for _, c := range []struct {
		used    int64
		strange bool
		told    int
	}{
		{499, true, 0}, {500, false, 1}, {1000, false, 1}, {499, true, 1}, {500, false, 1}, {440, true, 1}, {600, false, 1},
		{400, true, 1}, {499, true, 1}, {600, false, 2},
	} {
		journal.used = c.used
		for range 2 {
			if !takes(owner) {
				t.Errorf("%d of %d: a station with a site is refused", c.used, journal.most)
			}
			if got := takes(stranger); got != c.strange {
				t.Errorf("%d of %d: a station without a site is taken: %v", c.used, journal.most, got)
			}
		}
		if n := strings.Count(told.String(), "half full"); n != c.told {
			t.Errorf("%d of %d: told %d times", c.used, journal.most, n)
		}
	}
}

// TestStrangersPackets: a packet that would be kept is not acknowledged, others pass.
func TestStrangersPackets(t *testing.T) {
	data := Data(t.TempDir())
	n, end := serving(t, demoConfig(), data)
	defer end()
	journal := &filled{used: 900, most: 1000}
	n.proving.share.journal = journal
	keep := n.durable(JournalConfig{})
	m := broker.Message{Station: newProver(t, n.ID()).key.Station(), Topic: "eu868/gateway/0123456789abcdef/event/up", QoS: 1, Payload: []byte("packet")}
	if err := keep(t.Context(), m); !errors.Is(err, errShare) {
		t.Errorf("a packet: %v", err)
	}
	state := m
	state.Topic = "eu868/gateway/0123456789abcdef/state/conn"
	must(t, keep(t.Context(), state))
	journal.used = 0
	must(t, keep(t.Context(), m))
}

// counting is a registry of one station.
type counting struct {
	station radio.Station
	epoch   witness.Epoch
	asked   int
}

func (c *counting) Known(_ context.Context, s radio.Station, e witness.Epoch) (bool, error) {
	c.asked++
	return s == c.station && e == c.epoch, nil
}

// TestTheRegistryIsSeldomAsked: of a station with a site once an epoch, of another one once in some
// seconds, and nobody is looked up while there is room.
func TestTheRegistryIsSeldomAsked(t *testing.T) {
	s, stranger := newProver(t, radio.Network{}).key.Station(), newProver(t, radio.Network{}).key.Station()
	journal, registry := &filled{most: 100}, &counting{station: s, epoch: 5}
	share := &share{journal: journal, registry: registry, log: slog.New(slog.DiscardHandler)}
	for _, c := range []struct {
		what    string
		used    int64
		station radio.Station
		epoch   witness.Epoch
		now     witness.Millis
		asked   int
		want    error
	}{
		{"while there is room", 10, s, 5, 1000, 0, nil},
		{"a station without a site, while there is room", 10, stranger, 5, 1000, 0, nil},
		{"a station with a site", 90, s, 5, 1000, 1, nil},
		{"the same, later in the epoch", 90, s, 5, 900_000, 1, nil},
		{"a station without one", 90, stranger, 5, 1000, 2, errShare},
		{"the same soon", 90, stranger, 5, 1000 + strangerTime - 1, 2, errShare},
		{"the same a while later", 90, stranger, 5, 1000 + strangerTime, 3, errShare},
		{"the same with a clock that was set back", 90, stranger, 5, 500, 4, errShare},
		{"in an epoch without its site", 90, s, 6, 1_000_000, 5, errShare},
	} {
		journal.used = c.used
		for range 10 {
			if err := share.room(t.Context(), c.station, c.epoch, c.now); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", c.what, err)
			}
		}
		if registry.asked != c.asked {
			t.Errorf("%s: asked %d times, want %d", c.what, registry.asked, c.asked)
		}
	}
	registry.station = stranger
	registry.epoch = 6
	if err := share.room(t.Context(), stranger, 6, 2_000_000); err != nil {
		t.Errorf("whose site is entered: %v", err)
	}
}

// TestWhatIsRememberedIsBounded: keys cost nothing.
func TestWhatIsRememberedIsBounded(t *testing.T) {
	share := &share{}
	key := newProver(t, radio.Network{}).key.Station().Bytes()
	for n, stations := uint32(0), 0; stations <= 2*mostKnown; n++ {
		binary.BigEndian.PutUint32(key[len(key)-4:], n)
		station, err := radio.StationFromBytes(key)
		if err != nil {
			continue // on no curve
		}
		stations++
		share.remember(station, 0, false, 0)
		share.remember(station, 0, true, 0)
		if len(share.strangers) > mostKnown || len(share.known) > mostKnown || !share.isStranger(station, 0) || !share.remembers(station, 0) {
			t.Fatalf("%d strangers and %d others of %d are remembered", len(share.strangers), len(share.known), stations)
		}
	}
}
