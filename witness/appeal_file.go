package witness

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"hexspot/radio"
)

// MaxAppealFile is the most bytes an encoded AppealFile may have.
const MaxAppealFile = 1 << 17

// MaxAppealChains is the most anchors and the most values in one file: each may cost 2^17
// hashes.
const MaxAppealChains = 8

// AppealFile is an appeal with the records that it names, each with the signature of who
// made it, and the entropy of the slots they are about: it needs nothing else to be
// checked.
type AppealFile struct {
	Record   radio.Signed   // of kind appeal
	Evidence []radio.Signed // in the order of their ids
	// Anchors and Values are the entropy of the evidence's slots. The station's signature
	// does not cover them: the network's does, and the network adds them.
	Anchors []radio.Signed
	Values  []Value
	// Receipts say when the network received beacons, discovery beacons and witness reports.
	// Each is signed by who gave it. Those that are of no use do no harm.
	Receipts []radio.Signed
}

// NewAppealFile orders the evidence, in which receipts of it may be, and gives the body that names it;
// the caller signs it and puts it in.
func NewAppealFile(network radio.Network, epoch Epoch, partner radio.Station, evidence []radio.Signed) (AppealFile, Appeal, error) {
	f := AppealFile{Evidence: slices.DeleteFunc(slices.Clone(evidence), func(s radio.Signed) bool { return s.Kind == radio.KindReceipt })}
	slices.SortFunc(f.Evidence, func(a, b radio.Signed) int { return compareIDs(a.ID(network), b.ID(network)) })
	f.Evidence = slices.CompactFunc(f.Evidence, func(a, b radio.Signed) bool { return a.ID(network) == b.ID(network) })
	f.addReceipts(network, evidence)
	a := Appeal{Epoch: epoch, Partner: partner}
	for _, s := range f.Evidence {
		a.Evidence = append(a.Evidence, s.ID(network))
	}
	if _, err := ParseAppeal(a.Append(nil)); err != nil {
		return AppealFile{}, Appeal{}, err
	}
	return f, a, nil
}

// addReceipts adds of some records those that are receipts of the evidence, one of each.
func (f *AppealFile) addReceipts(network radio.Network, list []radio.Signed) {
	lacking := map[radio.RecordID]bool{}
	for _, s := range f.Evidence {
		lacking[s.ID(network)] = true
	}
	for _, s := range list {
		if s.Kind != radio.KindReceipt {
			continue
		}
		if r, err := ParseReceipt(s.Body); err == nil && lacking[r.Record] {
			delete(lacking, r.Record)
			f.Receipts = append(f.Receipts, s)
		}
	}
}

func compareIDs(a, b radio.RecordID) int { return bytes.Compare(a[:], b[:]) }

// Append appends the canonical encoding.
func (f AppealFile) Append(b []byte) []byte {
	b = appendBytes(b, 1, f.Record.Append(nil))
	for _, s := range f.Evidence {
		b = appendBytes(b, 2, s.Append(nil))
	}
	for _, s := range f.Anchors {
		b = appendBytes(b, 3, s.Append(nil))
	}
	for _, v := range f.Values {
		b = appendBytes(b, 4, v.append(nil))
	}
	for _, s := range f.Receipts {
		b = appendBytes(b, 5, s.Append(nil))
	}
	return b
}

// ParseAppealFile reads the canonical encoding of an appeal and at most 64 records. Append
// gives the same bytes. It checks no signature: Verify does.
func ParseAppealFile(b []byte) (AppealFile, error) {
	f, err := parseAppealFile(b)
	if err != nil {
		return AppealFile{}, fmt.Errorf("appeal file: %w", err)
	}
	return f, nil
}

func parseAppealFile(b []byte) (AppealFile, error) {
	if len(b) > MaxAppealFile {
		return AppealFile{}, fmt.Errorf("%d bytes, at most %d", len(b), MaxAppealFile)
	}
	r := reader{rest: b}
	var f AppealFile
	record, err := radio.ParseExhibit(r.piece(1, "appeal"))
	if err != nil {
		return AppealFile{}, err
	}
	f.Record = record
	if f.Evidence, err = readEach(&r, 2, "evidence", MaxEvidence, radio.ParseExhibit); err != nil {
		return AppealFile{}, err
	}
	if f.Anchors, err = readEach(&r, 3, "anchors", MaxAppealChains, radio.ParseSigned); err != nil {
		return AppealFile{}, err
	}
	if f.Values, err = readEach(&r, 4, "values", MaxAppealChains, parseValue); err != nil {
		return AppealFile{}, err
	}
	if f.Receipts, err = readEach(&r, 5, "receipts", MaxEvidence, radio.ParseSigned); err != nil {
		return AppealFile{}, err
	}
	if err := r.end(); err != nil {
		return AppealFile{}, err
	}
	if f.Record.Kind != radio.KindAppeal {
		return AppealFile{}, errors.New("the first record is of another kind")
	}
	return f, nil
}

// Open gives the appeal if the signature of its record is right for the network. It does not look
// at the evidence.
func (f AppealFile) Open(network radio.Network) (Appeal, error) {
	if err := f.Record.Verify(network); err != nil {
		return Appeal{}, err
	}
	a, err := ParseAppeal(f.Record.Body)
	if err != nil {
		return Appeal{}, err
	}
	return a, a.CheckRange()
}

// Verify gives the appeal if all signatures are right for the network and the evidence is
// exactly what it names, in its order.
func (f AppealFile) Verify(network radio.Network) (Appeal, error) {
	a, err := f.Open(network)
	if err != nil {
		return Appeal{}, err
	}
	if len(f.Evidence) != len(a.Evidence) {
		return Appeal{}, fmt.Errorf("%d records, and %d are named", len(f.Evidence), len(a.Evidence))
	}
	for i, s := range f.Evidence {
		if s.ID(network) != a.Evidence[i] {
			return Appeal{}, fmt.Errorf("evidence %d is another record than the one that is named", i)
		}
		if err := s.Verify(network); err != nil {
			return Appeal{}, fmt.Errorf("evidence %d: %w", i, err)
		}
	}
	return a, nil
}
