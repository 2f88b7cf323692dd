package log

import (
	"strings"
	"testing"

	"hexspot/witness"
)

// station is a hotspot that keeps its receipts and the last checkpoint it was shown, and
// nothing else.
type station struct {
	receipts []Receipt
	seen     Note
}

// TestPlantedOmissionIsFound: an ingest acknowledges a record and publishes an epoch in
// which another is in its place. A station with its receipts finds it, with the bundle's list
// or by one question, and convinces a third party.
func TestPlantedOmissionIsFound(t *testing.T) {
	name := testName(t)
	honest, forged := worlds()
	s := station{receipts: []Receipt{receiptFor(t, name, honest[7], 7), receiptFor(t, name, honest[victim], victim), receiptFor(t, name, honest[699], 699)}}
	tree := treeFrom(forged)
	final := signedHead(t, name, tree.Head())

	findings, err := Check(Bundle{Final: final, Log: forged.list()}, s.receipts)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []Outcome{Included, Missing, Included} {
		if findings[i].Outcome != want {
			t.Errorf("receipt %d: %s, want %s", i, findings[i].Outcome, want)
		}
	}
	convinces(t, *findings[1].Evidence, Replaced)

	answer, err := tree.Include(victim, 700)
	if err != nil {
		t.Fatal(err)
	}
	f, err := CheckOne(final, answer, nil, s.receipts[1])
	if err != nil {
		t.Fatal(err)
	}
	convinces(t, *f.Evidence, Replaced)
}

// TestCutLogIsFound: the final log ends before a record that was acknowledged.
func TestCutLogIsFound(t *testing.T) {
	name := testName(t)
	honest, _ := worlds()
	cut := honest[:650]
	final := signedHead(t, name, treeFrom(cut).Head())
	receipts := []Receipt{receiptFor(t, name, honest[649], 649), receiptFor(t, name, honest[650], 650)}
	mark := markFor(t, name, witness.HighWater{Size: 650, Received: 1 << 40})
	for kind, b := range map[Kind]Bundle{Omitted: {Final: final, Log: cut.list()}, Overdue: {Final: final, Log: cut.list(), Mark: mark}} {
		findings, err := Check(b, receipts)
		if err != nil || findings[0].Outcome != Included || findings[1].Outcome != Missing {
			t.Fatal(findings, err)
		}
		convinces(t, *findings[1].Evidence, kind)
	}
}

// TestWithheldRecordIsFound: the id is in the log, the record is not in the bundle.
func TestWithheldRecordIsFound(t *testing.T) {
	name := testName(t)
	honest, _ := worlds()
	carried := append(append(ids{}, honest[:victim]...), honest[victim+1:]...)
	b := Bundle{Final: signedHead(t, name, treeFrom(honest).Head()), Log: honest.list(), Records: carried.list(), Count: 699}
	findings, err := Check(b, []Receipt{receiptFor(t, name, honest[7], 7), receiptFor(t, name, honest[victim], victim)})
	if err != nil || findings[0].Outcome != Included || findings[1].Outcome != Missing {
		t.Fatal(findings, err)
	}
	convinces(t, *findings[1].Evidence, Withheld)
}

// TestSplitViewIsFound: the ingest shows a station one log and the world another. What
// finds it: two checkpoints of one size; an old checkpoint against the new log's own
// proof; the receipts alone, against the log that the world sees.
func TestSplitViewIsFound(t *testing.T) {
	name := testName(t)
	honest, forged := worlds()
	shown, world := treeFrom(honest), treeFrom(forged)
	s := station{receipts: []Receipt{receiptFor(t, name, honest[victim], victim)}}

	final := signedHead(t, name, world.Head())
	s.seen = signedHead(t, name, shown.Head())
	convinces(t, faultOf(t, Compare(s.seen, final, Consistency{})), Split)

	for _, size := range []uint64{42, 64, 256, 300, 512, 699} { // powers of two, too
		early, err := shown.HeadAt(size)
		if err != nil {
			t.Fatal(err)
		}
		s.seen = signedHead(t, name, early)
		answer, err := world.Extend(size, 700)
		if err != nil {
			t.Fatal(err)
		}
		convinces(t, faultOf(t, Compare(s.seen, final, answer)), Forked)
		_, err = Cosign(key(10), s.seen, final, answer)
		convinces(t, faultOf(t, err), Forked)
	}

	findings, err := Check(Bundle{Final: final, Log: forged.list()}, s.receipts)
	if err != nil {
		t.Fatal(err)
	}
	convinces(t, *findings[0].Evidence, Replaced)
}

// convinces hands evidence to a third party, who knows only the network's ingest.
func convinces(t *testing.T, e Evidence, kind Kind) {
	t.Helper()
	got, err := ParseEvidence(e.Encode(), stationOf(t, key(ingest)))
	if err != nil || got.Kind != kind {
		t.Errorf("evidence %s: %v, want %s", got.Kind, err, kind)
	}
}

func TestHonestLogs(t *testing.T) {
	name := testName(t)
	honest, _ := worlds()
	other := name
	other.Epoch++
	b := Bundle{Final: signedHead(t, name, treeFrom(honest).Head()), Log: honest.list(), Records: honest.list(), Count: 700,
		Mark: markFor(t, name, witness.HighWater{Size: 700, Received: 1 << 40})}
	receipts := []Receipt{receiptFor(t, other, honest[3], 3)}
	for i, id := range honest {
		receipts = append(receipts, receiptFor(t, name, id, uint64(i)))
	}
	findings, err := Check(b, receipts)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range findings {
		want := Included
		if i == 0 {
			want = OtherLog
		}
		if f.Outcome != want || f.Evidence != nil || f.Receipt.Record != receipts[i].Record {
			t.Errorf("receipt %d: %s", i, f.Outcome)
		}
	}
}

func TestListsThatAreNotTheCheckpoints(t *testing.T) {
	name := testName(t)
	honest, forged := worlds()
	final := signedHead(t, name, treeFrom(honest).Head())
	for what, c := range map[string]struct {
		log  ids
		want string
	}{"another": {forged, "not what the checkpoint signs"}, "short": {honest[:699], "reading the list"}} {
		if _, err := Check(Bundle{Final: final, Log: c.log.list()}, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	receipt := receiptFor(t, name, honest[3], 3)
	for what, answer := range map[string]Inclusion{"none": {}, "unproved": {Record: honest[3], Index: 3}} {
		if f, err := CheckOne(final, answer, nil, receipt); err == nil {
			t.Errorf("%s: %s", what, f.Outcome)
		}
	}
}
