package witness

import (
	"crypto"
	"errors"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"hexspot/radio"
	"pgregory.net/rapid"
)

// sending runs a Beaconer with the demo's timing, the chain of slots 30 to 119, a
// key that signs, a disk that keeps and a radio that emits, unless they are told
// otherwise.
type sending struct {
	transcript
	t        testing.TB
	chain    *Chain
	chains   *Chains
	b        *Beaconer
	signer   crypto.Signer
	station  radio.Station
	network  radio.Network
	spooled  map[uint32]bool
	openings map[Slot]Beacon
	submits  []Submit
	reports  []Beacon
	announce []Discovery
	answer   radio.TxStatus
	outcome  radio.EmissionOutcome
	deaf     bool   // the radio says nothing of the emission
	fault    string // of key or disk
	delay    Millis // from submitting to emission
	inSlots  map[uint64]int
}

func newSending(t testing.TB) *sending {
	n := testNetwork{t, 1}
	signer := signerOf(t, "ed25519", testNetwork{t, 2}.seed())
	s := &sending{
		t: t, chains: NewChains(n.id()), signer: signer, station: testNetwork{t, 2}.station(), network: n.id(),
		spooled: map[uint32]bool{}, openings: map[Slot]Beacon{}, answer: radio.TxOK, outcome: radio.Emitted, inSlots: map[uint64]int{},
	}
	var a Anchor
	a, s.chain = n.chain(30, 120, 0, 1)
	if err := s.chains.AddAnchor(n.sign(a)); err != nil {
		t.Fatal(err)
	}
	s.start()
	return s
}

// start begins with what is on disk.
func (s *sending) start() {
	random := rand.NewChaCha8([32]byte{1})
	s.b = NewBeaconer(BeaconerConfig{Network: s.network, Station: s.station, Random: random}, s.chains)
	for _, opening := range s.openings {
		s.b.Restore(opening)
	}
}

// ready gives the beaconer all that it needs but entropy.
func (s *sending) ready(now Millis) {
	s.step(now, PlanSet{planNamed(s.t, "EU868"), []radio.DBm{1000, 1200, 1400}})
	s.step(now, SiteSet{&Placement{Antenna: Antenna{Gain: 300, Loss: 100}, Plan: "EU868"}})
	s.step(now, ClockSet{true})
}

// value lets the value of the present slot come.
func (s *sending) value(now Millis, fresh bool) {
	k := schedules["demo"].SlotAt(now)
	if _, ok := s.chain.Value(k); ok {
		s.know(k)
		s.step(now, ValueSeen{k, fresh})
	}
}

// untilDue gives the start of the due slot in the window from 60000, whose value has
// come without a step.
func (s *sending) untilDue() Millis {
	s.ready(60_000)
	s.value(60_000, true)
	due := s.b.Status(60_000).Due
	s.know(due)
	return schedules["demo"].Start(due)
}

// know lets a value come without a step.
func (s *sending) know(k Slot) {
	x, _ := s.chain.Value(k)
	if err := s.chains.AddValue(Value{k, 0, x}); err != nil {
		s.t.Fatal(err)
	}
}

// run lets time pass, with a step whenever one is due and each slot's value at its
// start.
func (s *sending) run(now, until Millis) Millis {
	for now < until {
		if t := schedules["demo"].Timing; now == t.Start(t.SlotAt(now)) {
			s.value(now, true)
		}
		s.step(now, nil)
		now = s.b.Next(now)
	}
	return now
}

func (s *sending) step(now Millis, e BeaconerEvent) {
	before := s.b.last
	actions := s.b.Step(now, e)
	if s.b.last != before {
		s.note("%d: = %v", now, s.b.last)
	}
	for _, a := range actions {
		s.note("%d: %v", now, a)
	}
	for _, a := range actions {
		s.do(now, a)
	}
}

