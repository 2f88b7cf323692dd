package hotspot

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/radio"
	"hexspot/witness"
)

// registered is an answer of the network that has a site of the station from epoch 3 on.
func (a *area) registered(p witness.Placement) *witness.SiteStanding {
	return &witness.SiteStanding{Epoch: a.epoch(), Changes: 1, Now: &witness.RegisteredSite{Placement: p, Cell: areaCell, From: 3}}
}

func (a *area) epoch() witness.Epoch {
	return a.timing.Epoch(a.timing.SlotAt(witness.MillisOf(time.Now())))
}

// TestBeaconsWaitForTheRegistry: while the network says that it has no site none is sent,
// and the network is asked again until it has.
func TestBeaconsWaitForTheRegistry(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.standing = &witness.SiteStanding{Epoch: a.epoch()}
		a.start()
		a.pass(31)
		s := a.c.Status()
		if len(a.beacons()) != 0 || s.Reason != "unregistered" || s.Registry.State != RegistryHasNot || a.asked < 2 || a.asked > 3 {
			t.Fatalf("%d beacons, %q, %+v, asked %d times in a minute", len(a.beacons()), s.Reason, s.Registry, a.asked)
		}
		a.note(func() {
			a.standing = &witness.SiteStanding{Epoch: a.epoch(), Changes: 1}
			a.standing.Next = &witness.RegisteredSite{Placement: *a.site, Cell: areaCell, From: a.epoch() + 1}
		})
		a.c.Arrived()
		synctest.Wait()
		s = a.c.Status()
		if r := s.Registry; r.State != RegistryHasNot || *r.From != a.epoch()+1 || *r.Next != 1 {
			t.Errorf("before it begins: %+v", r)
		}
		if want := fmt.Sprintf("(it has one from epoch %d on)", a.epoch()+1); s.Reason != "unregistered" || !strings.HasSuffix(s.ReasonText, want) {
			t.Errorf("before it begins: %q, want ... %q", s.ReasonText, want)
		}
		a.pass(60)
		if s := a.c.Status(); len(a.beacons()) == 0 || s.Reason != "" || s.Registry.State != RegistryHas {
			t.Errorf("%d beacons, %q, %+v", len(a.beacons()), s.Reason, s.Registry)
		}
	})
}

// TestRefusedAsUnknown: a network that does not know the question says by its refusals that
// it has no site, and by a receipt that it has.
func TestRefusedAsUnknown(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.refuse = "unknown"
		a.start()
		a.pass(31)
		s := a.c.Status()
		if len(a.beacons()) != 1 || s.Reason != "unregistered" || s.Registry.State != RegistryHasNot {
			t.Errorf("%d beacons, %q, %+v", len(a.beacons()), s.Reason, s.Registry)
		}
		a.note(func() { a.refuse = "" })
		a.join()
		a.pass(31)
		if s := a.c.Status(); len(a.beacons()) < 2 || s.Reason != "" {
			t.Errorf("%d beacons, %q", len(a.beacons()), s.Reason)
		}
	})
}

// TestAnotherSiteInTheRegistry: it is shown how, and beacons go on with the same plan.
func TestAnotherSiteInTheRegistry(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.standing = a.registered(witness.Placement{Plan: "EU868", Antenna: witness.Antenna{Gain: 300}})
		a.standing.Now.Cell = 0x8c1f9ed938c49ff
		a.start()
		a.pass(11)
		r := a.c.Status().Registry
		if r.State != RegistryDiffers || !strings.Contains(r.Differs, "gain 3.00 dB, not 0.00 dB") || !strings.Contains(r.Differs, "cell") || strings.Contains(r.Differs, "plan") || *r.From != 3 {
			t.Errorf("%+v", r)
		}
		if len(a.beacons()) == 0 {
			t.Error("no beacons")
		}
	})
}

// TestAwayAndWithoutChip: what is missing is named as soon as somebody asks.
func TestAwayAndWithoutChip(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.start()
		a.pass(2)
		if r := a.c.Status().Reason; r != "" {
			t.Fatalf("reason %q", r)
		}
		a.online = false
		if r := a.c.Status().Reason; r != "not_connected" {
			t.Errorf("reason %q without a network", r)
		}
		a.pass(2)
		a.online = true
		a.c.parts.Counter = func() radio.Timestamp { return radio.Timestamp{} }
		if s := a.c.Status(); s.Reason != "no_chip" || !strings.Contains(s.ReasonText, "concentrator") {
			t.Errorf("%q %q without a chip", s.Reason, s.ReasonText)
		}
	})
}

// TestRefusalsAreCounted: by reason, of which there is a bounded number.
func TestRefusalsAreCounted(t *testing.T) {
	c := &Coverage{parts: CoverageParts{Log: quiet()}}
	for i := range 2 * mostReasons {
		for range 2 {
			c.countRefusal(witness.Refusal{Reason: witness.RefusalReason(fmt.Sprint("reason", i)), Text: "so it is"}, radio.RecordID{})
		}
	}
	if n := c.counts; len(n.Refusals) != mostReasons || n.Refusals["reason0"] != 2 || n.Refused != 4*mostReasons || n.RefusalText != "so it is" {
		t.Errorf("%+v", n)
	}
}
