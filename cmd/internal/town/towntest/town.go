// Package towntest has a made-up town, always the same, for tests of what shows one.
package towntest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"hexspot/cmd/internal/device"
	"hexspot/cmd/internal/lns"
	"hexspot/cmd/internal/otaa"
	"hexspot/cmd/internal/town"
	"hexspot/radio"
)

// Start is when the town began.
var Start = time.Date(2026, 9, 27, 14, 3, 0, 0, time.UTC)

const (
	hotspots  = 12
	devices   = 60
	downlinks = 1284
	elapsed   = 258 * time.Second
)

// Town is a town that works, or has the troubles that a Change makes.
func Town(change func(*town.Facts)) town.Snapshot {
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		panic(err)
	}
	m := &maker{random: rand.New(rand.NewPCG(1, 2)), recorder: town.NewRecorder(plan, Start), plan: plan}
	m.tally = lns.Tally{Accepted: map[lns.Slot]int{}, Statuses: map[radio.TxStatus]int{}, Outcomes: map[radio.EmissionOutcome]int{}}
	for i := range downlinks {
		at := elapsed * time.Duration(i) / downlinks
		m.packet(at)
		m.downlink(at, i)
	}
	facts := m.facts()
	if change != nil {
		change(&facts)
	}
	return m.recorder.Snapshot(facts)
}

// Empty is a town that is starting.
func Empty() town.Snapshot {
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		panic(err)
	}
	facts := (&maker{}).facts()
	facts = town.Facts{Name: facts.Name, Phase: town.Starting, Hotspots: facts.Hotspots, Devices: devices, Limit: facts.Limit}
	for i := range facts.Hotspots {
		facts.Hotspots[i] = town.HotspotFacts{EUI: facts.Hotspots[i].EUI, Name: facts.Hotspots[i].Name, Receiving: i < 5}
	}
	return town.NewRecorder(plan, Start).Snapshot(facts)
}

type maker struct {
	random   *rand.Rand
	recorder *town.Recorder
	plan     radio.Plan
	tally    lns.Tally
	leads    lns.Leads
}

func eui(i int) radio.EUI { return radio.EUI{0, 0x16, 0xc0, 1, 0xf1, 0, 0, byte(i + 1)} }

func (m *maker) rate() radio.LoRa {
	return radio.LoRa{SF: radio.SpreadingFactor(7 + m.random.IntN(6)), Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}
}

func (m *maker) packet(at time.Duration) {
	p := lns.Packet{
		Gateways: 1 + m.random.IntN(6), Confirmed: m.random.IntN(3) == 0, Kind: lns.Data,
		Device: otaa.CredentialsOf(1, uint32(m.random.IntN(devices))).DevEUI,
		Best: lns.Uplink{
			Gateway: eui(m.random.IntN(hotspots)), Frequency: m.plan.MultiSF[m.random.IntN(8)], Modulation: m.rate(),
			RSSI: radio.DBm(-13000 + m.random.IntN(6000)), SNR: radio.DB(-1800 + 25*m.random.IntN(110)), Payload: make([]byte, 17+m.random.IntN(40)),
		},
	}
	switch m.random.IntN(20) {
	case 0:
		p.Kind, p.Confirmed = lns.Join, false
	case 1:
		p.Kind = lns.Again
	}
	m.recorder.Take(at, p)
}

func (m *maker) downlink(at time.Duration, i int) {
	rate := m.rate()
	f := m.plan.MultiSF[m.random.IntN(8)]
	e := lns.Entry{
		Device:  otaa.CredentialsOf(1, uint32(m.random.IntN(devices))).DevEUI,
		Purpose: lns.Purpose(m.random.IntN(3)), Statuses: []radio.TxStatus{radio.TxOK, radio.TxIgnored}, Fate: lns.Emitted,
		Command: lns.Command{Gateway: eui(m.random.IntN(hotspots)), Items: []lns.Item{{Slot: lns.RX1}, {Slot: lns.RX2}}},
	}
	lead := time.Duration(520+120*m.random.NormFloat64()) * time.Millisecond
	if e.Purpose == lns.JoinAccept {
		lead += 4 * time.Second
	}
	e.Report = &lns.Report{
		Outcome: radio.Emitted, Frequency: f, EIRP: 1600, Airtime: rate.TimeOnAir(20) / 4, Lead: max(lead, 45*time.Millisecond), HasLead: true,
	}
	m.trouble(&e, i)
	m.count(e)
	m.recorder.Take(at, lns.Downlink{Entry: e})
}

// trouble makes some downlinks end otherwise.
func (m *maker) trouble(e *lns.Entry, i int) {
	switch {
	case i%97 == 0:
		e.Statuses, e.Report, e.Fate = []radio.TxStatus{radio.TxTooLate, radio.TxCollisionPacket}, nil, lns.Refused
	case i%61 == 0:
		e.Statuses, e.Report, e.Fate = []radio.TxStatus{radio.TxDutyCycleOverflow, radio.TxDutyCycleOverflow}, nil, lns.Refused
	case i%23 == 0:
		e.Statuses = []radio.TxStatus{radio.TxCollisionPacket, radio.TxOK}
		e.Report.Item, e.Report.Frequency, e.Report.EIRP = 1, 869_525*radio.KHz, 2900
	case i%640 == 7:
		e.Report.Outcome, e.Report.HasLead, e.Report.Airtime, e.Fate = radio.Displaced, false, 0, lns.Failed
	}
}

func (m *maker) count(e lns.Entry) {
	m.tally.Commanded++
	for _, s := range e.Statuses {
		if s != radio.TxOK && s != radio.TxIgnored {
			m.tally.Statuses[s]++
		}
	}
	item, ok := e.Accepted()
	if !ok {
		m.tally.Refused++
		return
	}
	m.tally.Accepted[item.Slot]++
	m.tally.Outcomes[e.Report.Outcome]++
	if e.Report.HasLead {
		m.leads.Add(e.Report.Lead)
	}
}

var names = [hotspots]string{
	"tidal oak tern", "noble beech merlin", "quiet alder wren", "amber pine lynx", "brisk elm otter", "calm fir heron",
	"deft yew marten", "early ash plover", "frank holly stoat", "gentle larch kite", "hardy rowan dipper", "",
}

func (m *maker) facts() town.Facts {
	f := town.Facts{
		Name: "Town 1", Phase: town.Running, At: elapsed, Devices: devices, Joined: 58, ClassC: 3,
		Counts: device.Counts{JoinRequests: 71, Confirmed: 402, Acked: 397, Unacked: 1, Repeats: 36},
		Server: lns.Counts{Receptions: 12_614, Packets: 2417, Uplinks: 2310, Foreign: 4},
		Tally:  m.tally, Leads: &m.leads, Open: 3, Limit: 43 * time.Millisecond,
	}
	for i, name := range names {
		f.Hotspots = append(f.Hotspots, town.HotspotFacts{
			EUI: eui(i), Name: name, Receiving: true, Heard: uint64(600 + 97*i), Forwarded: uint64(590 + 97*i),
		})
	}
	return f
}

// Silent makes the eleventh hotspot stop receiving.
func Silent(f *town.Facts) { f.Hotspots[10].Receiving = false }

// Lost makes two downlinks end in silence.
func Lost(f *town.Facts) { f.Tally.Silent = 2 }

// Problem is found by somebody else.
func Problem(f *town.Facts) { f.Problem = fmt.Sprintf("%d frames have not arrived.", 3) }
