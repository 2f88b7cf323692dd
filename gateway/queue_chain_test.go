package gateway

import (
	"testing"
	"time"

	"hexspot/radio"
)

// TestLoadedEarly: the next frame is on the chain a second before it starts, and gives
// its place to one that comes before it.
func TestLoadedEarly(t *testing.T) {
	s := newStand(t, american(t))
	s.submit(command(s.at923(3 * time.Second)))
	s.advance(2*time.Second - ms)
	if s.held != nil {
		t.Error("loaded more than a second ahead")
	}
	s.advance(ms)
	if s.held == nil {
		t.Fatal("not loaded a second ahead")
	}
	s.submit(command(s.at923(MinLead)))
	s.advance(0)
	if s.held == nil || s.held.load.Trigger.At != s.at(MinLead) {
		t.Fatalf("the chain holds %+v", s.held)
	}
	s.want(2*time.Second+MinLead, 3*time.Second)
	for _, r := range s.reports {
		if lead, ok := r[0].Emission.Lead(); !ok || lead < MinLead {
			t.Errorf("loaded %v ahead, %v", lead, ok)
		}
	}
}

// TestReboot: a new session ends what was queued for the old one, and what was loaded.
func TestReboot(t *testing.T) {
	for _, session := range []uint64{0, 2} {
		s := newStand(t, american(t))
		loaded := s.submit(command(s.at923(500 * ms)))
		queued := s.submit(command(s.at923(5 * time.Second)))
		floating := s.submit(command(down(923_300_000, 2000)))
		s.reboot(session)
		s.advance(ms)
		for _, a := range []Answer{loaded, queued, floating} {
			if got := s.outcome(a); got != radio.Faulted {
				t.Errorf("session %d: command %d is %v", session, a.ID, got)
			}
		}
		s.want()
		s.reboot(3)
		s.wantStatus(s.submit(command(s.at923(time.Second))), radio.TxOK)
		s.finish()
		if len(s.air) != 1 {
			t.Errorf("%d emissions after the start", len(s.air))
		}
	}
}

// TestRebootOnTheAir: what was on the air until the radio was started anew counts in
// the duty cycle of the next session.
func TestRebootOnTheAir(t *testing.T) {
	s := newStand(t, european(t))
	d := lasting(864_000_000, 1000, 200*ms)
	d.When.At = s.at(100 * ms)
	a := s.submit(command(d))
	s.advance(150 * ms)
	s.reboot(2)
	s.advance(ms)
	if got := s.outcome(a); got != radio.Faulted {
		t.Errorf("ended as %v", got)
	}
	if got := s.tracked("K"); got != 50*ms {
		t.Errorf("%v tracked", got)
	}
}

func (s *stand) tracked(band string) time.Duration {
	for _, b := range s.queue.DutyCycle(s.now) {
		if b.Name == band {
			return b.Tracked
		}
	}
	s.t.Fatalf("no band %s", band)
	return 0
}

// TestDutyIsCharged from acceptance, and given back as far as nothing was on the air.
func TestDutyIsCharged(t *testing.T) {
	for _, c := range []struct {
		name string
		fate func(*held)
		want time.Duration
	}{
		{"emitted", func(*held) {}, 200 * ms},
		{"emitted, without a word of how long", func(h *held) { h.emission.Airtime = 0 }, 200 * ms},
		{"channel busy", func(h *held) { h.silence(radio.Blocked, h.start) }, 0},
		{"missed", func(h *held) { h.silence(radio.Missed, h.start) }, 0},
		{"unusable", func(h *held) { h.silence(radio.Unusable, h.start-ms) }, 0},
		{"failed before its time", func(h *held) { h.silence(radio.Faulted, h.start-ms) }, 0},
		{"failed, nobody knows how far", func(h *held) { h.silence(radio.Faulted, h.start+ms) }, 200 * ms},
		{"failed before it was loaded", func(h *held) {
			h.silence(radio.Faulted, h.start+ms)
			h.emission.Loaded = radio.Timestamp{}
		}, 0},
		{"cut short", func(h *held) { h.cut(radio.Aborted, h.start+70*ms) }, 70 * ms},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStand(t, european(t))
			s.fate = c.fate
			d := lasting(864_000_000, 1000, 200*ms)
			d.When.At = s.at(time.Second)
			a := s.submit(command(d))
			if got := s.tracked("K"); got != 200*ms {
				t.Errorf("%v after acceptance", got)
			}
			s.finish()
			if got := s.tracked("K"); got != c.want || s.outcome(a) == 0 {
				t.Errorf("%v after the end, want %v", got, c.want)
			}
			s.advance(dutyWindow)
			if got := s.tracked("K"); got != 0 {
				t.Errorf("%v when that is long ago", got)
			}
		})
	}
}

