package gateway

import (
	"slices"
	"testing"
	"time"

	"hexspot/radio"
)

// american rules have no duty cycle.
func american(t testing.TB) Rules { return Rules{Plan: plan(t, "US915_1"), Levels: levels()} }

func european(t testing.TB) Rules { return Rules{Plan: plan(t, "EU868"), Levels: levels()} }

const ms = time.Millisecond

// airtime of down.
const airtime = 51_456 * time.Microsecond

// at923 is a downlink some time ahead, of 51.456 ms.
func (s *stand) at923(d time.Duration) radio.Downlink {
	item := down(923_300_000, 2000)
	item.When.At = s.at(d)
	return item
}

func command(items ...radio.Downlink) Command {
	return Command{Items: items, Priority: PriorityDownlink}
}

// beacon is a beacon of 200 ms that floats until an instant.
func (s *stand) beacon(latest time.Duration) Command {
	return Command{
		Items:    []radio.Downlink{lasting(903_900_000, 2000, 200*ms)},
		Priority: PriorityBeacon, Latest: s.at(latest),
	}
}

// starts are when emissions began, in milliseconds after the stand's first minute.
func (s *stand) starts() (list []time.Duration) {
	for _, a := range s.air {
		list = append(list, a.start-time.Minute)
	}
	return list
}

func (s *stand) want(starts ...time.Duration) {
	s.t.Helper()
	s.finish()
	if !slices.Equal(s.starts(), starts) {
		s.t.Errorf("emissions begin at %v, want %v", s.starts(), starts)
	}
}

func (s *stand) wantStatus(a Answer, want ...radio.TxStatus) {
	s.t.Helper()
	if !slices.Equal(a.Statuses, want) {
		s.t.Errorf("statuses %v, want %v", a.Statuses, want)
	}
}

// outcome is how an accepted command ended, 0 if it has not.
func (s *stand) outcome(a Answer) radio.EmissionOutcome {
	s.t.Helper()
	r := s.reports[a.ID]
	switch {
	case len(r) > 1:
		s.t.Fatalf("command %d is reported %d times", a.ID, len(r))
	case len(r) == 0:
		return 0
	}
	return r[0].Emission.Outcome
}

func TestItemList(t *testing.T) {
	const (
		ok, ignored, late, early = radio.TxOK, radio.TxIgnored, radio.TxTooLate, radio.TxTooEarly
		collision, internal      = radio.TxCollisionPacket, radio.TxInternalError
	)
	for _, c := range []struct {
		name  string
		items func(*stand) []radio.Downlink
		want  []radio.TxStatus
		start []time.Duration
	}{
		{"none", func(*stand) []radio.Downlink { return nil }, nil, nil},
		{"the first is taken", func(s *stand) []radio.Downlink {
			return []radio.Downlink{s.at923(time.Second), s.at923(2 * time.Second)}
		}, []radio.TxStatus{ok, ignored}, []time.Duration{time.Second}},
		{"the second is taken", func(s *stand) []radio.Downlink {
			return []radio.Downlink{s.at923(10 * ms), s.at923(2 * time.Second), s.at923(3 * time.Second)}
		}, []radio.TxStatus{late, ok, ignored}, []time.Duration{2 * time.Second}},
		{"any refusal leads on", func(s *stand) []radio.Downlink {
			loud, lost := s.at923(time.Second), s.at923(time.Second)
			loud.EIRP, lost.Frequency = 3000, 1
			return []radio.Downlink{loud, lost, s.at923(time.Hour), {}, s.at923(time.Second)}
		}, []radio.TxStatus{radio.TxPower, radio.TxFrequency, early, internal, ok}, []time.Duration{time.Second}},
		{"none is taken", func(s *stand) []radio.Downlink {
			return []radio.Downlink{s.at923(-time.Second), s.at923(513 * time.Second)}
		}, []radio.TxStatus{late, early}, nil},
		{"more than are tried", func(s *stand) []radio.Downlink {
			return append(slices.Repeat([]radio.Downlink{s.at923(0)}, maxItems), s.at923(time.Second))
		}, append(slices.Repeat([]radio.TxStatus{late}, maxItems), internal), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStand(t, american(t))
			s.wantStatus(s.submit(command(c.items(s)...)), c.want...)
			s.want(c.start...)
		})
	}
}