func (s *sending) do(now Millis, a BeaconerAction) {
	switch a := a.(type) {
	case SignOpening:
		_, sig, err := radio.SignMessage(s.signer, a.Message)
		switch {
		case err != nil:
			s.t.Fatal(err)
		case s.fault != "":
			s.step(now, Failed{a.ID, s.fault})
		default:
			s.step(now, OpeningSigned{a.ID, sig})
		}
	case SpoolOpening:
		s.spooled[a.ID], s.openings[a.Beacon.Slot] = true, a.Beacon
		s.step(now, RecordSpooled{a.ID})
	case SpoolDiscovery:
		s.spooled[a.ID], s.announce = true, append(s.announce, a.Discovery)
		s.step(now, RecordSpooled{a.ID})
	case Submit:
		s.submit(now, a)
	case SpoolReport:
		s.reports = append(s.reports, a.Beacon)
		s.checkReport(a.Beacon)
	}
}

func (s *sending) submit(now Millis, a Submit) {
	s.submits = append(s.submits, a)
	s.checkSubmit(now, a)
	s.step(now, Answered{a.ID, s.answer})
	if s.answer != radio.TxOK || s.deaf {
		return
	}
	e := radio.Emission{Outcome: s.outcome, Conducted: 1400, Start: radio.Timestamp{Session: 1, Micros: uint64(now) * 1000}}
	if s.outcome != radio.Emitted {
		e = radio.Emission{Outcome: s.outcome, Cause: "the radio says why"}
	}
	s.step(now+s.delay, Ended{a.ID, e, now + s.delay})
}

// checkSubmit holds what goes on air against the protocol.
func (s *sending) checkSubmit(now Millis, a Submit) {
	timing, plan := schedules["demo"].Timing, planNamed(s.t, "EU868")
	k := timing.SlotAt(now)
	if !s.spooled[a.ID] {
		s.t.Error("submitted before its record is on disk")
	}
	airtime := a.Downlink.Modulation.TimeOnAir(len(a.Downlink.PHYPayload))
	if a.Latest != timing.End(k) || now+Millis(airtime.Milliseconds()) >= a.Latest {
		s.t.Errorf("submitted at %d to end by %d", now, a.Latest)
	}
	if a.Downlink.EIRP > plan.BeaconMaxEIRP {
		s.t.Errorf("%v is over the cap", a.Downlink.EIRP)
	}
	x, _ := s.chain.Value(k)
	frame, err := ParseFrame(a.Downlink.PHYPayload)
	if err != nil || frame.Mark != MarkOf(s.network, x) {
		s.t.Errorf("frame %x: %v", a.Downlink.PHYPayload, err)
	}
	if frame.Type == FrameBeacon {
		s.checkBeacon(now, k, frame, a.Downlink)
	}
}

func (s *sending) checkBeacon(now Millis, k Slot, frame Frame, d radio.Downlink) {
	timing, plan := schedules["demo"].Timing, planNamed(s.t, "EU868")
	k0 := timing.WindowStart(k)
	first, _ := s.chain.Value(k0)
	if due := timing.DueSlot(k0, Lot{s.network, s.station, first}); k != due {
		s.t.Errorf("a beacon in slot %d, due is %d", k, due)
	}
	if s.inSlots[timing.Window(k)]++; s.inSlots[timing.Window(k)] > 1 {
		s.t.Errorf("a second beacon in the window of slot %d", k)
	}
	x, _ := s.chain.Value(k)
	drawn, err := timing.DrawBeacon(k, Lot{s.network, s.station, x}, plan)
	if err != nil || now < drawn.Start || d.Frequency != drawn.Frequency || d.Modulation != Modulation(drawn.SF) {
		s.t.Errorf("%+v at %d is not as drawn: %+v, %v", d, now, drawn, err)
	}
	opening, ok := s.openings[k]
	if !ok || TagOf(opening.Signature) != frame.Tag {
		s.t.Error("the opening on disk is not the beacon's")
	}
	if err := VerifyOpening(Lot{s.network, s.station, x}, k, opening.Signature); err != nil {
		s.t.Error(err)
	}
}

