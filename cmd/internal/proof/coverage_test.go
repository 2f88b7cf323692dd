package proof

import (
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"
	"time"

	"hexspot/hardware/emulator"
	"hexspot/radio"
	"hexspot/witness"
)

// scene is a window of three hotspots and of every attacker, all as it should be, for a
// test to spoil. Bob sends, ada hears it; then ada sends, bob hears it, and cleo, who is
// too far away, is made to hear it by a relay.
type scene struct {
	t      *testing.T
	c      *Coverage
	timing witness.Timing
	first  witness.Slot
	keys   map[radio.Station]ed25519.PrivateKey
	end    CoverageEnd

	ada, bob, cleo, forger radio.Station

	sent     []emission
	taken    []Taking
	attacked []attack
	records  []written
	verdicts []said
	resent   []resent
	foreign  []witness.RefusalReason
}

// written is a record on its way to the journal.
type written struct {
	by     radio.Station
	at     witness.Millis
	beacon *witness.Beacon // nil: an observation
	heard  witness.Observation
}

func newScene(t *testing.T) *scene {
	schedule, err := witness.ScheduleNamed("demo")
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{t: t, timing: schedule.Timing, first: 29_930_900 * schedule.EpochSlots, keys: map[radio.Station]ed25519.PrivateKey{}}
	for i, who := range []*radio.Station{&s.ada, &s.bob, &s.cleo, &s.forger} {
		key := ed25519.NewKeyFromSeed(append(make([]byte, 31), byte(i)))
		if *who, err = radio.StationOf(key.Public()); err != nil {
			t.Fatal(err)
		}
		s.keys[*who] = key
	}
	s.c = NewCoverage(radio.Network{1}, s.timing, map[radio.Station]Stand{
		s.ada: {X: 0, Gain: 200}, s.bob: {X: 2000, Gain: 200}, s.cleo: {X: 9000, Gain: 200},
	})
	s.end = CoverageEnd{Sites: s.first, Online: s.first, Settled: s.first + s.timing.WindowSlots, Told: map[radio.Station]Told{
		s.bob:  {Dropped: map[string]uint64{"mark": 2}},
		s.cleo: {Skipped: map[string]uint64{"refused": 1}, Dropped: map[string]uint64{}},
	}}
	s.honest(s.bob, s.ada, 1)
	s.honest(s.ada, s.bob, 4)
	s.attack()
	return s
}

// at is an instant in a slot of the window.
func (s *scene) at(slot witness.Slot, after time.Duration) time.Time {
	return s.timing.Start(s.first + slot).Time().Add(after)
}

// honest is a beacon of one hotspot that another one hears.
func (s *scene) honest(from, to radio.Station, slot witness.Slot) {
	sig := radio.Signature{byte(slot)}
	e := emission{station: from, frame: witness.Frame{Type: witness.FrameBeacon, Tag: witness.TagOf(sig)}}
	start := s.at(slot, 600*time.Millisecond)
	e.sent = emulator.Transmission{
		Frequency: 868_099_976, Modulation: witness.Modulation(10), Payload: e.frame.Append(nil), Conducted: 1400,
		StartAt: start, Duration: witness.Modulation(10).TimeOnAir(witness.FrameSize),
	}
	s.sent = append(s.sent, e)
	s.report(from, &witness.Beacon{Slot: s.first + slot, Signature: sig, OnAir: witness.OnAir{
		Frequency: 868_100_000, SF: 10, Conducted: 1400, Sent: witness.MillisOf(start),
	}})
	s.take(to, Honest, e.frame, start.Add(e.sent.Duration))
	s.verdicts = append(s.verdicts, s.verdict(e.frame.Tag, slot, from, "", to, ""))
}

// take has a hotspot's chip take a frame, and the hotspot report it.
func (s *scene) take(to radio.Station, by Source, frame witness.Frame, end time.Time) {
	t := Taking{Station: to, By: by, Payload: frame.Append(nil), Frequency: 868_100_000, SF: 10, RSSI: -11000, SNR: 200, At: end}
	if by == Relay {
		t.RSSI, t.SNR = -6000, 1300
	}
	s.taken = append(s.taken, t)
	if by == StaleReplay || by == ForeignBeacon {
		return
	}
	s.records = append(s.records, written{by: to, at: witness.MillisOf(end) + 80, heard: witness.Observation{
		Frame: frame, Frequency: t.Frequency, SF: 10, ChannelRSSI: t.RSSI, SignalRSSI: t.RSSI, HasSignalRSSI: true, SNR: t.SNR,
		Heard: witness.MillisOf(end), Copies: 1,
	}})
}