func TestInstants(t *testing.T) {
	for _, c := range []struct {
		name string
		at   func(*stand) radio.Timestamp
		want radio.TxStatus
	}{
		{"42.5 ms", func(s *stand) radio.Timestamp { return s.at(MinLead) }, radio.TxOK},
		{"a microsecond less", func(s *stand) radio.Timestamp { return s.at(MinLead - time.Microsecond) }, radio.TxTooLate},
		{"now", func(s *stand) radio.Timestamp { return s.at(0) }, radio.TxTooLate},
		{"long ago", func(s *stand) radio.Timestamp { return radio.Timestamp{Session: 1} }, radio.TxTooLate},
		{"512 s", func(s *stand) radio.Timestamp { return s.at(maxLead) }, radio.TxOK},
		{"a microsecond more", func(s *stand) radio.Timestamp { return s.at(maxLead + time.Microsecond) }, radio.TxTooEarly},
		{"at the end of time", func(s *stand) radio.Timestamp { return radio.Timestamp{Session: 1, Micros: 1<<64 - 1} }, radio.TxTooEarly},
		{"of another session", func(s *stand) radio.Timestamp {
			return radio.Timestamp{Session: 2, Micros: s.at(time.Second).Micros}
		}, radio.TxTooLate},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStand(t, american(t))
			d := down(923_300_000, 2000)
			d.When.At = c.at(s)
			a := s.submit(command(d))
			s.wantStatus(a, c.want)
			s.finish()
			if got := s.outcome(a); (got == radio.Emitted) != (c.want == radio.TxOK) {
				t.Errorf("ended as %v", got)
			}
			for _, e := range s.air {
				if e.load.Trigger.At != d.When.At {
					t.Errorf("on the air at %v, asked for %v", e.load.Trigger.At, d.When.At)
				}
			}
		})
	}
}

func TestGPSTime(t *testing.T) {
	const pulse = 1_400_000_000 * time.Second
	for _, c := range []struct {
		name string
		at   time.Duration
		ref  func(*stand) radio.GPSReference
		want radio.TxStatus
	}{
		{"in a second", pulse + time.Second, func(s *stand) radio.GPSReference { return radio.GPSReference{At: s.at(0), GPS: pulse} }, radio.TxOK},
		{"a fast counter", pulse + time.Second, func(s *stand) radio.GPSReference {
			return radio.GPSReference{At: s.at(0), GPS: pulse, Drift: 50_000}
		}, radio.TxOK},
		{"no reference", pulse + time.Second, func(*stand) radio.GPSReference { return radio.GPSReference{} }, radio.TxGPSUnlocked},
		{"a stale reference", pulse + time.Second, func(*stand) radio.GPSReference {
			return radio.GPSReference{At: radio.Timestamp{Session: 9, Micros: 1}, GPS: pulse}
		}, radio.TxGPSUnlocked},
		{"past", pulse - time.Second, func(s *stand) radio.GPSReference { return radio.GPSReference{At: s.at(0), GPS: pulse} }, radio.TxTooLate},
		{"before GPS", -1 << 63, func(s *stand) radio.GPSReference { return radio.GPSReference{At: s.at(0), GPS: pulse} }, radio.TxTooLate},
		{"last year", pulse - 365*24*time.Hour, func(s *stand) radio.GPSReference { return radio.GPSReference{At: s.at(0), GPS: pulse} }, radio.TxTooLate},
		{"too early", pulse + 600*time.Second, func(s *stand) radio.GPSReference { return radio.GPSReference{At: s.at(0), GPS: pulse} }, radio.TxTooEarly},
		{"in the far future", 1<<63 - 1, func(s *stand) radio.GPSReference { return radio.GPSReference{At: s.at(0), GPS: pulse} }, radio.TxTooEarly},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStand(t, american(t))
			d, ref := down(923_300_000, 2000), c.ref(s)
			d.When.GPS = c.at
			s.wantStatus(s.submitGPS(command(d), ref), c.want)
			s.finish()
			for _, e := range s.air {
				if e.load.Trigger.At != ref.Timestamp(c.at) {
					t.Errorf("on the air at %v", e.load.Trigger.At)
				}
			}
		})
	}
}

// TestCollisions: a frame is loaded when the one before has ended.
func TestCollisions(t *testing.T) {
	for _, c := range []struct {
		name string
		at   time.Duration
		want radio.TxStatus
	}{
		{"the same", time.Second, radio.TxCollisionPacket},
		{"right behind", time.Second + airtime + MinLead, radio.TxOK},
		{"too close behind", time.Second + airtime + MinLead - time.Microsecond, radio.TxCollisionPacket},
		{"right before", time.Second - airtime - MinLead, radio.TxOK},
		{"too close before", time.Second - airtime - MinLead + time.Microsecond, radio.TxCollisionPacket},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStand(t, american(t))
			s.wantStatus(s.submit(command(s.at923(time.Second))), radio.TxOK)
			s.wantStatus(s.submit(command(s.at923(c.at))), c.want)
			s.finish()
			if want := map[bool]int{true: 2, false: 1}[c.want == radio.TxOK]; len(s.air) != want {
				t.Errorf("%d emissions", len(s.air))
			}
		})
	}
}