func (s *sending) checkReport(r Beacon) {
	if err := r.CheckRange(); err != nil {
		s.t.Error(err)
	}
	if !schedules["demo"].InSlot(r.Sent, r.Slot, 0) || r.Counter != uint32(r.Sent*1000-s.delay*1000) || r.Conducted != 1400 {
		s.t.Errorf("report %+v", r)
	}
	if read, err := ParseBeacon(r.Append(nil)); err != nil || read != r {
		s.t.Errorf("%+v, %v", read, err)
	}
}

func TestBeaconerTranscript(t *testing.T) {
	s := newSending(t)
	s.note("# windows have ten slots of 2 s; all is there from the start")
	s.ready(60_000)
	now := s.run(60_000, 100_000)
	s.note("# the duty cycle is used up in the window from 100000")
	s.answer = radio.TxDutyCycleOverflow
	now = s.run(now, 120_000)
	s.answer = radio.TxOK
	s.note("# the channel is busy in the window from 120000")
	s.outcome = radio.Blocked
	now = s.run(now, 140_000)
	s.outcome = radio.Emitted
	s.note("# no site in the window from 140000")
	s.step(now, SiteSet{nil})
	now = s.run(now, 160_000)
	s.note("# the owner wants discovery beacons for 70 s; the site is for data only")
	s.step(now, SiteSet{&Placement{Antenna: Antenna{Gain: 300, Loss: 100}, Plan: "EU868", DataOnly: true}})
	s.step(now, DiscoverUntil{now + 70_000})
	s.run(now, 240_000)
	s.golden(t, "beaconer.txt")
	if len(s.reports) != 2 || len(s.announce) != 3 {
		t.Errorf("%d reports, %d announcements", len(s.reports), len(s.announce))
	}
}

// TestReasons takes one thing away and looks why nothing is sent.
func TestReasons(t *testing.T) {
	cases := []struct {
		reason Reason
		spoil  func(*sending)
	}{
		{NoSpool, func(s *sending) { s.b.SetSpool(false) }},
		{NoPlan, func(s *sending) { s.step(60_000, PlanSet{}) }},
		{NoPlan, func(s *sending) { s.step(60_000, PlanSet{Plan: planNamed(t, "EU868").ReceiveOnly()}) }},
		{NoSite, func(s *sending) { s.step(60_000, SiteSet{}) }},
		{Unregistered, func(s *sending) { s.step(60_000, RegistrySet{Known: true}) }},
		{OtherPlan, func(s *sending) { s.step(60_000, SiteSet{&Placement{Plan: "US915_1"}}) }},
		{OtherPlan, func(s *sending) { s.step(60_000, RegistrySet{true, &Placement{Plan: "US915_1"}}) }},
		{DataOnly, func(s *sending) { s.step(60_000, RegistrySet{true, &Placement{Plan: "EU868", DataOnly: true}}) }},
		{0, func(s *sending) { s.step(60_000, RegistrySet{true, &Placement{Plan: "EU868"}}) }},
		{NoChip, func(s *sending) { s.b.SetChip(false) }},
		{DataOnly, func(s *sending) { s.step(60_000, SiteSet{&Placement{Plan: "EU868", DataOnly: true}}) }},
		{ClockUnset, func(s *sending) { s.step(60_000, ClockSet{false}) }},
		{ClockOff, func(s *sending) { s.step(60_000, ValueSeen{33, false}) }},
		{NoLevel, func(s *sending) { s.step(60_000, PlanSet{planNamed(t, "EU868"), []radio.DBm{2700}}) }},
		{DutyCycle, func(s *sending) { s.answer = radio.TxDutyCycleOverflow }},
		{Refused, func(s *sending) { s.answer = radio.TxCollisionPacket }},
		{ChannelBusy, func(s *sending) { s.outcome = radio.Blocked }},
		{NotEmitted, func(s *sending) { s.outcome = radio.Displaced }},
		{NoAnswer, func(s *sending) { s.deaf = true }},
		{Faulty, func(s *sending) { s.fault = "no key" }},
		{0, func(*sending) {}},
	}
	for _, c := range cases {
		s := newSending(t)
		s.ready(60_000)
		s.value(60_000, c.reason != ClockOff)
		c.spoil(s)
		for now := Millis(60_000); now < 80_000; now = s.b.Next(now) {
			if c.reason != ClockOff {
				s.value(now, false)
			} else { // a fresh value would clear it
				s.know(schedules["demo"].SlotAt(now))
			}
			s.step(now, nil)
		}
		last := s.b.last
		if last.Reason != c.reason || last.Frame != FrameBeacon || last.Slot < 30 || last.Slot > 39 {
			t.Errorf("%v: %v, status %v\n%s", c.reason, last, s.b.Status(80_000).Reason, s.String())
		}
		if standing := c.reason != 0 && c.reason <= ClockOff; standing && s.b.Status(80_000).Reason != c.reason {
			t.Errorf("status says %v, want %v", s.b.Status(80_000).Reason, c.reason)
		}
		if sent := len(s.reports) == 1; sent != (c.reason == 0) {
			t.Errorf("%v: %d reports", c.reason, len(s.reports))
		}
	}
}

