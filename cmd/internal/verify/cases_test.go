package verify

import (
	"cmp"
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

// opening is the signature that opens a beacon of a station in a slot.
func (n *testNetwork) opening(key ed25519.PrivateKey, k witness.Slot, x witness.Entropy) radio.Signature {
	lot := witness.Lot{Network: n.id, Station: stationOf(n.t, key), Entropy: x}
	return radio.Signature(ed25519.Sign(key, witness.OpeningMessage(lot, k)))
}

// claim is a beacon report that states a slot for a signature, another one for each time.
func (n *testNetwork) claim(key ed25519.PrivateKey, k witness.Slot, sig radio.Signature, at witness.Millis) Record {
	air := witness.OnAir{Frequency: 868_100_000, SF: 9, Conducted: 1_400, Counter: uint32(at), Sent: n.timing.Start(k) + 600}
	return n.signed(key, radio.KindBeacon, at, witness.Beacon{Slot: k, Signature: sig, OnAir: air}.Append(nil))
}

// TestWhereReportsOfATagAre: of one signature that is reported for several slots each slot has a
// case, by slot, whichever opens the tag; the observations are with the report that opens it, else
// with the first one to come. What came when its epoch was frozen has cases of its own, whose
// openings nobody verifies.
func TestWhereReportsOfATagAre(t *testing.T) {
	n := newTestNetwork(t)
	key := keyOf(1)
	chain, _ := n.chain(30, 60, 0, 0)
	old, oldAnchor := n.chain(0, 30, 0, 0)
	ofOld, _ := old.Value(4)
	d := NewDocket(Facts{
		Network: n.id, Timing: n.timing, Parameters: n.inputs(nil).Parameters[0],
		Sites: func(radio.Station, witness.Epoch) witness.SiteFacts { return witness.SiteFacts{} },
	})
	value := func(k witness.Slot) witness.Entropy { x, _ := chain.Value(k); return x }
	opened, unopened, late := n.opening(key, 36, value(36)), n.opening(key, 43, value(42)), n.opening(key, 4, ofOld)
	in, after := n.timing.Start(45), n.timing.Start(58)
	heard := func(epoch witness.Epoch, k witness.Slot, sig radio.Signature, at witness.Millis) Record {
		batch := batchOf(1, n.timing.Start(k)+700, func(int) witness.Tag { return witness.TagOf(sig) })
		batch.Epoch = epoch
		return n.signed(keyOf(2), radio.KindWitness, at, batch.Append(nil))
	}
	records := append(n.entropyOfOne(),
		n.claim(key, 41, opened, in), n.claim(key, 33, opened, in), n.claim(key, 36, opened, in+1), heard(1, 36, opened, in),
		n.claim(key, 44, unopened, in), n.claim(key, 42, unopened, in+1), heard(1, 43, unopened, in),
		n.claim(key, 7, late, after), n.claim(key, 4, late, after+1), heard(0, 5, late, after),
		n.claim(key, 50, late, in), heard(1, 51, late, in),
		oldAnchor, n.value(old, 29, 0, n.timing.Start(29)),
	)
	want := map[radio.Signature]string{
		opened:   "33 failed 0, 36 passed 1, 41 failed 0",
		unopened: "42 failed 0, 44 failed 1",
		late:     "4 - 0, 7 - 1, 50 failed 1",
	}
	for seed := range uint64(4) {
		in := n.inputs(shuffled(records, seed))
		_, dir := mustEpoch(t, in)
		for sig, cases := range want {
			found, err := mustOpen(t, dir).Case(witness.TagOf(sig))
			if told := tellCases(found); err != nil || told != cases {
				t.Errorf("%s, %v, want %s", told, err, cases)
			}
		}
		if stations := string(mustRead(t, dir, stationsName)); strings.Count(stations, " none 0 counted ") != 2 {
			t.Errorf("stations without a site are told as\n%s", stations)
		}
		verdicts, err := witness.ParseVerdicts(mustRead(t, dir, verdictsName), in.Parameters[0].Set)
		if err != nil || len(verdicts) != 8 || !slices.IsSortedFunc(verdicts, compareVerdicts) {
			t.Errorf("%d verdicts, not by tag and slot: %v, %v", len(verdicts), tellCases(verdicts), err)
		}
	}
	for _, r := range records {
		if err := d.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	cases, err := d.Cases()
	if err != nil {
		t.Fatal(err)
	}
	for sig, want := range want {
		of := slices.DeleteFunc(slices.Clone(cases), func(c witness.Case) bool { return c.Tag != witness.TagOf(sig) })
		var found []witness.Verdict
		for i := range of {
			found = append(found, witness.Judge(&of[i], d.facts.Parameters))
		}
		if told := tellCases(found); told != want {
			t.Errorf("in memory %s, want %s", told, want)
		}
	}
}

func compareVerdicts(a, b witness.Verdict) int {
	return cmp.Or(slices.Compare(a.Tag[:], b.Tag[:]), cmp.Compare(a.Slot, b.Slot))
}

// openingRule is the place of the rule `opening` among those on beacons.
const openingRule = 7

// tellCases has of each case its slot, whether its first report opens the tag, and the number of
// observations.
func tellCases(verdicts []witness.Verdict) string {
	var text []string
	for _, v := range verdicts {
		opens := "-"
		if list := v.Beacons[0].Findings; len(list) > 0 {
			opens = list[openingRule].Outcome.String()
		}
		text = append(text, fmt.Sprintf("%d %s %d", v.Slot, opens, len(v.Witnesses)))
	}
	return strings.Join(text, ", ")
}
