package witness

import (
	"bytes"
	"errors"
	"fmt"

	"hexspot/radio"
)

// MaxEvidence is the most records that an appeal may name.
const MaxEvidence = 64

// Appeal is the body of an `appeal` record: a station appeals against the weight of
// itself or of one of its links, with records as evidence (docs/protocol.md, "Appeals").
type Appeal struct {
	Epoch    Epoch         // one in which the weight was published
	Partner  radio.Station // of the link; zero: the station's own weight
	Evidence []radio.RecordID
}

// Subject is what the appeal of a station is about.
func (a Appeal) Subject(signer radio.Station) Subject {
	if a.Partner.IsZero() {
		return StationSubject(signer)
	}
	return LinkSubject(signer, a.Partner)
}

// Append appends the canonical encoding.
func (a Appeal) Append(b []byte) []byte {
	b = appendUint(b, 1, a.Epoch)
	if !a.Partner.IsZero() {
		b = appendBytes(b, 2, a.Partner.Bytes())
	}
	for _, id := range a.Evidence {
		b = appendBytes(b, 3, id[:])
	}
	return b
}

// ParseAppeal reads a canonical body of 1 to 64 ids that rise. Append gives the same
// bytes. Whether the values are in range is CheckRange's to say.
func ParseAppeal(b []byte) (Appeal, error) {
	a, err := parseAppeal(b)
	if err != nil {
		return Appeal{}, fmt.Errorf("appeal: %w", err)
	}
	return a, nil
}

func parseAppeal(b []byte) (Appeal, error) {
	r := reader{rest: b}
	a := Appeal{Epoch: Epoch(r.uint64(1, "epoch"))}
	if partner := r.piece(2, "partner"); partner != nil {
		var err error
		if a.Partner, err = radio.StationFromBytes(partner); err != nil {
			return Appeal{}, fmt.Errorf("partner: %w", err)
		}
	}
	for piece := r.piece(3, "evidence"); piece != nil; piece = r.piece(3, "evidence") {
		if err := a.add(piece); err != nil {
			return Appeal{}, fmt.Errorf("evidence: %w", err)
		}
	}
	if err := r.end(); err != nil {
		return Appeal{}, err
	}
	if len(a.Evidence) == 0 {
		return Appeal{}, errors.New("evidence: none")
	}
	return a, nil
}

func (a *Appeal) add(id []byte) error {
	n := len(a.Evidence)
	switch {
	case len(id) != len(radio.RecordID{}):
		return fmt.Errorf("%d bytes, want %d", len(id), len(radio.RecordID{}))
	case n == MaxEvidence:
		return fmt.Errorf("more than %d records", MaxEvidence)
	case n > 0 && bytes.Compare(a.Evidence[n-1][:], id) >= 0:
		return fmt.Errorf("number %d is not in ascending order", n)
	}
	a.Evidence = append(a.Evidence, radio.RecordID(id))
	return nil
}

// CheckRange says which field is outside the protocol's bounds, nil if none is.
func (a Appeal) CheckRange() error {
	if err := firstFault(epochBound(a.Epoch)); err != nil {
		return fmt.Errorf("appeal: %w", err)
	}
	return nil
}