func (s *scene) report(by radio.Station, b *witness.Beacon) {
	s.records = append(s.records, written{by: by, at: b.Sent + 500, beacon: b})
}

func (s *scene) verdict(tag witness.Tag, slot witness.Slot, from radio.Station, reason witness.Fault, to radio.Station, heard witness.Fault) said {
	v := witness.Verdict{Tag: tag, Slot: uint64(s.first + slot), Start: int64(s.timing.Start(s.first + slot))}
	if from != (radio.Station{}) {
		v.Beacons = []witness.Judged{{Station: from, Reason: reason}}
	}
	v.Witnesses = []witness.Judged{{Station: to, Reason: heard}}
	return said{v, false}
}

// attack has every attack made once.
func (s *scene) attack() {
	frame := func(n byte) witness.Frame { return witness.Frame{Type: witness.FrameBeacon, Tag: witness.Tag{n}} }
	attacked := func(by Source, f witness.Frame, slot witness.Slot) {
		s.attacked = append(s.attacked, attack{by, f, s.first + slot})
	}
	attacked(RandomTag, frame(0xaa), 1)
	s.take(s.bob, RandomTag, frame(0xaa), s.at(1, 1200*time.Millisecond))
	s.verdicts = append(s.verdicts, s.verdict(witness.Tag{0xaa}, 1, radio.Station{}, "", s.bob, witness.FaultOrphan))

	opening := radio.Signature{0xbb}
	forged := witness.Frame{Type: witness.FrameBeacon, Tag: witness.TagOf(opening)}
	attacked(FalseOpening, forged, 2)
	s.report(s.forger, &witness.Beacon{Slot: s.first + 2, Signature: opening, OnAir: witness.OnAir{Frequency: 868_100_000, SF: 10, Sent: witness.MillisOf(s.at(2, 0))}})
	s.take(s.bob, FalseOpening, forged, s.at(2, 1200*time.Millisecond))
	s.verdicts = append(s.verdicts, s.verdict(forged.Tag, 2, s.forger, "opening", s.bob, witness.FaultBeacon))
	s.resent = append(s.resent, resent{radio.RecordID{1}, witness.Receipt{Index: 7}, witness.Receipt{Index: 7}})

	ada := s.sent[1].frame
	attacked(Relay, ada, 4)
	s.take(s.cleo, Relay, ada, s.at(4, 1500*time.Millisecond))
	s.verdicts[1].Witnesses = append(s.verdicts[1].Witnesses, witness.Judged{Station: s.cleo, Reason: "too_strong"})

	attacked(StaleReplay, s.sent[0].frame, 6)
	s.take(s.bob, StaleReplay, ada, s.at(8, time.Second))
	attacked(ForeignBeacon, frame(0xcc), 5)
	s.take(s.bob, ForeignBeacon, frame(0xcc), s.at(5, time.Second))
	s.foreign = append(s.foreign, witness.RefusedNetwork)
}

// judge tells the proof everything and has it judged.
func (s *scene) judge() *CoverageVerdict {
	s.t.Helper()
	for _, e := range s.sent {
		s.c.Sent(e.station, e.sent)
	}
	for _, a := range s.attacked {
		s.c.Attacked(a.by, a.frame, a.slot)
	}
	for _, t := range s.taken {
		s.c.Took(t)
	}
	for _, r := range s.records {
		kind, body := radio.KindWitness, witness.Batch{Epoch: s.timing.Epoch(s.first), Observations: []witness.Observation{r.heard}}.Append(nil)
		if r.beacon != nil {
			kind, body = radio.KindBeacon, r.beacon.Append(nil)
		}
		record, err := radio.Sign(s.keys[r.by], radio.Network{1}, kind, body)
		if err != nil {
			s.t.Fatal(err)
		}
		s.c.Record(string(kind), r.at, record.Append(nil))
	}
	for k := range s.timing.WindowSlots {
		s.c.Value(s.first+k, s.at(k, 5*time.Millisecond))
	}
	for _, v := range s.verdicts {
		s.c.Verdict(v.Verdict, v.final)
	}
	for _, r := range s.resent {
		s.c.Resent(r.record, r.first, r.second)
	}
	for _, reason := range s.foreign {
		s.c.Foreign(reason)
	}
	return s.c.Judge(s.end)
}

// final makes all verdicts those of a frozen epoch.
func (s *scene) final() {
	for i := range s.verdicts {
		s.verdicts[i].final = true
	}
}