// TestEachWindowHasItsReason: also one of which nobody was there to look, and one whose
// entropy never came; a clock that was set is no long row of windows.
func TestEachWindowHasItsReason(t *testing.T) {
	s := newSending(t)
	s.ready(60_000)
	s.step(61_000, nil) // no value comes in this window
	s.step(80_000, nil)
	if s.b.last.Reason != NoEntropy || s.b.last.Slot != 30 {
		t.Errorf("%v", s.b.last)
	}
	s.step(141_000, nil) // nor in this one, and two went by
	want := map[Reason]uint64{NoEntropy: 2, SlotOver: 2}
	if got := s.b.Skipped(); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	s.step(100_000, nil)
	s.step(220_000, nil)
	epoch := uint64(schedules["demo"].EpochSlots / schedules["demo"].WindowSlots)
	if got := s.b.Skipped()[SlotOver]; got > 2+epoch {
		t.Errorf("%d windows after the clock was set", got)
	}
}

// TestClockSetAheadAndBack: a clock that was wrong for a moment costs no later beacon.
func TestClockSetAheadAndBack(t *testing.T) {
	for _, ahead := range []Millis{20_000, 86_400_000, 365 * 86_400_000} {
		s := newSending(t)
		s.ready(60_000)
		s.value(60_000, true)
		s.step(60_000+ahead, nil)
		s.step(60_500, nil)
		s.run(62_000, 160_000)
		if len(s.reports) < 4 {
			t.Errorf("%d ms ahead: %d beacons in five windows; %v", ahead, len(s.reports), s.b.Skipped())
		}
	}
}

// TestLateAnswer: a beacon that the radio was silent about for too long was on the air, if
// the radio says so in the end, and is reported.
func TestLateAnswer(t *testing.T) {
	for outcome, reports := range map[radio.EmissionOutcome]int{radio.Emitted: 1, radio.Displaced: 0} {
		s := newSending(t)
		s.deaf = true
		start := s.untilDue()
		end := s.run(start, start+7_000)
		if s.b.last.Reason != NoAnswer || len(s.submits) != 1 {
			t.Fatalf("%v, %d submitted", s.b.last, len(s.submits))
		}
		sent := start + 600
		ended := Ended{s.submits[0].ID, radio.Emission{Outcome: outcome, Conducted: 1400, Start: radio.Timestamp{Session: 1, Micros: uint64(sent) * 1000}}, sent}
		s.step(end, ended)
		s.step(end, ended)
		if len(s.reports) != reports || reports == 1 && s.reports[0].Sent != sent {
			t.Errorf("%v: reported %v", outcome, s.reports)
		}
		if skipped := s.b.Skipped()[NoAnswer]; skipped != uint64(1-reports) {
			t.Errorf("%v: counted as skipped %d times", outcome, skipped)
		}
	}
}