// TestWaitsForDuty: what floats starts as soon as its sub-band has time again.
func TestWaitsForDuty(t *testing.T) {
	s := newStand(t, european(t))
	d := lasting(864_000_000, 1000, 200*ms)
	for range 18 { // 3.6 s: all of an hour
		if got := s.send(d); got != radio.TxOK {
			t.Fatal(got)
		}
	}
	s.wantStatus(s.submit(command(d)), radio.TxDutyCycleOverflow)
	first := s.air[0].start
	s.advance(first + dutyWindow - 5*time.Second - s.now.Clock)
	s.wantStatus(s.submit(command(d)), radio.TxOK)
	s.finish()
	if last := s.air[len(s.air)-1].start; last != first+dutyWindow {
		t.Errorf("sent %v after the first", last-first)
	}
}

// TestBeaconGivesDuty: the share of a beacon that waits is a downlink's if it needs it.
func TestBeaconGivesDuty(t *testing.T) {
	s := newStand(t, european(t))
	d := lasting(864_000_000, 1000, 200*ms)
	for range 17 {
		s.send(d)
	}
	b := Command{Items: []radio.Downlink{d}, Priority: PriorityBeacon, Latest: s.at(30 * time.Second)}
	b.Items[0].When.At = s.at(20 * time.Second)
	beacon := s.submit(b)
	s.wantStatus(beacon, radio.TxOK)
	s.wantStatus(s.submit(command(d)), radio.TxOK)
	if got := s.outcome(beacon); got != radio.Displaced {
		t.Errorf("the beacon is %v", got)
	}
	s.finish()
	s.wantStatus(s.submit(b), radio.TxDutyCycleOverflow)
}

// TestHeldKeepsDuty: a frame that was to be taken back counts until the chain has let it
// go, because it may be on the air.
func TestHeldKeepsDuty(t *testing.T) {
	s := newStand(t, european(t))
	d := lasting(864_000_000, 1000, 200*ms)
	for range 17 {
		s.send(d)
	}
	s.deaf = func() bool { return true }
	beacon := s.submit(Command{Items: []radio.Downlink{d}, Priority: PriorityBeacon, Latest: s.at(300 * ms)})
	other := down(868_100_000, 1000)
	other.When.At = s.at(100 * ms)
	s.wantStatus(s.submit(command(other)), radio.TxOK)
	s.wantStatus(s.submit(command(d)), radio.TxDutyCycleOverflow)
	s.finish()
	if got := s.outcome(beacon); got != radio.Emitted {
		t.Errorf("the beacon is %v", got)
	}
}