// remove takes the record of a station out of the journal.
func (s *scene) remove(by radio.Station, beacon bool) {
	s.records = slices.DeleteFunc(s.records, func(r written) bool { return r.by == by && (r.beacon != nil) == beacon })
}

func TestCoverageAsItShouldBe(t *testing.T) {
	s := newScene(t)
	v := s.judge()
	if !v.Clean() {
		t.Fatalf("%v: %q", v.Faults, v.Texts)
	}
	if v.Judged() != 2 || v.BeaconsBy[Valid] != 2 || v.WitnessesBy[Valid] != 2 || v.Due != 3 || v.Missing != 1 || v.HeldUp != 0 || v.SkippedBy["refused"] != 1 || v.Taken != 3 {
		t.Errorf("%+v", v)
	}
	for i, fates := range []map[string]int{
		{"witness orphan": 1}, {"beacon opening": 1, "witness beacon": 1}, {"dropped: mark": 1}, {"too_strong": 1}, {"dropped: mark": 1},
	} {
		a := v.Attacks[i]
		if a.Attack != Sources[i].String() || a.Sent != 1 || a.Taken != 1 || len(a.Fates) != len(fates) {
			t.Errorf("%+v", a)
		}
		for name, n := range fates {
			if a.Fates[name] != n {
				t.Errorf("%s: %+v, want %v", a.Attack, a.Fates, fates)
			}
		}
	}
	if v.Resent != 1 || v.Foreign["network"] != 1 {
		t.Errorf("%+v", v)
	}
}

