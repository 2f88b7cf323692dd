package log

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

// The tests' ingest answers to two worlds: in the second, a record of a station was
// replaced. victim is that record's index.
const victim = 41

func worlds() (honest, forged ids) {
	honest = manyIDs(700)
	forged = append(ids{}, honest...)
	forged[victim] = recordID("planted", 0)
	return honest, forged
}

func markFor(t testing.TB, name Name, h witness.HighWater) *HighWater {
	t.Helper()
	h.Epoch = name.Epoch
	s, err := radio.Sign(key(ingest), name.Network, radio.KindHighWater, h.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	mark, err := ParseHighWater(s.Append(nil), name.Network, name.Ingest)
	if err != nil {
		t.Fatal(err)
	}
	return &mark
}

// everyKind is sound evidence of each kind.
func everyKind(t testing.TB) map[Kind]Evidence {
	t.Helper()
	name := testName(t)
	honest, forged := worlds()
	tree := treeFrom(forged)
	there, err := tree.Include(victim, 700)
	if err != nil {
		t.Fatal(err)
	}
	fork, err := tree.Extend(300, 700)
	if err != nil {
		t.Fatal(err)
	}
	note := signedHead(t, name, tree.Head())
	receipt := receiptFor(t, name, honest[victim], victim)
	late := receiptFor(t, name, recordID("late", 0), 700)
	return map[Kind]Evidence{
		Replaced: {Kind: Replaced, Receipts: []Receipt{receipt}, Notes: []Note{note}, Inclusion: &there},
		Overdue:  {Kind: Overdue, Receipts: []Receipt{late}, HighWater: markFor(t, name, witness.HighWater{Size: 700, Root: tree.Head().Root, Received: late.Received + 1})},
		Omitted:  {Kind: Omitted, Receipts: []Receipt{late}, Notes: []Note{note}},
		Withheld: {Kind: Withheld, Receipts: []Receipt{receipt}},
		Cut:      {Kind: Cut, Notes: []Note{note}, HighWater: markFor(t, name, witness.HighWater{Size: 650, Root: treeFrom(forged[:650]).Head().Root, Received: 1 << 40})},
		Twice:    {Kind: Twice, Receipts: []Receipt{receipt, receiptFor(t, name, forged[victim], victim)}},
		Split:    {Kind: Split, Notes: []Note{note, signedHead(t, name, treeFrom(honest).Head())}},
		Forked:   {Kind: Forked, Notes: []Note{signedHead(t, name, treeFrom(honest[:300]).Head()), note}, Consistency: &fork},
	}
}

func TestEvidenceConvincesAThirdParty(t *testing.T) {
	all := everyKind(t)
	for kind := range kinds {
		e, ok := all[kind]
		if !ok {
			t.Errorf("no example of %s", kind)
			continue
		}
		file := e.Encode()
		got, err := ParseEvidence(file, stationOf(t, key(ingest)))
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if !bytes.Equal(got.Encode(), file) || got.Log() != testName(t) || got.String() == "no evidence" {
			t.Errorf("%s comes back as %s", kind, got.Encode())
		}
		if _, err := ParseEvidence(file); err == nil {
			t.Errorf("%s: whoever signs is an ingest", kind)
		}
		if (got.Condition() == "") == (kind == Omitted || kind == Withheld || kind == Cut) {
			t.Errorf("%s: condition %q", kind, got.Condition())
		}
	}
}

// TestHonestStatementsAreNoEvidence takes one fault out of each kind.
func TestHonestStatementsAreNoEvidence(t *testing.T) {
	name := testName(t)
	honest, forged := worlds()
	all := everyKind(t)
	right, err := treeFrom(honest).Include(victim, 700)
	if err != nil {
		t.Fatal(err)
	}
	grown, err := treeFrom(honest).Extend(300, 700)
	if err != nil {
		t.Fatal(err)
	}
	honestNote := signedHead(t, name, treeFrom(honest).Head())
	otherEpoch := name
	otherEpoch.Epoch++
	change := func(kind Kind, f func(*Evidence)) Evidence {
		e := all[kind]
		e.Receipts, e.Notes = append([]Receipt{}, e.Receipts...), append([]Note{}, e.Notes...)
		f(&e)
		return e
	}
	cases := map[string]Evidence{
		"nothing":              {},
		"no kind":              {Kind: "other", Receipts: all[Twice].Receipts},
		"no statements":        {Kind: Split},
		"too many statements":  change(Split, func(e *Evidence) { e.Receipts = all[Withheld].Receipts }),
		"included":             change(Replaced, func(e *Evidence) { e.Notes[0], e.Inclusion = honestNote, &right }),
		"proof of another log": change(Replaced, func(e *Evidence) { e.Notes[0] = honestNote }),
		"another index": change(Replaced, func(e *Evidence) {
			e.Receipts[0] = receiptFor(t, name, forged[victim+1], victim+1)
		}),
		"another epoch":  change(Replaced, func(e *Evidence) { e.Receipts[0] = receiptFor(t, otherEpoch, honest[victim], victim) }),
		"mark too early": change(Overdue, func(e *Evidence) { e.HighWater = markFor(t, name, witness.HighWater{Size: 700, Received: 1700}) }),
		"within the mark": change(Overdue, func(e *Evidence) {
			e.HighWater = markFor(t, name, witness.HighWater{Size: 701, Received: 1 << 40})
		}),
		"mark of another epoch": change(Overdue, func(e *Evidence) {
			e.HighWater = markFor(t, otherEpoch, witness.HighWater{Size: 700, Received: 1 << 40})
		}),
		"a log that is whole": change(Cut, func(e *Evidence) {
			e.HighWater = markFor(t, name, witness.HighWater{Size: 700, Received: 1 << 40})
		}),
		"a mark of another log": change(Cut, func(e *Evidence) {
			e.HighWater = markFor(t, otherEpoch, witness.HighWater{Size: 650, Received: 1 << 40})
		}),
		"within the log":     change(Omitted, func(e *Evidence) { e.Receipts[0] = receiptFor(t, name, honest[1], 1) }),
		"one receipt twice":  change(Twice, func(e *Evidence) { e.Receipts[1] = e.Receipts[0] }),
		"two indexes":        change(Twice, func(e *Evidence) { e.Receipts[1] = receiptFor(t, name, honest[1], 1) }),
		"two epochs":         change(Twice, func(e *Evidence) { e.Receipts[1] = receiptFor(t, otherEpoch, forged[victim], victim) }),
		"one root":           change(Split, func(e *Evidence) { e.Notes[1] = e.Notes[0] }),
		"two sizes":          change(Split, func(e *Evidence) { e.Notes[1] = signedHead(t, name, treeFrom(honest[:9]).Head()) }),
		"notes of two logs":  change(Split, func(e *Evidence) { e.Notes[1] = signedHead(t, otherEpoch, treeFrom(honest).Head()) }),
		"a growing log":      change(Forked, func(e *Evidence) { e.Notes[1], e.Consistency = honestNote, &grown }),
		"proof of a growing": change(Forked, func(e *Evidence) { e.Consistency = &grown }),
		"a spoiled proof": change(Forked, func(e *Evidence) {
			c := *e.Consistency
			c.Proof = c.Proof[1:]
			e.Consistency = &c
		}),
	}
	for what, e := range cases {
		if err := e.Verify(); err == nil {
			t.Errorf("%s: convinces: %s", what, e)
		}
	}
}

func TestEvidenceFilesAreStrict(t *testing.T) {
	good := string(everyKind(t)[Replaced].Encode())
	for what, file := range map[string]string{
		"empty":            "",
		"no JSON":          "evidence",
		"an unknown field": strings.Replace(good, `"kind"`, `"more": 1, "kind"`, 1),
		"another protocol": strings.Replace(good, "hexspot/1", "hexspot/2", 1),
		"another network":  strings.Replace(good, `"network": "`, `"network": "00`, 1),
		"something behind": good + "{}",
		"too long":         good + strings.Repeat(" ", MaxEvidence),
		"another kind":     strings.Replace(good, "replaced", "forked", 1),
		"a signature off": strings.Replace(good, `"receipts": [
    "CiE`, `"receipts": [
    "CiF`, 1),
	} {
		if file == good {
			t.Fatalf("%s: the case is the good file", what)
		}
		if e, err := ParseEvidence([]byte(file), stationOf(t, key(ingest))); err == nil {
			t.Errorf("%s: taken: %s", what, e)
		}
	}
}

func TestCompareReceipts(t *testing.T) {
	e := everyKind(t)[Twice]
	if got := faultOf(t, CompareReceipts(e.Receipts[0], e.Receipts[1])); got.Verify() != nil {
		t.Error(got)
	}
	if err := CompareReceipts(e.Receipts[0], e.Receipts[0]); err != nil {
		t.Error(err)
	}
	if got := Conflicts([]Receipt{e.Receipts[0], e.Receipts[0], e.Receipts[1]}); len(got) != 1 || got[0].Verify() != nil {
		t.Error(got)
	}
	if got := Conflicts(e.Receipts[:1]); len(got) != 0 {
		t.Error(got)
	}
	tomorrow := testName(t)
	tomorrow.Epoch++
	if err := CompareReceipts(e.Receipts[0], receiptFor(t, tomorrow, recordID("r", 0), victim)); err != nil {
		t.Errorf("the same index in two logs: %v", err)
	}
	if err := CompareReceipts(Receipt{}, Receipt{}); err != nil {
		t.Error(err)
	}
}

func TestReceiptsOfOthersAreRefused(t *testing.T) {
	name := testName(t)
	good := receiptFor(t, name, recordID("r", 0), 3)
	if _, err := ParseReceipt(good.Bytes(), name.Network, name.Ingest); err != nil {
		t.Error(err)
	}
	if _, err := ParseReceipt(good.Bytes(), name.Network); err == nil {
		t.Error("of any key")
	}
	if _, err := ParseReceipt(good.Bytes(), radio.Network{1}, name.Ingest); err == nil {
		t.Error("of any network")
	}
	posing, err := radio.Sign(key(operator), name.Network, radio.KindAnchor, good.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseReceipt(posing.Append(nil), name.Network, name.Ingest); err == nil {
		t.Error("an anchor is a receipt")
	}
	mark := markFor(t, name, witness.HighWater{Size: 1, Received: 5})
	if _, err := ParseReceipt(mark.signed, name.Network, name.Ingest); err == nil {
		t.Error("a mark is a receipt")
	}
	if _, err := ParseHighWater(good.Bytes(), name.Network, name.Ingest); err == nil {
		t.Error("a receipt is a mark")
	}
	if _, err := SignReceipt(key(ingest), name.Network, witness.Receipt{Received: -1}); err == nil {
		t.Error("signed what cannot be read")
	}
}

func TestCompareFindsNoFaultInOtherLogs(t *testing.T) {
	a, b := testName(t), testName(t)
	b.Epoch++
	head := treeFrom(manyIDs(3)).Head()
	if err := Compare(signedHead(t, a, head), signedHead(t, b, Head{3, Hash{1}}), Consistency{}); !errors.Is(err, errOtherLog) {
		t.Error(err)
	}
	if Compare(Note{}, Note{}, Consistency{}) == nil {
		t.Error("compared nothing")
	}
}