func TestCollisionWithTheFrameOnAir(t *testing.T) {
	s := newStand(t, american(t))
	first := s.at923(100 * ms)
	first.PHYPayload, first.Modulation = payload(200), millisecond // 211 ms, until 311 ms
	s.submit(command(first))
	s.advance(150 * ms)
	s.wantStatus(s.submit(command(s.at923(100*ms))), radio.TxCollisionPacket)
	s.wantStatus(s.submit(command(s.at923(161*ms+MinLead))), radio.TxOK)
	s.want(100*ms, 311*ms+MinLead)
}

func TestQueueFull(t *testing.T) {
	s := newStand(t, american(t))
	for i := range queueSize - 1 {
		s.wantStatus(s.submit(command(s.at923(time.Duration(i+2)*time.Second))), radio.TxOK)
	}
	beacon := s.submit(s.beacon(100 * time.Second))
	s.wantStatus(beacon, radio.TxOK)
	s.wantStatus(s.submit(s.beacon(100*time.Second)), radio.TxQueueFull)
	s.wantStatus(s.submit(command(s.at923(60*time.Second))), radio.TxOK)
	s.wantStatus(s.submit(command(s.at923(61*time.Second))), radio.TxQueueFull)
	s.finish()
	if got := s.outcome(beacon); got != radio.Displaced || len(s.air) != queueSize {
		t.Errorf("the beacon is %v, %d emissions", got, len(s.air))
	}
}

// TestFullWithABeaconOnTheAir: that one keeps its place.
func TestFullWithABeaconOnTheAir(t *testing.T) {
	s := newStand(t, american(t))
	s.submit(s.beacon(time.Second))
	s.advance(100 * ms)
	for i := range queueSize - 1 {
		s.wantStatus(s.submit(command(s.at923(time.Duration(i+2)*time.Second))), radio.TxOK)
	}
	s.wantStatus(s.submit(command(s.at923(60*time.Second))), radio.TxQueueFull)
	s.advance(time.Second)
	s.wantStatus(s.submit(command(s.at923(60*time.Second))), radio.TxOK)
}

func TestWithoutAChip(t *testing.T) {
	s := newStand(t, american(t))
	item := s.at923(time.Second)
	s.reboot(0)
	a := s.submit(command(item, down(923_300_000, 2000)))
	s.wantStatus(a, radio.TxInternalError, radio.TxInternalError)
}

// TestImmediate: what floats starts 80 ms from now, or behind what is there, in the
// order of arrival.
func TestImmediate(t *testing.T) {
	s := newStand(t, american(t))
	s.submit(command(s.at923(150 * ms)))
	s.wantStatus(s.submit(command(down(923_300_000, 2000))), radio.TxOK)
	s.wantStatus(s.submit(command(down(923_300_000, 2000))), radio.TxOK)
	step := airtime + MinLead
	s.want(150*ms, 150*ms+step, 150*ms+2*step)
}

// TestMovesOn: what floats makes way for an instant, before and after it is loaded.
func TestMovesOn(t *testing.T) {
	for _, wait := range []time.Duration{0, 30 * ms} {
		s := newStand(t, american(t))
		floating := s.submit(command(down(923_300_000, 2000)))
		s.advance(wait)
		if s.held == nil {
			t.Fatal("a frame that starts in 80 ms is not loaded")
		}
		s.wantStatus(s.submit(command(s.at923(90*ms-wait))), radio.TxOK)
		s.want(90*ms, 90*ms+airtime+MinLead)
		if got := s.outcome(floating); got != radio.Emitted {
			t.Errorf("what floats is %v", got)
		}
	}
}

// TestStays: what floats is not taken back any more when it is about to start.
func TestStays(t *testing.T) {
	s := newStand(t, american(t))
	s.submit(command(down(923_300_000, 2000)))
	s.advance(40 * ms)
	s.wantStatus(s.submit(command(s.at923(50*ms), s.at923(time.Second))), radio.TxCollisionPacket, radio.TxOK)
	s.want(80*ms, time.Second+40*ms)
}

