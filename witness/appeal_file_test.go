package witness

import (
	"bytes"
	"strings"
	"testing"

	"hexspot/coverage"
	"hexspot/radio"
)

func samplePositions() Positions {
	return Positions{Fixes: []Fix{
		{At: sampleStart, Position: coverage.Position{X: -1, Y: 2, Z: coverage.EarthRadius}, Accuracy: 3_000},
		{At: sampleStart + 1, Position: coverage.Position{X: 4}},
	}}
}

func sampleAppeal(t testing.TB) Appeal {
	return Appeal{Epoch: 20_249, Partner: sampleStation(t, 7), Evidence: []radio.RecordID{{1}, {2}}}
}

func TestAppealBodiesRefuse(t *testing.T) {
	for name, c := range map[string]struct {
		kind radio.Kind
		body body
		want string
	}{
		"no position":      {radio.KindPositions, Positions{}, "positions: none"},
		"65 positions":     {radio.KindPositions, Positions{risingFixes(MaxPositions + 1)}, "positions: more than 64"},
		"times that stand": {radio.KindPositions, Positions{[]Fix{{At: 5}, {At: 5}}}, "positions: position 1: at_ms"},
		"no evidence":      {radio.KindAppeal, Appeal{Epoch: 1}, "appeal: evidence: none"},
		"evidence twice":   {radio.KindAppeal, Appeal{Evidence: []radio.RecordID{{1}, {1}}}, "appeal: evidence: number 1 is not in"},
		"65 records":       {radio.KindAppeal, Appeal{Evidence: rising(MaxEvidence + 1)}, "appeal: evidence: more than 64"},
		"no station":       {radio.KindAudit, Audit{From: 1, To: 2}, "audit: "},
		"a station's text": {radio.KindAudit, Site{Plan: "EU868"}, "audit: station: 20 bytes, want 33"},
	} {
		if got, err := parseBody(c.kind, c.body.Append(nil)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func risingFixes(n int) (fixes []Fix) {
	for i := range n {
		fixes = append(fixes, Fix{At: Millis(i)})
	}
	return fixes
}

func rising(n int) (ids []radio.RecordID) {
	for i := range n {
		ids = append(ids, radio.RecordID{byte(i)})
	}
	return ids
}

func TestAppealRanges(t *testing.T) {
	at := func(fixes ...Fix) Positions { return Positions{fixes} }
	for name, c := range map[string]struct {
		body interface{ CheckRange() error }
		want string
	}{
		"sound":     {samplePositions(), ""},
		"a time":    {at(Fix{At: 1 << 53}), "at_ms"},
		"in space":  {at(Fix{Position: coverage.Position{Y: -coverage.EarthRadius - coverage.Kilometre}}), "x, y, z"},
		"an appeal": {sampleAppeal(t), ""},
		"an epoch":  {Appeal{Epoch: 1 << 40}, "epoch"},
		"an audit":  {Audit{From: 1, To: 2}, ""},
		"no slot":   {Audit{From: 2, To: 2}, "from"},
		"a slot":    {Audit{From: 2, To: 1<<40 + 1}, "to"},
	} {
		if err := c.body.CheckRange(); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLargestPositionsFitARecord(t *testing.T) {
	var p Positions
	for i := range MaxPositions {
		p.Fixes = append(p.Fixes, Fix{At: maxTime - MaxPositions + Millis(i), Accuracy: 1<<32 - 1,
			Position: coverage.Position{X: -coverage.EarthRadius, Y: -coverage.EarthRadius, Z: -coverage.EarthRadius}})
	}
	if err := p.CheckRange(); err != nil {
		t.Fatal(err)
	}
	if _, err := radio.Sign(signerOf(t, "ed25519", testNetwork{t, 1}.seed()), radio.Network{}, radio.KindPositions, p.Append(nil)); err != nil {
		t.Fatal(err)
	}
}

// signedAppeal is an appeal of network 1's key with two records of evidence.
func signedAppeal(t testing.TB) (AppealFile, radio.Network) {
	t.Helper()
	n := testNetwork{t, 1}
	signer, network := signerOf(t, "ed25519", n.seed()), n.station().Network()
	sign := func(kind radio.Kind, b []byte) radio.Signed {
		s, err := radio.Sign(signer, network, kind, b)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	f, a, err := NewAppealFile(network, 3, radio.Station{}, []radio.Signed{
		sign(radio.KindAudit, Audit{Station: sampleStation(t, 1), From: 1, To: 2}.Append(nil)),
		sign(radio.KindPositions, samplePositions().Append(nil)),
		sign(radio.KindPositions, samplePositions().Append(nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Record = sign(radio.KindAppeal, a.Append(nil))
	f.Receipts = []radio.Signed{sign(radio.KindReceipt, Receipt{Record: f.Evidence[0].ID(network), Received: 5}.Append(nil))}
	return f, network
}

func TestAppealFiles(t *testing.T) {
	f, network := signedAppeal(t)
	b := f.Append(nil)
	back, err := ParseAppealFile(b)
	if err != nil || !bytes.Equal(back.Append(nil), b) {
		t.Fatal(err)
	}
	a, err := back.Verify(network)
	if err != nil || len(a.Evidence) != 2 || a.Epoch != 3 || a.Subject(f.Record.Station) != StationSubject(f.Record.Station) {
		t.Fatalf("%+v, %v", a, err)
	}
	a.Partner = sampleStation(t, 2)
	if s := a.Subject(f.Record.Station); !s.IsLink() || s != LinkSubject(a.Partner, f.Record.Station) {
		t.Errorf("a link's subject is %+v", s)
	}
	for name, spoil := range map[string]func(f *AppealFile){
		"another network":    func(*AppealFile) { network[0]++ },
		"a record less":      func(f *AppealFile) { f.Evidence = f.Evidence[1:] },
		"another order":      func(f *AppealFile) { f.Evidence[0], f.Evidence[1] = f.Evidence[1], f.Evidence[0] },
		"a wrong signature":  func(f *AppealFile) { f.Evidence[1].Signature[0]++ },
		"the appeal's wrong": func(f *AppealFile) { f.Record.Signature[0]++ },
	} {
		f, right := signedAppeal(t)
		network = right
		spoil(&f)
		if _, err := f.Verify(network); err == nil {
			t.Errorf("%s: verified", name)
		}
	}
	f.Record.Kind = radio.KindSite
	if _, err := ParseAppealFile(f.Append(nil)); err == nil || !strings.Contains(err.Error(), "another kind") {
		t.Error(err)
	}
	if _, err := ParseAppealFile(make([]byte, MaxAppealFile+1)); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Error(err)
	}
}

func FuzzParseAppealFile(f *testing.F) {
	file, _ := signedAppeal(f)
	f.Add(file.Append(nil))
	f.Add(file.Record.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := ParseAppealFile(b)
		if err == nil && !bytes.Equal(file.Append(nil), b) {
			t.Errorf("%x gives back %x", b, file.Append(nil))
		}
	})
}