func TestNoBeaconWithoutEntropy(t *testing.T) {
	s := newSending(t)
	if got := NewBeaconer(BeaconerConfig{}, NewChains(s.network)); got.Status(0).Reason != NoPlan || got.Next(5) != 60_005 {
		t.Error(got.Status(0))
	}
	s.b.chains = NewChains(s.network)
	s.ready(60_000)
	if r := s.b.Status(60_000).Reason; r != NoAnchor {
		t.Error(r)
	}
	s.b.chains = s.chains
	if r := s.b.Status(500_000).Reason; r != NoAnchor { // behind the chain's end
		t.Error(r)
	}
	if st := s.b.Status(60_000); st.Reason != NoEntropy || st.DueKnown {
		t.Errorf("%+v", st)
	}
	s.value(60_000, true) // of the window's first slot, and of no other
	st := s.b.Status(60_000)
	if st.Reason != 0 || !st.DueKnown || !st.Open || st.Start != 0 {
		t.Errorf("%+v", st)
	}
	for now := Millis(60_000); now < 80_000; now = s.b.Next(now) {
		s.step(now, nil)
	}
	if s.b.last.Reason != NoEntropy || len(s.submits) > 0 {
		t.Errorf("%v", s.b.last)
	}
}

func TestRestartSendsNoSecondBeacon(t *testing.T) {
	s := newSending(t)
	s.ready(60_000)
	now := s.run(60_000, 78_000)
	if len(s.submits) != 1 {
		t.Fatal("no beacon to begin with")
	}
	due := s.submits[0].Latest - 2_000
	s.start()
	s.ready(due)
	for at := due; at < now; at = s.b.Next(at) {
		s.step(at, nil)
	}
	if len(s.submits) != 1 {
		t.Error("a second beacon after a restart")
	}
	if s.b.Status(due).Open {
		t.Error("the window is open after a restart")
	}
}

func TestLateRadioStaysInSlot(t *testing.T) {
	s := newSending(t)
	start := s.untilDue()
	s.step(start+1_900, nil) // less than an airtime is left
	if s.b.last.Reason != SlotOver || len(s.submits) > 0 {
		t.Errorf("%v", s.b.last)
	}
}

func TestSlowDiskLosesTheBeacon(t *testing.T) {
	s := newSending(t)
	start := s.untilDue()
	sign := s.b.Step(start, nil)[0].(SignOpening)
	if len(s.b.Step(start+1, OpeningSigned{ID: sign.ID})) != 1 {
		t.Fatal("the opening is not spooled")
	}
	if a := s.b.Step(start+2_000, RecordSpooled{sign.ID}); len(a) != 0 || s.b.last.Reason != SlotOver {
		t.Errorf("%v, %v", a, s.b.last)
	}
	for _, e := range []BeaconerEvent{Answered{sign.ID, radio.TxOK}, Ended{ID: sign.ID}, Failed{ID: sign.ID}, OpeningSigned{ID: 9}} {
		if a := s.b.Step(start+2_001, e); len(a) != 0 {
			t.Errorf("%T of an ended flight: %v", e, a)
		}
	}
}

func TestSiteLostBeforeStart(t *testing.T) {
	s := newSending(t)
	start := s.untilDue()
	s.value(start, true) // signed and spooled at once, the start is 500 ms away at least
	s.step(start+1, SiteSet{nil})
	s.step(start+1_600, nil)
	if s.b.last.Reason != NoSite || len(s.submits) > 0 {
		t.Errorf("%v, %d submitted", s.b.last, len(s.submits))
	}
}

func TestDiscoveryRate(t *testing.T) {
	d := discovery{}
	var now Millis
	for range 60 {
		now = max(now, d.next())
		d.sent = append(d.sent, now)
	}
	for i, at := range d.sent {
		if i >= DiscoveryRate && at < d.sent[i-DiscoveryRate]+3_600_000 {
			t.Fatalf("%d beacons within an hour of %d", DiscoveryRate+1, at)
		}
	}
}

