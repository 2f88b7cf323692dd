package lns

import (
	"fmt"
	"testing"
	"time"

	"hexspot/cmd/internal/device"
	"hexspot/cmd/internal/otaa"
	"hexspot/radio"
)

// TestTown runs devices against the server over perfect links, an hour in a
// moment.
func TestTown(t *testing.T) {
	for _, c := range []struct {
		region            string
		gateways, devices int
		rates             []int
	}{
		{"EU868", 1, 1, []int{5}},
		{"EU868", 4, 60, []int{5, 4, 3, 0}},
		{"US915_1", 3, 40, []int{3, 0}},
		{"AU915_1", 3, 40, []int{5, 2}},
		{"AS923_2", 3, 40, []int{5, 2}},
		{"IN865", 3, 20, []int{5, 0}},
		{"KR920", 3, 20, []int{5, 0}},
		{"CN470_10", 3, 20, []int{5, 0}},
		{"EU433", 3, 20, []int{5, 0}},
		{"RU864", 3, 20, []int{5, 0}},
	} {
		t.Run(fmt.Sprintf("%s/%d", c.region, c.devices), func(t *testing.T) {
			a := newAir(t, c.region, c.gateways, c.devices, c.rates, nil)
			a.run(30 * time.Minute)
			check(t, a)
		})
	}
}

// check demands that all joined, all confirmed uplinks were acknowledged, all
// messages arrived once, and the ledger is closed but for the last moments.
func check(t *testing.T, a *air) {
	t.Helper()
	sum, counts, tally := a.counts(), a.server.Counts(), a.server.Ledger().Tally()
	t.Logf("devices %+v", sum)
	t.Logf("server %+v", counts)
	t.Logf("ledger %+v", tally)
	for i, d := range a.devices {
		if !d.Joined() || d.Counts().Joins != 1 {
			t.Errorf("device %d: %+v", i, d.Counts())
		}
	}
	if sum.Unacked > 0 || sum.Acked == 0 || sum.Confirmed-sum.Acked > len(a.devices) {
		t.Errorf("%d of %d confirmed uplinks acknowledged, %d given up", sum.Acked, sum.Confirmed, sum.Unacked)
	}
	if sum.Forged+sum.Unreadable > 0 {
		t.Errorf("forged %d, unreadable %d", sum.Forged, sum.Unreadable)
	}
	if counts.Stale+counts.Foreign > 0 {
		t.Errorf("server: stale %d, foreign %d", counts.Stale, counts.Foreign)
	}
	if tally.Unanswered+tally.Silent+tally.Strange > 0 || tally.Outcomes[radio.Emitted]+a.server.Ledger().Open() != tally.Taken() {
		t.Errorf("ledger %+v, %d open", tally, a.server.Ledger().Open())
	}
	checkMessages(t, a, len(a.devices))
}

// checkMessages demands that each message arrived as it was, none twice, and no
// more than underway are missing.
func checkMessages(t *testing.T, a *air, underway int) {
	t.Helper()
	if len(a.repeats) > 0 {
		t.Errorf("came twice: %v", a.repeats)
	}
	missing := 0
	for _, k := range sortedKeys(a.sent) {
		switch got, ok := a.delivered[k]; {
		case !ok:
			missing++
		case got != a.sent[k]:
			t.Errorf("%s: %x, want %x", k, got, a.sent[k])
		}
	}
	if missing > underway || len(a.delivered)+missing != len(a.sent) {
		t.Errorf("%d of %d messages delivered", len(a.delivered), len(a.sent))
	}
}

func TestSameSessionKeys(t *testing.T) {
	a := newAir(t, "EU868", 2, 10, []int{5}, nil)
	a.run(10 * time.Minute)
	for i := range a.devices {
		eui := otaa.CredentialsOf(1, uint32(i)).DevEUI
		if s, ok := a.server.Session(eui); !ok || s.Network == s.App || s == (otaa.Session{}) {
			t.Errorf("device %d: joined %v", i, ok)
		}
	}
	if got := a.counts(); got.Downlinks[device.RX1] < 20 || got.Downlinks[device.RXC] == 0 {
		t.Errorf("downlinks %v", got.Downlinks)
	}
}

// TestLossyDownlinks shows that a lost acknowledgement is asked for again, and that
// repeated messages are delivered once.
func TestLossyDownlinks(t *testing.T) {
	a := newAir(t, "EU868", 4, 30, []int{5}, nil)
	n := 0
	a.lost = func(time.Duration) bool { n++; return n%3 == 0 }
	a.run(time.Hour)
	sum := a.counts()
	t.Logf("%+v\n%+v", sum, a.server.Counts())
	if sum.Repeats < 20 || a.server.Counts().Repeats < 20 || sum.Acked < 100 {
		t.Errorf("nothing was repeated: %+v", sum)
	}
	if len(a.repeats) > 0 {
		t.Errorf("delivered twice: %v", a.repeats)
	}
	checkMessages(t, a, 30)
}

// TestDeaf shows that a device that hears nothing backs off, keeps its duty cycle,
// and that nothing else breaks.
func TestDeaf(t *testing.T) {
	a := newAir(t, "EU868", 1, 3, []int{0}, nil)
	a.lost = func(time.Duration) bool { return true }
	a.run(2 * time.Hour)
	sum := a.counts()
	if sum.Joins != 0 || sum.JoinRequests < 6 || sum.Airtime > 3*72*time.Second*11/10 {
		t.Errorf("%+v", sum)
	}
	if got := a.server.Counts(); got.JoinRequests != sum.JoinRequests || got.Joined != 0 {
		t.Errorf("%+v", got)
	}
}
