package hotspot

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/gateway/spool"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// settled are the reports that the disk has an answer to.
func (a *area) settled() (received, refused int) {
	a.t.Helper()
	all, err := a.disk.Records("report").Settled(a.t.Context(), time.Time{}, 1000)
	if err != nil {
		a.t.Fatal(err)
	}
	for _, s := range all {
		if s.Refused {
			refused++
			continue
		}
		receipt, err := log.ParseReceipt(s.Answer, a.id())
		if err != nil || string(receipt.Record[:]) != string(s.Key) {
			a.t.Errorf("the answer of a record is no receipt of it: %v", err)
		}
		received++
	}
	return received, refused
}

// checkWindows fails if a window had two beacons.
func (a *area) checkWindows() {
	a.t.Helper()
	if windows := slices.Compact(slices.Clone(a.beacons())); len(windows) != len(a.beacons()) {
		a.t.Errorf("beacons in the windows %v: two in one", a.beacons())
	}
}

// TestBeaconLife: each window has its beacon, whose report says when and how it was
// sent, and whose receipt is kept.
func TestBeaconLife(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.start()
		a.pass(31)
		if len(a.beacons()) != 3 {
			t.Fatalf("beacons in the windows %v, want 3", a.beacons())
		}
		a.checkWindows()
		for _, s := range a.sent() {
			b, err := witness.ParseBeacon(s.Body)
			if err != nil || s.Kind != radio.KindBeacon {
				t.Fatalf("%s: %v", s.Kind, err)
			}
			x, _ := a.chain.Value(b.Slot)
			lot := witness.Lot{Network: a.id(), Station: stationOf(t, a.station), Entropy: x}
			if err := witness.VerifyOpening(lot, b.Slot, b.Signature); err != nil {
				t.Error(err)
			}
			drawn, err := a.timing.DrawBeacon(b.Slot, lot, a.plan)
			if err != nil || b.Sent < drawn.Start || b.Sent > drawn.Start+1 || b.Frequency != drawn.Frequency || b.Conducted != 1200 {
				t.Errorf("reported %+v, drawn %+v, %v", b.OnAir, drawn, err)
			}
		}
		if received, _ := a.settled(); received != 3 || len(a.sent()) != 3 {
			t.Errorf("%d receipts, %d reports, want 3", received, len(a.sent()))
		}
		if s := a.c.Status(); s.Counts.Beacons != 3 || s.Counts.Receipts != 3 || s.Reason != "" || s.Flying != 0 {
			t.Errorf("status %+v", s)
		}
	})
}

// TestValueBeforeAnchor: brokers give what they retain in any order. What is heard in the
// first slot is reported, also if the hotspot stops before the next value.
func TestValueBeforeAnchor(t *testing.T) {
	for _, early := range []bool{false, true} {
		inArea(t, func(t *testing.T, a *area) {
			a.early, a.site = early, nil
			a.start()
			synctest.Wait()
			a.c.Hear(a.beaconHeard())
			synctest.Wait()
			if s := a.c.Status(); s.Held != 1 || s.Waiting != 0 || s.ClockBy != 0 {
				t.Errorf("value first %v: %d held, %d wait, clock by %d: want one held", early, s.Held, s.Waiting, s.ClockBy)
			}
			a.stop()
			if n := len(a.sent()); n != 1 {
				t.Errorf("value first %v: %d reports, want 1", early, n)
			}
			a.start()
		})
	}
}

// TestBeaconCrash: wherever the process dies, no window gets two beacons and every
// report that reached the disk gets its receipt.
func TestBeaconCrash(t *testing.T) {
	lived := false
	for dieAt := 1; !lived; dieAt++ {
		inArea(t, func(t *testing.T, a *area) {
			a.dieAt = dieAt
			a.start()
			a.pass(31)
			lived = a.steps < dieAt
			a.checkWindows()
			if n := len(a.beacons()); n < 2 {
				t.Errorf("death at step %d: %d beacons in three windows", dieAt, n)
			}
			received, _ := a.settled()
			if received < len(a.beacons())-1 {
				t.Errorf("death at step %d: %d beacons, %d receipts", dieAt, len(a.beacons()), received)
			}
			if _, ok, err := a.disk.Records("report").Next(t.Context(), time.Now().Add(time.Hour)); ok || err != nil {
				t.Errorf("death at step %d: a report still waits, %v", dieAt, err)
			}
		})
		if dieAt > 500 {
			t.Fatal("a life has no end")
		}
	}
}