// TestDiscoveryRestored: a start is no way to send more in an hour.
func TestDiscoveryRestored(t *testing.T) {
	s := newSending(t)
	var before []Millis
	for i := range Millis(DiscoveryRate) {
		before = append(before, (i+1)*1000)
	}
	s.b.RestoreDiscoveries(before)
	if next := s.b.Status(60_000).Discovery.Next; next != 1000+discoveryWindow {
		t.Errorf("the next one may be sent at %d", next)
	}
}

// TestDiscoverySilent: the status says why no discovery beacon can be sent, and a site
// for data only is no reason.
func TestDiscoverySilent(t *testing.T) {
	s := newSending(t)
	s.ready(60_000)
	if r := s.b.Status(60_000).Discovery.Reason; r != NoEntropy {
		t.Errorf("without entropy: %s", r)
	}
	s.value(60_000, true)
	s.b.site.DataOnly = true
	if st := s.b.Status(60_000); st.Discovery.Reason != 0 || st.Reason != DataOnly {
		t.Errorf("%s, beacons: %s", st.Discovery.Reason, st.Reason)
	}
	s.b.levels = nil
	if r := s.b.Status(60_000).Discovery.Reason; r != NoLevel {
		t.Errorf("without levels: %s", r)
	}
	s.b.site = nil
	if r := s.b.Status(60_000).Discovery.Reason; r != NoSite {
		t.Errorf("without a site: %s", r)
	}
}

func TestDiscoveryWithoutRandomness(t *testing.T) {
	s := newSending(t)
	s.b.config.Random = iotest.ErrReader(errors.New("no random bytes"))
	s.ready(60_000)
	s.step(60_000, DiscoverUntil{90_000})
	s.value(60_000, true)
	if s.b.last.Reason != Faulty || !strings.Contains(s.b.last.String(), "no random bytes") || len(s.submits) > 0 {
		t.Error(s.b.last)
	}
	if st := s.b.Status(60_000).Discovery; st.Count != 0 || st.Until != 90_000 {
		t.Errorf("%+v", st)
	}
}

func TestClock(t *testing.T) {
	cases := []struct {
		now   Millis
		fresh bool
		off   bool
	}{
		{10_000, true, false}, {14_999, true, false}, {15_000, true, true}, {5_001, true, false}, {5_000, true, true},
		{70_000, false, false}, {5_000, false, true},
	}
	for _, c := range cases {
		k := clock{set: true}
		k.see(c.now, 10_000, c.fresh)
		if (k.reason() == ClockOff) != c.off {
			t.Errorf("%+v: %v", c, k.reason())
		}
	}
	k := clock{set: true, off: true}
	if k.see(10_000, 10_000, false); k.reason() != ClockOff {
		t.Error("an old value shows that the clock is right")
	}
	if k.see(10_000, 10_000, true); k.reason() != 0 {
		t.Error("a fresh value does not clear the clock")
	}
}

// TestBeaconerProperties runs a beaconer through whatever may happen; what it
// submits is checked by the harness.
func TestBeaconerProperties(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newSending(t)
		now := Millis(rapid.Int64Range(50_000, 80_000).Draw(rt, "start"))
		s.ready(now)
		for range rapid.IntRange(1, 40).Draw(rt, "events") {
			switch rapid.IntRange(0, 9).Draw(rt, "event") {
			case 0:
				s.start()
				s.ready(now)
			case 1:
				s.step(now, SiteSet{})
			case 2:
				s.ready(now)
			case 3:
				s.answer = rapid.SampledFrom([]radio.TxStatus{radio.TxOK, radio.TxDutyCycleOverflow}).Draw(rt, "answer")
			case 4:
				s.outcome = rapid.SampledFrom([]radio.EmissionOutcome{radio.Emitted, radio.Missed}).Draw(rt, "outcome")
			case 5:
				s.step(now, DiscoverUntil{now + 60_000})
			case 6:
				s.deaf = !s.deaf
			case 7:
				now += Millis(rapid.Int64Range(0, 30_000).Draw(rt, "pause"))
			default:
				now = s.run(now, now+Millis(rapid.Int64Range(0, 10_000).Draw(rt, "run")))
			}
		}
		if s.t.(*testing.T).Failed() {
			rt.Fatal(s.String())
		}
	})
}

