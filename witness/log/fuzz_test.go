package log

import (
	"bytes"
	"testing"
)

func FuzzParseNote(f *testing.F) {
	n := signedHead(f, testName(f), treeFrom(manyIDs(3)).Head())
	f.Add([]byte(n.String()))
	f.Add([]byte(cosigned(f, n, 10, 11).String()))
	f.Add([]byte(loadVectors(f).Checkpoint.Note))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := ParseNote(b)
		if err != nil {
			return
		}
		if n.String() != string(b) || !bytes.HasPrefix(b, []byte(n.Checkpoint().Text()+"\n")) {
			t.Errorf("%q gives back %q", b, n)
		}
	})
}

func FuzzParseCheckpoint(f *testing.F) {
	f.Add(loadVectors(f).Checkpoint.Text)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCheckpoint(text)
		if err == nil && c.Text() != text {
			t.Errorf("%q gives back %q", text, c.Text())
		}
	})
}

func FuzzParseEvidence(f *testing.F) {
	for _, e := range everyKind(f) {
		f.Add(e.Encode())
	}
	ingest := stationOf(f, key(ingest))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ParseEvidence(b, ingest)
		if err != nil {
			return
		}
		again, err := ParseEvidence(e.Encode(), ingest)
		if err != nil || again.String() != e.String() {
			t.Errorf("%s does not come back: %v", e, err)
		}
	})
}

func FuzzParseConsistency(f *testing.F) {
	p, err := treeFrom(manyIDs(9)).Extend(5, 9)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParseConsistency(b)
		if err != nil {
			return
		}
		again, err := ParseConsistency(p.Encode())
		if err != nil || again.Old != p.Old || again.New != p.New || !sameHashes(again.Proof, p.Proof) {
			t.Errorf("%v does not come back: %v", p, err)
		}
		if p.Verify() == nil && p.Old.Size == p.New.Size && p.Old.Root != p.New.Root {
			t.Error("one size, two roots")
		}
	})
}

func FuzzSplitReceipts(f *testing.F) {
	r := receiptFor(f, testName(f), recordID("r", 0), 3)
	f.Add(AppendReceipts(nil, r, r))
	f.Fuzz(func(t *testing.T, b []byte) {
		records, err := SplitReceipts(b)
		if err != nil {
			return
		}
		var receipts []Receipt
		for _, record := range records {
			receipts = append(receipts, Receipt{signed: record})
		}
		if !bytes.Equal(AppendReceipts(nil, receipts...), b) {
			t.Errorf("%x does not come back", b)
		}
	})
}

// FuzzOpen opens anything as a log. What is opened is a log: it takes a record and is
// the same when it is opened again.
func FuzzOpen(f *testing.F) {
	d := &disk{}
	l := openLog(f, d)
	mustAppend(f, l, batchOf(manyIDs(5), 7))
	mustAppend(f, l, batchOf(manyIDs(9)[5:], 7))
	f.Add(d.now)
	f.Add(d.now[:len(d.now)-1])
	f.Fuzz(func(t *testing.T, b []byte) {
		d := &disk{now: bytes.Clone(b)}
		l, err := Open(d, testName(t))
		if err != nil {
			return
		}
		mustAppend(t, l, batchOf(ids{recordID("more", 0)}, 9))
		if again := openLog(t, d); again.Head() != l.Head() {
			t.Errorf("%v, was %v", again.Head(), l.Head())
		}
	})
}

// FuzzOpenSealed opens anything as the seal of a log: what is taken is its seal.
func FuzzOpenSealed(f *testing.F) {
	d, sealFile := sealedDisks(f, 300)
	f.Add(sealFile.now)
	f.Add(sealFile.now[:len(sealFile.now)-1])
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := OpenSealed(d, &disk{now: b}, testName(t))
		if err == nil && l.Head() != treeFrom(manyIDs(300)).Head() {
			t.Errorf("a log of %v", l.Head())
		}
	})
}