// TestBeaconRefused: a named refusal ends the sending.
func TestBeaconRefused(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.refuse = "station"
		a.start()
		a.pass(31)
		if received, refused := a.settled(); received != 0 || refused != 3 || len(a.sent()) != 3 {
			t.Errorf("%d received, %d refused, %d sent, want 0, 3, 3", received, refused, len(a.sent()))
		}
		if s := a.c.Status(); s.Counts.Refused != 3 || s.Counts.Refusal != "station" || s.Counts.RefusalText != "so it is" || s.Counts.Refusals["station"] != 3 {
			t.Errorf("status %+v", s)
		}
	})
}

// TestReportRefusedForNow: a report that may be taken later stays.
func TestReportRefusedForNow(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.refuse = "rate"
		a.start()
		a.pass(31)
		received, refused := a.settled()
		if s := a.c.Status(); received+refused != 0 || len(a.sent()) <= 3 || s.Counts.Refusal != "rate" {
			t.Errorf("%d received, %d refused, %d sent: want more than three sent; %+v", received, refused, len(a.sent()), s)
		}
	})
}

// TestReportsAreSentAgain: until the network answers, and at once when it is back.
func TestReportsAreSentAgain(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.mute.Store(true)
		a.start()
		a.pass(11)
		a.pass(10)
		sent := len(a.sent())
		if len(a.beacons()) != 2 || sent < 3 {
			t.Fatalf("%d beacons, reported %d times: want it more often", len(a.beacons()), sent)
		}
		a.mute.Store(false)
		a.join()
		a.pass(1)
		if received, _ := a.settled(); received != 2 {
			t.Errorf("%d receipts after the network is back, want 2", received)
		}
	})
}

// TestReportsArePaced: a month of reports does not come at once, and comes.
func TestReportsArePaced(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		for i := range 200 {
			s, err := radio.Sign(a.station, a.id(), radio.KindWitness, fmt.Append(nil, "report ", i))
			if err != nil {
				t.Fatal(err)
			}
			id := s.ID(a.id())
			if err := a.disk.Records("report").Put(t.Context(), id[:], s.Append(nil), time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		a.plan = radio.Plan{}
		a.start()
		a.pass(1)
		if n := len(a.sent()); n < sendBurst || n > sendBurst+3*sendRate {
			t.Errorf("%d reports in 2 s, want some %d", n, sendBurst+2*sendRate)
		}
		a.pass(10)
		if n, _ := a.settled(); n != 200 {
			t.Errorf("%d receipts in 22 s, want all 200", n)
		}
	})
}

// TestNoBeaconWhy: what is missing is named, and nothing is sent.
func TestNoBeaconWhy(t *testing.T) {
	for _, c := range []struct {
		reason, last string
		change       func(*area)
	}{
		{"no_plan", "no channel plan", func(a *area) { a.plan = radio.Plan{} }},
		{"no_site", "no site", func(a *area) { a.site = nil }},
		{"no_level", "no power level", func(a *area) { a.site.Gain = 700 }},
		{"unregistered", "registry has no site", func(a *area) { a.standing = &witness.SiteStanding{} }},
		{"other_plan", "another channel plan", func(a *area) { a.standing = a.registered(witness.Placement{Plan: "US915_1"}) }},
		{"data_only", "data only", func(a *area) { a.standing = a.registered(witness.Placement{Plan: "EU868", DataOnly: true}) }},
		{"other_plan", "another channel plan", func(a *area) { a.site.Plan = "US915_1" }},
		{"data_only", "data only", func(a *area) { a.site.DataOnly = true }},
		{"clock_unset", "clock is not set", func(a *area) { a.trusted.Store(false) }},
		{"no_anchor", "no beacon yet", func(a *area) { a.anchor.X0 = witness.Entropy{9}; a.anchor.To -= 299; a.anchor.From-- }},
		{"no_entropy", "entropy of the slot has not come", func(a *area) { a.anchor.X0 = witness.Entropy{9} }},
		{"duty_cycle", "duty cycle", func(a *area) { a.status, a.spent = radio.TxDutyCycleOverflow, time.Minute }},
		{"", "duty cycle", func(a *area) { a.status = radio.TxDutyCycleOverflow }}, // of the drawn channel alone
	} {
		t.Run(c.reason, func(t *testing.T) {
			inArea(t, func(t *testing.T, a *area) {
				c.change(a)
				a.start()
				a.pass(11)
				s := a.c.Status()
				if s.Reason != c.reason || !strings.Contains(s.LastBeacon, c.last) || len(a.beacons()) > 0 {
					t.Errorf("reason %q, want %q; last %q, want %q; %d emitted", s.Reason, c.reason, s.LastBeacon, c.last, len(a.beacons()))
				}
				if due := s.LastBeacon != "no beacon yet"; due != (len(s.Counts.Skipped) == 1) {
					t.Errorf("last %q; skipped %v", s.LastBeacon, s.Counts.Skipped)
				}
			})
		})
	}
}

