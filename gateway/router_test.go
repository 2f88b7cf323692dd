package gateway

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/radio"
)

func changed(change func(*radio.Uplink)) radio.Uplink {
	u := uplink(1)
	change(&u)
	return u
}

// TestForwardsOnDemand: what is dropped by default is forwarded if asked for, but
// never a bad CRC.
func TestForwardsOnDemand(t *testing.T) {
	for _, c := range []struct {
		name             string
		crc              radio.CRCStatus
		first            byte // of the payload
		plain            Outcome
		noCRC, invalidOK Outcome // with ForwardNoCRC, with ForwardInvalid
	}{
		{"data", radio.CRCOK, 0x40, Forwarded, Forwarded, Forwarded},
		{"data, no CRC", radio.CRCNone, 0x40, NoCRC, Forwarded, NoCRC},
		{"data, bad CRC", radio.CRCBad, 0x40, BadCRC, BadCRC, BadCRC},
		{"data, impossible CRC", 9, 0x40, BadCRC, BadCRC, BadCRC},
		{"downlink", radio.CRCOK, 0x60, NotLoRaWAN, NotLoRaWAN, Forwarded},
		{"downlink, no CRC", radio.CRCNone, 0x60, NoCRC, Forwarded, NoCRC},
		{"proprietary", radio.CRCOK, 0xe0, Proprietary, Proprietary, Proprietary},
		{"proprietary, no CRC", radio.CRCNone, 0xe0, NoCRC, Forwarded, NoCRC},
	} {
		u := changed(func(u *radio.Uplink) { u.CRC, u.PHYPayload[0] = c.crc, c.first })
		for _, way := range []struct {
			router Router
			want   Outcome
		}{{Router{}, c.plain}, {Router{ForwardNoCRC: true}, c.noCRC}, {Router{ForwardInvalid: true}, c.invalidOK}} {
			if got := way.router.decide(u); got != way.want {
				t.Errorf("%s: %v, want %v (no CRC %v, invalid %v)", c.name, got, way.want, way.router.ForwardNoCRC, way.router.ForwardInvalid)
			}
		}
	}
}

func TestRoutes(t *testing.T) {
	for _, c := range []struct {
		name   string
		uplink radio.Uplink
		want   Outcome
	}{
		{"data", uplink(1), Forwarded},
		{"bad CRC", changed(func(u *radio.Uplink) { u.CRC = radio.CRCBad }), BadCRC},
		{"no CRC", changed(func(u *radio.Uplink) { u.CRC = radio.CRCNone }), NoCRC},
		{"proprietary", changed(func(u *radio.Uplink) { u.PHYPayload = []byte{0xe0, 1, 2} }), Proprietary},
		{"proprietary, bad CRC", changed(func(u *radio.Uplink) { u.PHYPayload = []byte{0xe0}; u.CRC = radio.CRCBad }), BadCRC},
		{"downlink", changed(func(u *radio.Uplink) { u.PHYPayload[0] = 0x60 }), NotLoRaWAN},
		{"too short", changed(func(u *radio.Uplink) { u.PHYPayload = []byte{0x40, 1} }), NotLoRaWAN},
		{"empty", changed(func(u *radio.Uplink) { u.PHYPayload = nil }), NotLoRaWAN},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, heard := newNetwork(), 0
			f := NewForwarder(n, Limits{}, quiet())
			r := &Router{Forwarders: []*Forwarder{f}, Statistics: NewStatistics(), Proprietary: func(radio.Uplink) { heard++ }}
			r.route(c.uplink)
			if got := r.Statistics.Totals().PerOutcome[c.want]; got != 1 {
				t.Errorf("%s was counted %d times", c.want, got)
			}
			if got := f.Counters().Offered == 1; got != (c.want == Forwarded) {
				t.Errorf("forwarded: %v", got)
			}
			if got := heard == 1; got != (c.want == Proprietary) {
				t.Errorf("given to the proprietary handler: %v", got)
			}
		})
	}
}

// TestProprietaryIsCounted, even if nobody wants it.
func TestProprietaryIsCounted(t *testing.T) {
	r := &Router{Statistics: NewStatistics()}
	r.route(changed(func(u *radio.Uplink) { u.PHYPayload = []byte{0xe0, 1, 2} }))
	if got := r.Statistics.Totals().PerOutcome[Proprietary]; got != 1 {
		t.Errorf("counted %d times", got)
	}
}

func TestOutcomesHaveNames(t *testing.T) {
	for o := range outcomes {
		if o.String() == "" || o.String() == "unknown" {
			t.Errorf("outcome %d has no name", o)
		}
	}
	if got := outcomes.String(); got != "unknown" {
		t.Errorf("what is no outcome is called %q", got)
	}
}

// TestStuckNetworkHoldsNobodyUp: one network takes or acknowledges nothing, the other
// gets all.
func TestStuckNetworkHoldsNobodyUp(t *testing.T) {
	for _, c := range []struct {
		name     string
		make     func(*fakeNetwork)
		inFlight int
	}{
		{"acknowledges nothing", func(n *fakeNetwork) { n.silent = true }, 64},
		{"takes nothing", func(n *fakeNetwork) { n.stuck = true }, 1},
		{"is away", func(n *fakeNetwork) { n.leave() }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stuck := newNetwork() // in the bubble, or its channels stop the clock
				c.make(stuck)
				routeToTwo(t, stuck, c.inFlight)
			})
		})
	}
}

// routeToTwo routes 200 frames to a good network and to a stuck one whose queue takes 70.
func routeToTwo(t *testing.T, stuck *fakeNetwork, inFlight int) {
	ctx, cancel := context.WithCancel(t.Context())
	air, good := newAir(), newNetwork()
	fast, slow := NewForwarder(good, Limits{}, quiet()), NewForwarder(stuck, Limits{Frames: 70}, quiet())
	router := &Router{Receiver: air, Forwarders: []*Forwarder{slow, fast}, Statistics: NewStatistics()}
	var all sync.WaitGroup
	for _, run := range []func(context.Context) error{router.Run, fast.Run, slow.Run} {
		all.Go(func() {
			if err := run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range 200 {
		air.uplinks <- uplink(i)
	}
	synctest.Wait()
	if c := fast.Counters(); c.Acked != 200 {
		t.Errorf("the good network has %+v, want 200 acknowledged", c)
	}
	if c := slow.Counters(); c.Offered != 200 || c.Queued != 70 || c.Dropped != 130 || c.InFlight != inFlight {
		t.Errorf("the stuck network has %+v, want 70 queued, 130 dropped, %d in flight", c, inFlight)
	}
	start := time.Now()
	cancel()
	all.Wait()
	if took := time.Since(start); took > drainLimit {
		t.Errorf("stopping took %v", took)
	}
}

func TestReceiverFails(t *testing.T) {
	air := newAir()
	air.broken <- errors.New("no such chip")
	err := (&Router{Receiver: air, Statistics: NewStatistics()}).Run(t.Context())
	if err == nil || err.Error() != "receiving: no such chip" {
		t.Errorf("error %v", err)
	}
}
