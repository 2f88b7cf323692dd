package hotspot

import (
	"crypto/ed25519"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hexspot/gateway/spool"
	"hexspot/radio"
	"hexspot/witness"
)

// appellant is a hotspot with a spool, and others whose keys the test has.
type appellant struct {
	t       *testing.T
	path    string
	reports *spool.Records
	network radio.Network
	now     time.Time
}

func newAppellant(t *testing.T) *appellant {
	t.Helper()
	path := filepath.Join(t.TempDir(), "spool.db")
	disk, err := spool.Open(t.Context(), spool.Config{Path: path}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = disk.Close() })
	operator, err := radio.StationOf(keyNumber(9).Public())
	if err != nil {
		t.Fatal(err)
	}
	return &appellant{t, path, disk.Records(reportsTo(operator.Network())), operator.Network(), time.Now()}
}

func keyNumber(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(append(make([]byte, 31), n))
}

func (a *appellant) sign(n byte, kind radio.Kind, body interface{ Append([]byte) []byte }) radio.Signed {
	a.t.Helper()
	s, err := radio.Sign(keyNumber(n), a.network, kind, body.Append(nil))
	if err != nil {
		a.t.Fatal(err)
	}
	return s
}

func (a *appellant) receipt(s radio.Signed) radio.Signed {
	return a.sign(9, radio.KindReceipt, witness.Receipt{Record: s.ID(a.network), Received: 7})
}

// answered puts a report of the hotspot, with its receipt, into the spool.
func (a *appellant) answered(s radio.Signed) {
	a.t.Helper()
	id := s.ID(a.network)
	err := a.reports.Put(a.t.Context(), id[:], s.Append(nil), a.now)
	if err == nil {
		err = a.reports.Ack(a.t.Context(), id[:], a.receipt(s).Append(nil), a.now)
	}
	if err != nil {
		a.t.Fatal(err)
	}
}

func sentTag(n byte) witness.Discovery {
	return witness.Discovery{Slot: 5, Random: witness.Tag{n}, OnAir: witness.OnAir{Frequency: 868_100_000, SF: 10, Sent: 1}}
}

func heardTag(n byte) witness.Batch {
	return witness.Batch{Observations: []witness.Observation{{Frame: witness.Frame{Type: witness.FrameDiscovery, Tag: witness.Tag{n}}, Frequency: 868_100_000, SF: 10, Heard: 1, Copies: 1}}}
}

// TestAppealing: an appeal has the frames that somebody heard and what was heard of them, an
// auditor's the other way round, positions, and the receipts of these; nothing else.
func TestAppealing(t *testing.T) {
	a := newAppellant(t)
	own := []radio.Signed{a.sign(0, radio.KindDiscovery, sentTag(1)), a.sign(0, radio.KindDiscovery, sentTag(2)), a.sign(0, radio.KindWitness, heardTag(3)), a.sign(0, radio.KindWitness, heardTag(4))}
	for _, s := range own {
		a.answered(s)
	}
	heard, other := a.sign(1, radio.KindWitness, heardTag(1)), a.sign(1, radio.KindWitness, heardTag(8))
	auditor, stranger := a.sign(2, radio.KindDiscovery, sentTag(3)), a.sign(2, radio.KindDiscovery, sentTag(7))
	where := a.sign(1, radio.KindPositions, witness.Positions{Fixes: []witness.Fix{{At: 1}}})
	appeal := Appealing{
		Spool: a.path, Signer: keyNumber(0), Epoch: 3, Since: a.now.Add(-time.Hour),
		Others: []radio.Signed{heard, a.receipt(heard), other, a.receipt(other), auditor, a.receipt(auditor), stranger, where, heard},
	}
	file, err := appeal.File(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	body, err := file.Verify(a.network)
	if err != nil || body.Epoch != 3 || file.Record.Station != own[0].Station {
		t.Errorf("%+v, %v", body, err)
	}
	want := []radio.Signed{own[0], own[2], heard, auditor, where}
	if len(file.Evidence) != len(want) || len(file.Receipts) != 4 {
		t.Errorf("%d records, %d receipts", len(file.Evidence), len(file.Receipts))
	}
	for n, s := range want {
		if !slices.Contains(body.Evidence, s.ID(a.network)) {
			t.Errorf("record %d is missing", n)
		}
	}
	appeal.Since = a.now.Add(time.Hour)
	if _, err := appeal.File(t.Context()); !errors.Is(err, ErrNobodyHeard) {
		t.Errorf("with frames that are too old: %v", err)
	}
	appeal.Spool = "nowhere.db"
	if _, err := appeal.File(t.Context()); err == nil {
		t.Error("an appeal without a spool")
	}
}

// TestReadReported: what was answered, with its slot if it has one.
func TestReadReported(t *testing.T) {
	a := newAppellant(t)
	beacon := a.sign(0, radio.KindBeacon, witness.Beacon{Slot: 9, OnAir: witness.OnAir{Frequency: 868_100_000, SF: 10, Sent: 1}})
	for _, s := range []radio.Signed{beacon, a.sign(0, radio.KindDiscovery, sentTag(1)), a.sign(0, radio.KindWitness, heardTag(3))} {
		a.answered(s)
	}
	list, err := ReadReported(t.Context(), a.path, "", a.now.Add(-time.Minute))
	if err != nil || len(list) != 3 {
		t.Fatalf("%+v, %v", list, err)
	}
	for i, want := range []Reported{{Kind: radio.KindBeacon, Slot: 9}, {Kind: radio.KindDiscovery, Slot: 5}, {Kind: radio.KindWitness}} {
		if got := list[i]; got.Kind != want.Kind || got.Slot != want.Slot || got.Received.UnixMilli() != 7 {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	if list[0].ID != beacon.ID(a.network) {
		t.Errorf("%x", list[0].ID)
	}
	if list, err := ReadReported(t.Context(), a.path, "", a.now.Add(time.Minute)); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestReadRecordsHasReceipts: each record has its receipt behind it.
func TestReadRecordsHasReceipts(t *testing.T) {
	a := newAppellant(t)
	s := a.sign(0, radio.KindDiscovery, sentTag(1))
	a.answered(s)
	list, err := ReadRecords(t.Context(), a.path, "", []radio.Kind{radio.KindDiscovery}, time.Time{})
	if err != nil || len(list) != 2 || list[0].ID(a.network) != s.ID(a.network) || list[1].ID(a.network) != a.receipt(s).ID(a.network) {
		t.Errorf("%v, %v", list, err)
	}
}
