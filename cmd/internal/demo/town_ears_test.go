package demo

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hexspot/hardware/emulator"
	"hexspot/radio"
	"hexspot/radio/ether"
)

// listening are ears of two hotspots, numbers 0 and 1, in an air of their own.
func listening(t *testing.T) *ears {
	t.Helper()
	e := newEars(newChecker())
	air, err := emulator.NewAir(ether.Config{}, e.observe)
	if err != nil {
		t.Fatal(err)
	}
	e.air, e.hotspots = air, map[ether.ID]radio.EUI{0: tested, 1: {9}}
	return e
}

// arrived is a device's frame at a hotspot.
func arrived(from, to ether.ID, start time.Duration, fate ether.Fate, snr radio.DB) ether.Arrival {
	m := radio.LoRa{SF: 7, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}
	return ether.Arrival{
		Signal: ether.Signal{From: from, Start: start, Frequency: 868_100_000, Modulation: m, Payload: []byte{0x40, byte(from)}},
		To:     to, End: start + 50*time.Millisecond, Fate: fate, SNR: snr, RSSI: -10000, Locked: fate == ether.Collided, By: ether.Nobody,
	}
}

func TestEars(t *testing.T) {
	e := listening(t)
	second := time.Second
	e.observe(arrived(5, 0, second, ether.Heard, 500), nil) // by both, not by the same chip
	e.observe(arrived(5, 1, second, ether.Heard, 100), nil)
	e.observe(arrived(6, 0, second, ether.TooWeak, -2500), nil) // at the same instant as the other
	e.observe(arrived(6, 1, second, ether.Deaf, 100), nil)
	e.observe(arrived(5, 0, 2*second, ether.Collided, 500), nil) // damaged at one, weak at the other
	e.observe(arrived(5, 1, 2*second, ether.TooWeak, -2500), nil)
	e.observe(arrived(5, 0, 3*second, ether.Heard, 500), emulator.ErrFull)
	e.observe(arrived(5, 0, 4*second, ether.Heard, 500), errors.New("some channel"))
	e.observe(arrived(0, 7, 5*second, ether.Heard, 500), nil) // a downlink
	e.observe(arrived(0, 1, 5*second, ether.Heard, 500), nil) // one hotspot hears another
	got := e.end()
	got.neverSent(2)
	want := heardCounts{
		Sent: 7, Heard: 1, ByFour: 1, Receptions: 2, Damaged: 1,
		Lost:    map[string]int{"deaf": 1, "collided": 1, "buffer full": 1, "no channel": 1, "machine too busy": 2},
		Untaken: map[string]int{"buffer full": 1, "no channel": 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if v := e.checker.state(); v.Expected != 2 {
		t.Errorf("%d frames must arrive, want 2", v.Expected)
	}
}

// A patient checker takes what comes before it is expected, once; what nobody ever
// expects is judged in the end.
func TestPatientChecker(t *testing.T) {
	k := newChecker()
	k.patient = true
	var found []radio.Timestamp
	k.matched = func(r Reception, a arrival) { found = append(found, a.context) }
	take(t, k, uplink("a", 1))
	take(t, k, uplink("a", 1))
	take(t, k, uplink("b", 2))
	if v := k.state(); v.Matched != 0 || v.Duplicated != 1 || v.Unexpected != 0 {
		t.Errorf("%+v", v)
	}
	k.expect(reception("a"))
	if v := k.state(); v.Matched != 1 || v.missing() != 0 || len(found) != 1 || found[0].Micros != 1 {
		t.Errorf("%+v, told of %v", v, found)
	}
	k.expectNoMore()
	k.expectNoMore()
	if v := k.state(); v.Unexpected != 1 || v.Matched != 1 || v.Received != 3 {
		t.Errorf("%+v", v)
	}
	take(t, k, uplink("c", 3))
	if v := k.state(); v.Unexpected != 2 {
		t.Errorf("%+v", v)
	}
}

func TestLeads(t *testing.T) {
	ms := func(list ...float64) (all []time.Duration) {
		for _, x := range list {
			all = append(all, time.Duration(x*float64(time.Millisecond)))
		}
		return all
	}
	l := leadsOf(ms(700.5, -3, 0, 9.9, 10, 5000, 42))
	bins := map[int64]int{}
	for _, b := range l.Bins {
		if b.Count > 0 {
			bins[b.From] = b.Count
		}
	}
	if diff := cmp.Diff(map[int64]int{0: 2, 10: 1, 25: 1, 600: 1, 4000: 1}, bins); diff != "" {
		t.Error(diff)
	}
	if l.Count != 7 || l.Late != 1 || l.Least != -3 || l.Most99 != -3 || l.Median != 10 {
		t.Errorf("%+v", l)
	}
	if l := leadsOf(nil); l.Count != 0 || len(l.Bins) != len(leadSteps) {
		t.Errorf("%+v", l)
	}
}