// TestBeaconNotEmittedIsLogged: once for each window, with the reason; an emitted one is not, and
// neither are those of a hotspot that is to send none.
func TestBeaconNotEmittedIsLogged(t *testing.T) {
	for reason, change := range map[string]func(*area){
		"duty_cycle": func(a *area) { a.status = radio.TxDutyCycleOverflow },
		"no_site":    func(a *area) { a.site = nil },
		"":           func(*area) {},
		"data_only":  func(a *area) { a.site.DataOnly = true },
	} {
		inArea(t, func(t *testing.T, a *area) {
			change(a)
			a.lines = new(bytes.Buffer)
			a.start()
			a.pass(31)
			a.stop()
			want := 3
			if reason == "" || reason == "data_only" {
				want = 0
			}
			if n := strings.Count(a.lines.String(), "is not emitted"); n != want || want > 0 && !strings.Contains(a.lines.String(), "reason="+reason+" ") {
				t.Errorf("%s: %d lines, want %d:\n%s", reason, n, want, a.lines)
			}
			a.start()
		})
	}
}

// TestSpoolComesLate: while the spool cannot be opened nothing is sent, which the status says;
// when it can, beacons are, and what was heard meanwhile is reported.
func TestSpoolComesLate(t *testing.T) {
	place := filepath.Join(t.TempDir(), "d")
	if err := os.WriteFile(place, nil, 0o600); err != nil { // in the place of the directory
		t.Fatal(err)
	}
	inArea(t, func(t *testing.T, a *area) {
		a.disk.Close()
		a.disk = spool.Unopened(spool.Config{Path: filepath.Join(place, "spool.db")}, quiet())
		a.start()
		a.pass(1)
		a.c.Hear(a.beaconHeard())
		a.pass(11)
		s := a.c.Status()
		if s.Reason != "no_spool" || !strings.Contains(s.ReasonText, place) || len(a.beacons()) > 0 || s.Counts.Skipped["no_spool"] == 0 || s.Unkept != 1 {
			t.Errorf("%d beacons, status %+v", len(a.beacons()), s)
		}
		if err := os.Remove(place); err != nil {
			t.Fatal(err)
		}
		a.pass(20)
		if s := a.c.Status(); s.Reason != "" || len(a.beacons()) == 0 || s.Counts.Receipts != uint64(len(a.beacons())+1) {
			t.Errorf("%d beacons, status %+v", len(a.beacons()), s)
		}
	})
}

// TestStatusOfTheSite: the status says which site there is, and if the antenna is another.
func TestStatusOfTheSite(t *testing.T) {
	for _, c := range []struct {
		site    *witness.Placement
		antenna Antenna
		differs bool
	}{
		{&witness.Placement{Plan: "EU868", Antenna: witness.Antenna{Gain: 230, Loss: 50}}, Antenna{GainDBi: 2.3, CableLossDB: 0.5}, false},
		{&witness.Placement{Plan: "EU868", Antenna: witness.Antenna{Gain: 230, Loss: 50}}, Antenna{GainDBi: 3}, true},
		{nil, Antenna{GainDBi: 3}, false},
	} {
		inArea(t, func(t *testing.T, a *area) {
			a.site, a.antenna = c.site, c.antenna
			a.start()
			a.pass(1)
			s := a.c.Status()
			if (s.Place != nil) != (c.site != nil) || (s.Site == "") != (c.site != nil) || (s.Antenna != "") != c.differs {
				t.Errorf("site %v, antenna %v: %+v, fault %q, antenna %q", c.site, c.antenna, s.Place, s.Site, s.Antenna)
			}
			if s.Place != nil && (s.Place.Gain != 2.3 || s.Place.Loss != 0.5 || s.Place.Plan != "EU868") {
				t.Errorf("%+v", *s.Place)
			}
		})
	}
}

// TestHeldReportsAtTheEnd: a batch that is held leaves when the hotspot stops; if nobody
// answers, the stop does not wait for long, and the next start sends it.
func TestHeldReportsAtTheEnd(t *testing.T) {
	for _, mute := range []bool{false, true} {
		inArea(t, func(t *testing.T, a *area) {
			a.site = nil
			a.anchor.Timing.Hold = 600_000
			a.mute.Store(mute)
			a.start()
			a.pass(1)
			a.c.Hear(a.beaconHeard())
			a.pass(1)
			if len(a.sent()) > 0 {
				t.Fatal("it is not held")
			}
			began := time.Now()
			a.stop()
			if took := time.Since(began); took > farewell || !mute && took > 0 {
				t.Errorf("mute %v: the stop took %v", mute, took)
			}
			if received, _ := a.settled(); len(a.sent()) != 1 || (received == 1) == mute {
				t.Errorf("mute %v: %d sent, %d receipts", mute, len(a.sent()), received)
			}
			a.mute.Store(false)
			a.start()
			a.pass(1)
			if received, _ := a.settled(); received != 1 {
				t.Errorf("mute %v: %d receipts after a start", mute, received)
			}
		})
	}
}

