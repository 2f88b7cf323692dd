package gateway

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/radio"
)

func TestIdentity(t *testing.T) {
	phy, _ := hex.DecodeString("40aabbccdd80010001a1b2c3d4deadbeef")
	f := NewFrame(radio.Uplink{
		Gateway: radio.EUI{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}, PHYPayload: phy,
		Timestamp: radio.Timestamp{Session: 0x0102030405060708, Micros: 0x1122334455},
	})
	if got := hex.EncodeToString(f.Context[:]); got != "01020304050607080000001122334455" {
		t.Errorf("context %s", got)
	}
	if f.UplinkID != 0x68f109ce { // sha256sum of EUI, context and payload
		t.Errorf("uplink id %08x, want 68f109ce", f.UplinkID)
	}
}

// TestIdentityDiffers: gateway, session, instant and payload each make another
// uplink of it; how loud it was does not.
func TestIdentityDiffers(t *testing.T) {
	original := NewFrame(uplink(1)).UplinkID
	for _, c := range []struct {
		what   string
		change func(*radio.Uplink)
		same   bool
	}{
		{"gateway", func(u *radio.Uplink) { u.Gateway[0]++ }, false},
		{"session", func(u *radio.Uplink) { u.Timestamp.Session++ }, false},
		{"instant", func(u *radio.Uplink) { u.Timestamp.Micros++ }, false},
		{"payload", func(u *radio.Uplink) { u.PHYPayload[5]++ }, false},
		{"level", func(u *radio.Uplink) { u.RSSI++ }, true},
	} {
		if got := NewFrame(changed(c.change)).UplinkID; (got == original) != c.same {
			t.Errorf("another %s: id %08x, original %08x", c.what, got, original)
		}
	}
}

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

func TestOutcomesHaveNames(t *testing.T) {
	for o := range outcomes {
		if o.String() == "" || o.String() == "unknown" {
			t.Errorf("outcome %d has no name", o)
		}
	}
}

// TestStuckNetworkHoldsNobodyUp: one network takes nothing, the other gets all.
func TestStuckNetworkHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		air, good, stuck := newAir(), newNetwork(), newNetwork()
		stuck.silent = true
		fast, slow := NewForwarder(good, Limits{}, quiet()), NewForwarder(stuck, Limits{Frames: 70}, quiet())
		router := &Router{Receiver: air, Forwarders: []*Forwarder{slow, fast}, Statistics: NewStatistics()}
		for _, run := range []func(context.Context) error{router.Run, fast.Run, slow.Run} {
			go func() {
				if err := run(ctx); err != nil {
					t.Error(err)
				}
			}()
		}
		for i := range 200 {
			air.uplinks <- uplink(i)
		}
		synctest.Wait()
		if c := fast.Counters(); c.Acked != 200 {
			t.Errorf("the good network has %+v, want 200 acknowledged", c)
		}
		if c := slow.Counters(); c.Queued != 70 || c.Dropped != 130 || c.InFlight != 64 {
			t.Errorf("the stuck network has %+v, want 70 queued, 130 dropped, 64 in flight", c)
		}
		cancel()
		time.Sleep(drainLimit) // the stuck network is waited for
		synctest.Wait()
	})
}

func TestReceiverFails(t *testing.T) {
	air := newAir()
	air.broken <- errors.New("no such chip")
	err := (&Router{Receiver: air, Statistics: NewStatistics()}).Run(t.Context())
	if err == nil || err.Error() != "receiving: no such chip" {
		t.Errorf("error %v", err)
	}
}

func TestStatistics(t *testing.T) {
	s := NewStatistics()
	good, other := uplink(1), uplink(2)
	other.Frequency = 868_300_000
	other.Modulation = radio.FSK{BitRate: 50000}
	bad := uplink(3)
	bad.CRC = radio.CRCBad
	s.count(&good, Forwarded)
	earlier := s.Totals()
	s.count(&good, Forwarded)
	s.count(&other, Forwarded)
	s.count(&bad, BadCRC)
	got := s.Totals().Since(earlier)
	if got.Received != 3 || got.ReceivedOK != 2 || got.PerOutcome != [outcomes]uint64{Forwarded: 2, BadCRC: 1} {
		t.Errorf("since: %+v", got)
	}
	if len(got.PerFrequency) != 2 || got.PerFrequency[868_300_000] != 1 || got.PerModulation[radio.FSK{BitRate: 50000}] != 1 {
		t.Errorf("since: %+v", got)
	}
	if none := s.Totals().Since(s.Totals()); len(none.PerFrequency) != 0 || none.Received != 0 {
		t.Errorf("since now: %+v", none)
	}
	if slices.Contains([]uint64{earlier.Received}, 3) {
		t.Error("an earlier snapshot has changed")
	}
}