// TestNoTimeLeft: what floats and has no time before its end is told so.
func TestNoTimeLeft(t *testing.T) {
	s := newStand(t, american(t))
	c := command(down(923_300_000, 2000))
	c.Latest = s.at(80*ms + airtime)
	a := s.submit(c)
	s.wantStatus(a, radio.TxOK)
	s.wantStatus(s.submit(command(s.at923(80*ms))), radio.TxOK)
	s.want(80 * ms)
	if got := s.outcome(a); got != radio.Displaced || s.reports[a.ID][0].Emission.Cause == "" {
		t.Errorf("ended as %v, %q", got, s.reports[a.ID][0].Emission.Cause)
	}
	c.Latest = s.at(80*ms + airtime - time.Microsecond)
	s.wantStatus(s.submit(c), radio.TxTooLate)
	c.Latest = radio.Timestamp{Session: 5, Micros: s.at(time.Second).Micros}
	s.wantStatus(s.submit(c), radio.TxTooLate)
	c.Latest = radio.Timestamp{Session: 1, Micros: 1<<64 - 1}
	s.wantStatus(s.submit(c), radio.TxOK)
}

// TestCrowded: what floats waits ten seconds at most for its turn.
func TestCrowded(t *testing.T) {
	s := newStand(t, american(t))
	long := down(923_300_000, 2000)
	long.PHYPayload, long.Modulation = payload(255), sf(12, 500)
	each := long.Modulation.TimeOnAir(255) + MinLead
	for at := time.Second; at < 12*time.Second; at += each + 60*ms {
		long.When.At = s.at(at)
		s.wantStatus(s.submit(command(long)), radio.TxOK)
	}
	long.When.At = radio.Timestamp{}
	s.wantStatus(s.submit(command(long)), radio.TxCollisionPacket)
	s.wantStatus(s.submit(command(down(923_300_000, 2000))), radio.TxOK)
	if len(s.queue.entries) < 5 {
		t.Errorf("%d entries", len(s.queue.entries))
	}
}

func TestBeaconGivesWay(t *testing.T) {
	for _, c := range []struct {
		name    string
		latest  time.Duration
		fixed   bool // the beacon has an instant
		down    func(*stand) radio.Downlink
		outcome radio.EmissionOutcome
		starts  []time.Duration
	}{
		{"later", time.Second, false, func(s *stand) radio.Downlink { return s.at923(100 * ms) }, radio.Emitted,
			[]time.Duration{100 * ms, 100*ms + airtime + MinLead}},
		{"no time left", 300 * ms, false, func(s *stand) radio.Downlink { return s.at923(100 * ms) }, radio.Displaced,
			[]time.Duration{100 * ms}},
		{"before a class C downlink too", time.Second, false, func(*stand) radio.Downlink { return down(923_300_000, 2000) }, radio.Emitted,
			[]time.Duration{80 * ms, 80*ms + airtime + MinLead}},
		{"not without need", time.Second, false, func(s *stand) radio.Downlink { return s.at923(80*ms + 200*ms + MinLead) }, radio.Emitted,
			[]time.Duration{80 * ms, 280*ms + MinLead}},
		{"with an instant, later", 5 * time.Second, true, func(s *stand) radio.Downlink { return s.at923(2 * time.Second) }, radio.Emitted,
			[]time.Duration{2 * time.Second, 2*time.Second + airtime + MinLead}},
		{"with an instant, undisturbed", 5 * time.Second, true, func(s *stand) radio.Downlink { return s.at923(time.Second) }, radio.Emitted,
			[]time.Duration{time.Second, 2 * time.Second}},
		{"with an instant only", 0, true, func(s *stand) radio.Downlink { return s.at923(2 * time.Second) }, radio.Displaced,
			[]time.Duration{2 * time.Second}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStand(t, american(t))
			b := s.beacon(c.latest)
			if c.fixed {
				b.Items[0].When.At = s.at(2 * time.Second)
			}
			if c.latest == 0 {
				b.Latest = radio.Timestamp{}
			}
			beacon := s.submit(b)
			s.wantStatus(beacon, radio.TxOK)
			s.wantStatus(s.submit(command(c.down(s))), radio.TxOK)
			s.want(c.starts...)
			if got := s.outcome(beacon); got != c.outcome {
				t.Errorf("the beacon is %v, want %v", got, c.outcome)
			}
		})
	}
}

// TestBeaconTakesNothing: a beacon moves nothing, it finds its place or is refused.
func TestBeaconTakesNothing(t *testing.T) {
	s := newStand(t, american(t))
	s.submit(command(s.at923(100 * ms)))
	s.wantStatus(s.submit(s.beacon(300*ms)), radio.TxCollisionPacket)
	s.wantStatus(s.submit(s.beacon(time.Second)), radio.TxOK)
	s.want(100*ms, 100*ms+airtime+MinLead)
}