// Each detector is shown the fault that it is for.
func TestCoverageFaults(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*scene)
		want  Fault
	}{
		{"a record that is none", func(s *scene) { s.c.Record("beacon", 1, []byte("none")) }, BrokenRecord},
		{"a beacon without a report", func(s *scene) { s.remove(s.ada, true) }, BeaconUnreported},
		{"a beacon reported twice", func(s *scene) { s.records = append(s.records, s.records[0]) }, BeaconUnreported},
		{"another frequency", func(s *scene) { s.records[0].beacon.Frequency += 200_000 }, BeaconMisreported},
		{"another rate", func(s *scene) { s.records[0].beacon.SF = 9 }, BeaconMisreported},
		{"another power", func(s *scene) { s.records[0].beacon.Conducted = 1200 }, BeaconMisreported},
		{"another time", func(s *scene) { s.records[0].beacon.Sent += 2100 }, BeaconMisreported},
		{"another slot", func(s *scene) { s.records[0].beacon.Slot++ }, BeaconMisreported},
		{"a report of nothing", func(s *scene) {
			s.report(s.cleo, &witness.Beacon{Slot: s.first + 7, Signature: radio.Signature{9}, OnAir: witness.OnAir{Sent: 1}})
		}, BeaconUnsent},
		{"no beacon and no reason", func(s *scene) { s.end.Told[s.cleo] = Told{} }, BeaconUnexplained},
		{"a reason from before all were there", func(s *scene) {
			s.end.Before = map[radio.Station]map[string]uint64{s.cleo: {"refused": 1}}
		}, BeaconUnexplained},
		{"two beacons in a window", func(s *scene) { s.honest(s.ada, s.bob, 7) }, BeaconTwice},
		{"a taking without a report", func(s *scene) { s.remove(s.ada, false) }, TakingUnreported},
		{"a taking reported twice", func(s *scene) { s.records = append(s.records, s.records[1]) }, TakingUnreported},
		{"another level", func(s *scene) { s.records[1].heard.ChannelRSSI += 300 }, TakingMisreported},
		{"another SNR", func(s *scene) { s.records[1].heard.SNR += 50 }, TakingMisreported},
		{"heard at another time", func(s *scene) { s.records[1].heard.Heard += 2100 }, TakingMisreported},
		{"an invented observation", func(s *scene) {
			s.records = append(s.records, written{by: s.cleo, at: 1, heard: s.records[1].heard})
		}, ObservationInvented},
		{"a report of a stale frame", func(s *scene) {
			o := s.records[1].heard
			o.Frame.Tag = witness.Tag{0xcc}
			s.records = append(s.records, written{by: s.bob, at: 1, heard: o})
		}, ObservationInvented},
		{"an honest beacon rejected", func(s *scene) { s.verdicts[0].Beacons[0].Reason = "channel" }, WrongVerdict},
		{"an honest witness rejected", func(s *scene) { s.verdicts[0].Witnesses[0].Reason = "too_weak" }, WrongVerdict},
		{"outside its slot, and it was not", func(s *scene) { s.verdicts[0].Beacons[0].Reason = "outside_slot" }, WrongVerdict},
		{"late, and it was not", func(s *scene) { s.verdicts[0].Witnesses[0].Reason = "too_late" }, WrongVerdict},
		{"late, and not said so", func(s *scene) { s.records[1].at = s.timing.CaseCloses(s.first + 1) }, WrongVerdict},
		{"a value called late", func(s *scene) { s.verdicts[0].Beacons[0].Reason = "value_late" }, WrongVerdict},
		{"a value dated long after it was public", func(s *scene) {
			v := witness.Value{Slot: s.first + 1}
			s.c.Record("value", witness.MillisOf(s.at(1, 2100*time.Millisecond)), witness.AppendValues(nil, []witness.Value{v}))
			s.verdicts[0].Beacons[0].Reason, s.verdicts[0].Witnesses[0].Reason = "value_late", witness.FaultBeacon
		}, WrongVerdict},
		{"valid before the sites count", func(s *scene) { s.end.Sites += 2 }, WrongVerdict},
		{"counted without an event before", func(s *scene) { s.final() }, WrongVerdict},
		{"too strong, and it was not", func(s *scene) { s.verdicts[0].Witnesses[0].Reason = "too_strong" }, WrongVerdict},
		{"a beacon that nobody judged", func(s *scene) { s.verdicts = s.verdicts[1:] }, NoVerdict},
		{"a witness that nobody judged", func(s *scene) { s.verdicts[0].Witnesses = nil }, NoVerdict},
		{"a forged report that nobody judged", func(s *scene) { s.verdicts = slices.Delete(s.verdicts, 3, 4) }, NoVerdict},
		{"an invented tag that nobody judged", func(s *scene) { s.verdicts = slices.Delete(s.verdicts, 2, 3) }, NoVerdict},
		{"a forged beacon accepted", func(s *scene) { s.verdicts[3].Beacons[0].Reason = "" }, AttackAccepted},
		{"its witness accepted", func(s *scene) { s.verdicts[3].Witnesses[0].Reason = "" }, AttackAccepted},
		{"an orphan accepted", func(s *scene) { s.verdicts[2].Witnesses[0].Reason = "" }, AttackAccepted},
		{"a relay accepted", func(s *scene) { s.verdicts[1].Witnesses[1].Reason = "" }, AttackAccepted},
		{"a forged beacon for another reason", func(s *scene) { s.verdicts[3].Beacons[0].Reason = "unknown" }, AttackMisjudged},
		{"a witness of a forged beacon too late, and it was not", func(s *scene) { s.verdicts[3].Witnesses[0].Reason = "too_late" }, AttackMisjudged},
		{"a relay for another reason", func(s *scene) { s.verdicts[1].Witnesses[1].Reason = "too_weak" }, AttackMisjudged},
		{"a dropped frame not counted", func(s *scene) { s.end.Told[s.bob].Dropped["mark"] = 1 }, AttackMiscounted},
		{"a frame dropped that never came", func(s *scene) { s.end.Told[s.bob].Dropped["sent"] = 1 }, AttackMiscounted},
		{"another receipt", func(s *scene) { s.resent[0].second.Index++ }, ReceiptChanged},
		{"counted twice", func(s *scene) { s.records = append(s.records, s.records[5]) }, CountedTwice},
		{"a foreign report taken", func(s *scene) { s.foreign[0] = "" }, ForeignNotRefused},
		{"a foreign report refused as forged", func(s *scene) { s.foreign[0] = witness.RefusedSignature }, ForeignNotRefused},
	} {
		s := newScene(t)
		c.spoil(s)
		if v := s.judge(); v.Faults[c.want] == 0 {
			t.Errorf("%s: %v, want %s; %s", c.name, v.Faults, c.want, strings.Join(v.Texts, "; "))
		}
	}
}