func TestReasonsHaveWords(t *testing.T) {
	for r := NoPlan; int(r) < len(reasons); r++ {
		if r.Name() == "" || r.String() == "" {
			t.Errorf("reason %d has no words", r)
		}
	}
	if Reason(200).String() != "unknown" || Reason(200).Name() != "unknown" || (Outcome{}).String() != "no beacon yet" {
		t.Error("words for what there is not")
	}
}

// TestNotReady: nothing is called ready while what the next beacon needs does not come, and
// what is missing is named.
func TestNotReady(t *testing.T) {
	s := newSending(t)
	s.ready(60_000)
	s.value(60_000, true)
	reason := func(now Millis, want Reason) {
		t.Helper()
		if got := s.b.Status(now).Reason; got != want {
			t.Errorf("at %d: %v, want %v", now, got, want)
		}
	}
	reason(60_000, 0)
	reason(63_000, 0) // the value of the last slot
	reason(64_000, NoEntropy)
	reason(300_000, NoAnchor)
	s.b.SetLink(false)
	for _, now := range []Millis{60_000, 64_000, 80_000, 300_000} {
		reason(now, NotConnected)
	}
	s.b.SetLink(true)
	s.b.SetDuty(true, 90_000)
	reason(60_000, DutyCycle)
	if st := s.b.Status(60_000); st.Detail != "there is room again at 1970-01-01T00:01:30Z" {
		t.Errorf("%v: %q", st.Reason, st.Detail)
	}
	s.b.SetDuty(true, 0)
	if st := s.b.Status(60_000); st.Reason != DutyCycle || st.Detail != "" {
		t.Errorf("%v: %q", st.Reason, st.Detail)
	}
	reason(64_000, NoEntropy)
	s.b.SetDuty(false, 0)
	reason(60_000, 0)
	s.b.SetChip(false)
	reason(60_000, NoChip)
}

// TestShortestBeacons: one for each channel, of the fastest rate.
func TestShortestBeacons(t *testing.T) {
	plan := planNamed(t, "EU868")
	list := ShortestBeacons(plan)
	if len(list) != len(plan.BeaconChannels) || len(ShortestBeacons(radio.Plan{})) != 0 {
		t.Fatalf("%d beacons", len(list))
	}
	for i, d := range list {
		if d.Frequency != plan.BeaconChannels[i] || d.Modulation != Modulation(8) || len(d.PHYPayload) != FrameSize || d.EIRP != plan.BeaconMaxEIRP {
			t.Errorf("%+v", d)
		}
	}
}

// TestReasonDetail: what cannot be is said with its figures, as soon as it is known.
func TestReasonDetail(t *testing.T) {
	s := newSending(t)
	s.step(60_000, PlanSet{planNamed(t, "EU868"), []radio.DBm{1400, 1200}})
	s.step(60_000, SiteSet{&Placement{Antenna: Antenna{Gain: 500, Loss: 50}, Plan: "EU868"}})
	st := s.b.Status(60_000)
	if st.Reason != NoLevel {
		t.Fatal(st.Reason)
	}
	for _, want := range []string{"12.00 dBm", "5.00 dB", "0.50 dB", "16.50 dBm", "cap is 16.00 dBm"} {
		if !strings.Contains(st.Detail, want) {
			t.Errorf("%q is not in %q", want, st.Detail)
		}
	}
	s.step(60_000, SiteSet{&Placement{Plan: "EU868"}})
	s.step(60_000, RegistrySet{true, &Placement{Plan: "US915_1"}})
	if st := s.b.Status(60_000); st.Detail != "US915_1, the radio's is EU868" {
		t.Errorf("%v: %q", st.Reason, st.Detail)
	}
}