// TestAgain: what floats is tried again if the channel was busy or it came too late, what
// has an instant is not.
func TestAgain(t *testing.T) {
	for _, o := range []radio.EmissionOutcome{radio.Blocked, radio.Missed, radio.Faulted, radio.Unusable, radio.Aborted} {
		s := newStand(t, american(t))
		tries := 0
		s.fate = func(h *held) {
			if tries++; tries < 3 {
				h.silence(o, h.start)
			}
		}
		fixed := s.submit(command(s.at923(time.Second)))
		s.finish()
		tries = 0
		floating := s.submit(command(down(923_300_000, 2000)))
		s.finish()
		want := o
		if o == radio.Blocked || o == radio.Missed {
			want = radio.Emitted
		}
		if a, b := s.outcome(fixed), s.outcome(floating); a != o || b != want {
			t.Errorf("%v: with an instant %v, floating %v", o, a, b)
		}
	}
}

// TestAgainEnds: a channel that stays busy is told so in the end.
func TestAgainEnds(t *testing.T) {
	s := newStand(t, american(t))
	s.fate = func(h *held) { h.silence(radio.Blocked, h.start) }
	a := s.submit(s.beacon(2 * time.Second))
	s.finish()
	if got := s.outcome(a); got != radio.Blocked || s.now.Clock > 62*time.Second {
		t.Errorf("%v at %v", got, s.now.Clock)
	}
}

// TestLateChain: an instant that passes while the chain is not free is missed, what
// floats comes later.
func TestLateChain(t *testing.T) {
	for _, floats := range []bool{false, true} {
		s := newStand(t, american(t))
		s.lag = 60 * ms
		s.submit(command(s.at923(100 * ms)))
		s.lag = 0
		next := s.at923(100*ms + airtime + MinLead)
		if floats {
			next.When = radio.Timing{}
		}
		a := s.submit(command(next))
		if floats {
			s.want(100*ms, 190*ms+immediateLead) // it was seen to come too late 10 ms before
		} else {
			s.want(100 * ms)
		}
		if got := s.outcome(a); (got == radio.Emitted) != floats || (got == radio.Missed) == floats {
			t.Errorf("floats %v: %v", floats, got)
		}
	}
}

// TestTakenBackTooLate: a displaced frame that went on the air all the same is told as
// what it was.
func TestTakenBackTooLate(t *testing.T) {
	s := newStand(t, american(t))
	beacon := s.submit(s.beacon(300 * ms))
	a, ticket, ended := s.queue.Enqueue(s.now, command(s.at923(100*ms)), radio.GPSReference{})
	s.taken[ticket] = a.ID
	s.wantStatus(a, radio.TxOK)
	if step, _ := s.queue.Next(s.now); step.Do != TakeBack || len(ended) != 0 {
		t.Fatalf("%+v, %v", step, ended)
	}
	s.queue.TakeBack()
	if step, _ := s.queue.Next(s.now); step.Do != Rest {
		t.Errorf("while it is taken back: %+v", step)
	}
	s.set(s.held.ends)
	s.settle()
	if got := s.outcome(beacon); got != radio.Emitted {
		t.Errorf("the beacon is %v", got)
	}
}

// TestReportTellsThePowerUsed, which a transmitter may have lowered.
func TestReportTellsThePowerUsed(t *testing.T) {
	r := american(t)
	r.Gain = 300
	s := newStand(t, r)
	a := s.submit(command(s.at923(time.Second)))
	s.finish()
	s.fate = func(h *held) { h.emission.Conducted = 1200 }
	b := s.submit(command(s.at923(time.Second)))
	s.finish()
	if x, y := s.reports[a.ID][0].EIRP, s.reports[b.ID][0].EIRP; x != 2000 || y != 1500 {
		t.Errorf("EIRP %v and %v", x, y)
	}
}

func TestDrain(t *testing.T) {
	s := newStand(t, american(t))
	loaded := s.submit(command(s.at923(500 * ms)))
	queued := s.submit(command(s.at923(5 * time.Second)))
	s.note(s.queue.Drain())
	s.turn()
	s.advance(ms)
	if a, b := s.outcome(loaded), s.outcome(queued); a != radio.Aborted || b != radio.Aborted {
		t.Errorf("loaded %v, queued %v", a, b)
	}
}
