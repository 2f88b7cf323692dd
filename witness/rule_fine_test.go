package witness

import (
	"testing"

	"hexspot/coverage"
)

// fineReason judges the sample with fine times moved by so many ns, -1 for no fine
// time, and owners; and gives each witness's reason.
func fineReasons(t *testing.T, moved []int64, owners []byte) []Fault {
	t.Helper()
	e := sampleEpoch(t, hexspot1)
	c := &e.Cases[0]
	for i := range c.Witnesses {
		w := &c.Witnesses[i]
		w.Site.Owner = coverage.Account{owners[i]}
		fine := *w.Fine + uint64(moved[i])
		w.Fine = &fine
		if moved[i] < 0 {
			w.Fine = nil
		}
	}
	v := sampleVerdict(t, e)
	reasons := make([]Fault, len(c.Witnesses))
	for i := range reasons {
		reasons[i] = of(t, v.Witnesses, c.Witnesses[i].ID).Reason
	}
	return reasons
}

func TestFineTimeMajority(t *testing.T) {
	const far = 200_000 // 60 km of light, the sample is 10 km wide
	own := []byte{2, 3, 4, 5}
	for _, c := range []struct {
		name   string
		moved  []int64
		owners []byte
		bad    []bool
	}{
		{"all agree", []int64{0, 5_000, 10_000, 0}, own, []bool{false, false, false, false}},
		{"one against three", []int64{far, 0, 0, 0}, own, []bool{true, false, false, false}},
		{"two against two: more than half of three", []int64{far, far, 0, 0}, own, []bool{true, true, true, true}},
		{"two of one owner against two", []int64{far, far, 0, 0}, []byte{2, 2, 4, 5}, []bool{true, true, true, true}},
		{"one against two", []int64{far, 0, 0, -1}, own, []bool{true, false, false, false}},
		{"one against one says nothing", []int64{far, 0, -1, -1}, own, []bool{false, false, false, false}},
		{"one owner's stations are no partners of each other", []int64{far, 0, 0, 0}, []byte{2, 2, 2, 2}, []bool{false, false, false, false}},
		{"no witness to another owner's pair", []int64{far, 0, 0, -1}, []byte{2, 3, 2, 5}, []bool{false, false, false, false}},
	} {
		for i, reason := range fineReasons(t, c.moved, c.owners) {
			want := Fault("")
			if c.bad[i] {
				want = faultFine
			}
			if reason != want {
				t.Errorf("%s: witness %d: %q, want %q", c.name, i, reason, want)
			}
		}
	}
}

// TestFineTimeAllowance is at the edge of the rule, for two against one.
func TestFineTimeAllowance(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	c := &e.Cases[0]
	a, b := c.Witnesses[0].Site, c.Witnesses[1].Site
	d, ok := distance(a.Position, b.Position)
	if !ok {
		t.Fatal("no distance")
	}
	limit := int64(d+a.Slack+b.Slack+300_000) * 1_000_000 / lightSpeed
	for dt, want := range map[int64]bool{limit: true, limit + 1: false} {
		v := view{p: e.Parameters, w: &c.Witnesses[0], witnessSane: true}
		moved := *c.Witnesses[1].Fine + uint64(dt)
		peer := c.Witnesses[1]
		peer.Fine = &moved
		fit, judged := v.fineFits(&view{p: e.Parameters, w: &peer, witnessSane: true, first: true})
		if fit != want || !judged {
			t.Errorf("%d ns: fits %v, judged %v", dt, fit, judged)
		}
	}
}

// TestAReportThatFailedVotes: partners are stations of other owners with a fine time, and
// that is all the protocol asks of them.
func TestAReportThatFailedVotes(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	c := &e.Cases[0]
	c.Witnesses = c.Witnesses[:3]
	for i := range 2 {
		fine := *c.Witnesses[i].Fine + 200_000
		c.Witnesses[i].Fine, c.Witnesses[i].Mark = &fine, [4]byte{}
	}
	if j := of(t, sampleVerdict(t, e).Witnesses, c.Witnesses[2].ID); j.Reason != faultFine {
		t.Errorf("reason %q", j.Reason)
	}
}

// TestAStationVotesOnce: its further observations of the tag are no further partners.
func TestAStationVotesOnce(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	c := &e.Cases[0]
	c.Witnesses = c.Witnesses[:2]
	fine := *c.Witnesses[0].Fine + 200_000
	c.Witnesses[0].Fine = &fine
	again := c.Witnesses[0]
	again.Index++
	c.Witnesses = append(c.Witnesses, again)
	if j := of(t, sampleVerdict(t, e).Witnesses, c.Witnesses[1].ID); !j.Valid() {
		t.Errorf("reason %q", j.Reason)
	}
}

// TestFineTimeLimitIsInclusive: light goes 149,896,229 mm in exactly half a
// millisecond.
func TestFineTimeLimitIsInclusive(t *testing.T) {
	const dt, way = 500_000, 149_896_229
	for d, want := range map[coverage.Millimetres]bool{way: true, way - 1: false} {
		if got := fineTimesFit(1_000_000+dt, 1_000_000, d-7, 7); got != want {
			t.Errorf("%d mm: %v, want %v", d, got, want)
		}
	}
	for dt, want := range map[uint64]bool{1_000_000: true, 1_000_001: false} {
		if got := fineTimesFit(5, 5+dt, 500_000_000, 0); got != want {
			t.Errorf("%d ns: %v, want %v", dt, got, want)
		}
	}
}