// What looks like a fault and is none.
func TestCoverageExcuses(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(*scene)
	}{
		{"the second pass", func(s *scene) {
			s.final()
			s.verdicts[0].Beacons[0].Reason, s.verdicts[0].Witnesses[0].Reason = "not_witnessing", witness.FaultBeacon
		}},
		{"sites that do not count yet", func(s *scene) {
			s.end.Sites += 2
			s.verdicts[0].Beacons[0].Reason, s.verdicts[0].Witnesses[0].Reason = "unknown", witness.FaultBeacon
		}},
		{"a report that came too late", func(s *scene) {
			s.records[1].at = s.timing.CaseCloses(s.first + 1)
			s.verdicts[0].Witnesses[0].Reason = "too_late"
		}},
		{"a beacon that was dated by a machine held up", func(s *scene) {
			s.records[0].beacon.Sent -= 800
			s.verdicts[0].Beacons[0].Reason, s.verdicts[0].Witnesses[0].Reason = "outside_slot", witness.FaultBeacon
		}},
		{"a value that came too late", func(s *scene) {
			s.c.Value(s.first+1, s.at(1, 480*time.Millisecond))
			s.verdicts[0].Beacons[0].Reason, s.verdicts[0].Witnesses[0].Reason = "value_late", witness.FaultBeacon
		}},
		{"a forged beacon in a slot whose value came too late", func(s *scene) {
			s.c.Value(s.first+2, s.at(2, 480*time.Millisecond))
			s.verdicts[3].Beacons[0].Reason = "value_late"
		}},
		{"a forged beacon that was sent slots after its own, whose value came too late", func(s *scene) {
			s.c.Value(s.first+2, s.at(2, 480*time.Millisecond))
			s.attacked[1].slot += 2
			s.c.Value(s.first+4, s.at(4, 0))
			s.verdicts[3].Beacons[0].Reason = "value_late"
		}},
		{"a value that was dated late by a network held up", func(s *scene) {
			v := witness.Value{Slot: s.first + 1}
			s.c.Record("value", witness.MillisOf(s.at(1, 1900*time.Millisecond)), witness.AppendValues(nil, []witness.Value{v}))
			s.verdicts[0].Beacons[0].Reason, s.verdicts[0].Witnesses[0].Reason = "value_late", witness.FaultBeacon
		}},
		{"a witness of a forged beacon whose report came too late", func(s *scene) {
			for i, r := range s.records {
				if r.beacon == nil && r.heard.Frame == s.attacked[1].frame {
					s.records[i].at = s.timing.CaseCloses(s.first + 2)
				}
			}
			s.verdicts[3].Witnesses[0].Reason = "too_late"
		}},
		{"a mark that could not be looked up in time", func(s *scene) {
			s.end.Told[s.bob] = Told{Dropped: map[string]uint64{"mark": 1, "late": 1}}
		}},
		{"a beacon whose mark could not be looked up in time", func(s *scene) {
			s.remove(s.ada, false)
			s.verdicts[0].Witnesses = nil
			s.end.Told[s.ada] = Told{Dropped: map[string]uint64{"late": 1}}
		}},
		{"a witness next door", func(s *scene) {
			s.c.stands[s.bob] = Stand{X: 200, Gain: 200}
			for i := range 2 {
				s.verdicts[i].Witnesses[0].Reason = "too_near"
			}
		}},
		{"a relay that was heard already", func(s *scene) {
			s.taken = append(s.taken, Taking{Station: s.bob, By: Relay, Payload: s.sent[1].sent.Payload, At: s.at(4, 1600*time.Millisecond)})
			s.end.Told[s.bob].Dropped["sent"] = 1
		}},
		{"a relay that was counted as a copy", func(s *scene) {
			s.taken = append(s.taken, Taking{Station: s.bob, By: Relay, Payload: s.sent[1].sent.Payload, At: s.at(4, 1600*time.Millisecond)})
			for i, r := range s.records {
				if r.beacon == nil && r.by == s.bob && r.heard.Frame == s.sent[1].frame {
					s.records[i].heard.Copies = 2
				}
			}
		}},
		{"a stale frame at its own sender", func(s *scene) {
			s.taken = append(s.taken, Taking{Station: s.ada, By: StaleReplay, Payload: s.sent[1].sent.Payload, At: s.at(8, time.Second)})
			s.end.Told[s.ada] = Told{Dropped: map[string]uint64{"own": 1}}
		}},
		{"a case that is still open", func(s *scene) {
			s.end.Settled = s.first + 4
			s.verdicts = slices.Delete(s.verdicts, 1, 2)
		}},
		{"a mark that was too old, after all that is judged", func(s *scene) {
			s.taken = append(s.taken, Taking{Station: s.cleo, Payload: witness.Frame{Type: witness.FrameBeacon, Tag: witness.Tag{0xdd}}.Append(nil), At: s.at(s.timing.WindowSlots, time.Second)})
			s.end.Told[s.cleo].Dropped["mark"]++
		}},
		{"an emission that was cut short", func(s *scene) {
			cut := s.sent[0].sent
			cut.Aborted = true
			s.c.Sent(s.cleo, cut)
		}},
	} {
		s := newScene(t)
		c.make(s)
		if v := s.judge(); !v.Clean() {
			t.Errorf("%s: %v: %s", c.name, v.Faults, strings.Join(v.Texts, "; "))
		}
	}
}
