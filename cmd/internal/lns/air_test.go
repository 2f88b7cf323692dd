package lns

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/cmd/internal/device"
	"hexspot/cmd/internal/otaa"
	"hexspot/radio"
)

// latency is how long a message takes between gateway and server.
const latency = 5 * time.Millisecond

// air is devices, gateways and a server in virtual time. Every frame reaches
// everyone whole; gateways send one frame at a time and refuse what overlaps.
type air struct {
	now      time.Duration
	due      []occasion
	number   int
	devices  []*device.Device
	server   *Server
	gateways []*gateway
	lost     func(at time.Duration) bool // of gateways' emissions

	sent      map[string]string // messages of devices, by device and counter
	delivered map[string]string
	received  map[int]int // downlinks with data, by device
	downs     int
	emissions int
	repeats   []string // deliveries that came twice
}

type occasion struct {
	at     time.Duration
	number int // in order of planning
	do     func()
}

// gateway is a perfect one, but for its single transmit chain.
type gateway struct {
	eui  radio.EUI
	snr  radio.DB
	busy []span
}

func (a *air) plan(at time.Duration, do func()) {
	a.number++
	o := occasion{max(at, a.now), a.number, do}
	i, _ := slices.BinarySearchFunc(a.due, o, func(x, y occasion) int {
		return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.number, y.number))
	})
	a.due = slices.Insert(a.due, i, o)
}

// run lets time pass until no one is due before end.
func (a *air) run(end time.Duration) {
	for {
		next, do := a.next()
		if next > end {
			a.now = end
			return
		}
		a.now = max(a.now, next)
		do()
	}
}

func (a *air) next() (time.Duration, func()) {
	at, do := time.Duration(1<<62), func() {}
	if len(a.due) > 0 {
		at, do = a.due[0].at, func() {
			o := a.due[0]
			a.due = a.due[1:]
			o.do()
		}
	}
	if next, ok := a.server.Next(); ok && next < at {
		at, do = next, func() { a.serve(Tick{}) }
	}
	for i, d := range a.devices {
		if d.Next() < at {
			at, do = d.Next(), func() { a.act(i, d.Step(a.now, device.Tick{})) }
		}
	}
	return at, do
}

func (a *air) act(i int, actions []device.Action) {
	for _, action := range actions {
		switch action := action.(type) {
		case device.Transmit:
			a.note(i, action)
			a.plan(action.End, func() { a.hear(action) })
		case device.Receive:
			a.received[i]++
		}
	}
}

func key(eui lorawan.EUI64, counter uint32) string { return fmt.Sprintf("%v %d", eui, counter) }

func (a *air) note(i int, t device.Transmit) {
	if !t.Message.Join {
		a.sent[key(otaa.CredentialsOf(1, uint32(i)).DevEUI, t.Message.Counter)] = string(t.Message.Data)
	}
}

// hear hands a device's frame to all gateways.
func (a *air) hear(t device.Transmit) {
	for i, g := range a.gateways {
		context := binary.BigEndian.AppendUint64(nil, uint64(t.End))
		u := Uplink{
			Gateway: g.eui, Context: context, Frequency: t.Frequency, Modulation: t.Modulation,
			RSSI: -9000, SNR: g.snr, Payload: t.Payload,
		}
		a.plan(t.End+latency+time.Duration(i)*time.Millisecond, func() { a.serve(u) })
	}
}

func (a *air) serve(e Event) {
	for _, action := range a.server.Step(a.now, e) {
		switch action := action.(type) {
		case Command:
			a.plan(a.now+latency, func() { a.command(action) })
		case Delivery:
			k := key(action.Device, action.Counter)
			if _, ok := a.delivered[k]; ok {
				a.repeats = append(a.repeats, k)
			}
			a.delivered[k] = string(action.Data)
		case Downlink:
			a.downs++
		}
	}
}

// command is a gateway that takes the first item it has time for.
func (a *air) command(c Command) {
	g := a.gateways[slices.IndexFunc(a.gateways, func(g *gateway) bool { return g.eui == c.Gateway })]
	statuses := make([]radio.TxStatus, len(c.Items))
	for i, item := range c.Items {
		start := a.now + 100*time.Millisecond
		if item.Slot != Immediate {
			start = time.Duration(binary.BigEndian.Uint64(c.Context)) + item.Delay
		}
		end := start + item.airtime()
		statuses[i] = g.check(a.now, start, end)
		if statuses[i] == radio.TxOK {
			g.busy = append(g.busy, span{from: start, to: end})
			a.plan(end, func() { a.emitted(g, c, i, start, end, start-a.now) })
			break
		}
	}
	a.plan(a.now+latency, func() { a.serve(Ack{g.eui, c.ID, statuses}) })
}

func (g *gateway) check(now, from, to time.Duration) radio.TxStatus {
	if from < now+45*time.Millisecond {
		return radio.TxTooLate
	}
	for _, s := range g.busy {
		if from < s.to && s.from < to {
			return radio.TxCollisionPacket
		}
	}
	return radio.TxOK
}

// emitted hands a gateway's frame to all devices and reports it.
func (a *air) emitted(g *gateway, c Command, item int, start, end, lead time.Duration) {
	a.emissions++
	i := c.Items[item]
	h := device.Heard{Start: start, Frequency: i.Frequency, Modulation: i.Modulation, Payload: i.Payload}
	if a.lost == nil || !a.lost(start) {
		for n, d := range a.devices {
			a.act(n, d.Step(a.now, h))
		}
	}
	r := Report{
		Gateway: g.eui, ID: c.ID, Item: item, Outcome: radio.Emitted, Frequency: i.Frequency, EIRP: i.EIRP,
		Airtime: end - start, Lead: lead, HasLead: true,
	}
	a.plan(end+latency, func() { a.serve(r) })
}

// newAir makes a town. Every tenth device is of class C.
func newAir(t *testing.T, region string, gateways, devices int, rates []int, more func(*device.Config)) *air {
	t.Helper()
	plan, err := radio.PlanNamed(region)
	if err != nil {
		t.Fatal(err)
	}
	a := &air{sent: map[string]string{}, delivered: map[string]string{}, received: map[int]int{}}
	for i := range gateways {
		a.gateways = append(a.gateways, &gateway{eui: radio.EUI{7: byte(i + 1)}, snr: radio.DB(900 - 100*i)})
	}
	config := Config{Plan: plan, Seed: 1, Network: lorawan.NetID{0, 0, 1}, Downlinks: 0.2}
	for i := range devices {
		c := device.Config{
			Credentials: otaa.CredentialsOf(1, uint32(i)), Plan: plan, Rate: rates[i%len(rates)],
			Confirmed: 0.4, Seed: uint64(i), JoinSpread: 60 * time.Second, Period: 30 * time.Second,
		}
		if i%10 == 9 {
			c.Class = device.ClassC
		}
		if more != nil {
			more(&c)
		}
		d, err := device.New(c)
		if err != nil {
			t.Fatal(err)
		}
		a.devices = append(a.devices, d)
		config.Devices = append(config.Devices, Registration{Credentials: c.Credentials, ClassC: c.Class == device.ClassC})
	}
	if a.server, err = New(config); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *air) counts() device.Counts {
	var sum device.Counts
	for _, d := range a.devices {
		sum = sum.Plus(d.Counts())
	}
	return sum
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