// TestWitnessFineTime: a fine time that the concentrator knows is reported, a raw one is
// not.
func TestWitnessFineTime(t *testing.T) {
	for _, known := range []bool{true, false} {
		inArea(t, func(t *testing.T, a *area) {
			a.site = nil
			a.start()
			a.pass(1)
			u := a.beaconHeard()
			u.Fine = radio.FineTime{Set: true, Counter: 5, GPS: 1_234_567_890_123_456_789, Known: known}
			a.c.Hear(u)
			a.pass(2)
			w, err := witness.ParseBatch(a.sent()[0].Body)
			if err != nil {
				t.Fatal(err)
			}
			if o := w.Observations[0]; o.HasFine != known || known && o.Fine != 1_234_567_890_123_456_789 {
				t.Errorf("known %v: fine time %d, %v", known, o.Fine, o.HasFine)
			}
		})
	}
}

// beaconHeard is the beacon of another station, heard now.
func (a *area) beaconHeard() radio.Uplink {
	x, _ := a.chain.Value(a.timing.SlotAt(witness.MillisOf(time.Now())))
	return radio.Uplink{
		PHYPayload: witness.Frame{Type: witness.FrameBeacon, Mark: witness.MarkOf(a.id(), x), Tag: witness.Tag{7}}.Append(nil),
		CRC:        radio.CRCOK, Frequency: 868_100_000, Modulation: witness.Modulation(10), RSSI: -9000,
		Timestamp: counterNow(), ReceivedAt: time.Now(),
	}
}

// TestWitness: beacons of others are reported with one signature a batch, whether
// they were heard before the clock was trusted or after; the station's own are not.
func TestWitness(t *testing.T) {
	for _, trusted := range []bool{true, false} {
		inArea(t, func(t *testing.T, a *area) {
			a.trusted.Store(trusted)
			a.site = nil
			a.start()
			a.pass(1)
			at, u := time.Now(), a.beaconHeard()
			if !trusted {
				u.ReceivedAt = time.Time{}
			}
			a.c.Hear(u)
			synctest.Wait()
			u.RSSI -= 100
			a.c.Hear(u)
			a.pass(1)
			a.trusted.Store(true)
			a.pass(2)
			if len(a.sent()) != 1 || a.sent()[0].Kind != radio.KindWitness {
				t.Fatalf("clock trusted %v: %d reports, want one of a witness", trusted, len(a.sent()))
			}
			w, err := witness.ParseBatch(a.sent()[0].Body)
			if err != nil || len(w.Observations) != 1 || w.Observations[0].Heard != witness.MillisOf(at) || w.Observations[0].Copies != 2 || w.Observations[0].ChannelRSSI != -9000 {
				t.Errorf("clock trusted %v: %+v, %v; heard at %d", trusted, w, err, witness.MillisOf(at))
			}
			if s := a.c.Status(); s.Counts.Witnesses != 1 || s.LastHeard == nil {
				t.Errorf("status %+v", s)
			}
		})
	}
}

// TestStopDuringTheFirstRead: a stop is no fault of the disk.
func TestStopDuringTheFirstRead(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.lines = new(bytes.Buffer)
		a.start()
		a.stop()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		a.c.restored, a.c.diskLook = false, time.Time{}
		a.c.restore(ctx)
		if a.c.restored || strings.Contains(a.lines.String(), "cannot be read") {
			t.Errorf("restored %v:\n%s", a.c.restored, a.lines)
		}
		a.start()
	})
}

// TestValueWithoutAnchor: it is counted once, however often anchors come.
func TestValueWithoutAnchor(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.start()
		synctest.Wait()
		late := a.anchor.To + 10
		a.c.Receive(Mail{Name: "value", Payload: witness.AppendValues(nil, []witness.Value{{Slot: late}}), Retained: true})
		synctest.Wait()
		for range 3 {
			signed, err := radio.Sign(a.network, a.id(), radio.KindAnchor, a.anchor.Append(nil))
			if err != nil {
				t.Fatal(err)
			}
			a.c.Receive(Mail{Name: "anchor", Payload: witness.AppendAnchors(nil, []radio.Signed{signed}), Retained: true})
			synctest.Wait()
		}
		if n := a.c.Status().Counts.Unusable; n != 1 {
			t.Errorf("%d unusable, want 1", n)
		}
	})
}
