package log

import (
	"fmt"

	"hexspot/radio"
)

// Answer is what a log answers to a station's question: one of the proofs, or why there
// is none. Whatever it is, it proves nothing until it is verified.
type Answer struct {
	Ask         string // the question
	Consistency *Consistency
	Inclusion   *Inclusion
	Refused     string // why there is no proof
}

// MaxAsk bounds a question.
const MaxAsk = 128

// maxRefused bounds why there is no proof.
const maxRefused = 200

type answerFile struct {
	Ask         string           `json:"ask"`
	Consistency *consistencyFile `json:"consistency,omitempty"`
	Inclusion   *inclusionFile   `json:"inclusion,omitempty"`
	Refused     string           `json:"refused,omitempty"`
}

// Encode writes the answer, JSON.
func (a Answer) Encode() []byte {
	f := answerFile{Ask: a.Ask, Refused: a.Refused}
	if a.Consistency != nil {
		f.Consistency = a.Consistency.file()
	}
	if a.Inclusion != nil {
		f.Inclusion = a.Inclusion.file()
	}
	return compact(f)
}

// ParseAnswer reads what Encode writes. It verifies nothing.
func ParseAnswer(b []byte) (Answer, error) {
	var f answerFile
	err := decode(b, &f)
	if err == nil && (len(f.Ask) > MaxAsk || len(f.Refused) > maxRefused) {
		err = fmt.Errorf("a text of %d bytes", max(len(f.Ask), len(f.Refused)))
	}
	if err != nil {
		return Answer{}, fmt.Errorf("answer of a log: %w", err)
	}
	a := Answer{Ask: f.Ask, Refused: f.Refused}
	if f.Consistency != nil {
		a.Consistency = f.Consistency.consistency()
	}
	if f.Inclusion != nil {
		if a.Inclusion, err = f.Inclusion.inclusion(); err != nil {
			return Answer{}, fmt.Errorf("answer of a log: %w", err)
		}
	}
	return a, nil
}

func (p Inclusion) file() *inclusionFile { return &inclusionFile{p.Record[:], p.Index, p.Proof} }

func (f inclusionFile) inclusion() (*Inclusion, error) {
	if len(f.Record) != len(radio.RecordID{}) {
		return nil, fmt.Errorf("record of %d bytes", len(f.Record))
	}
	return &Inclusion{radio.RecordID(f.Record), f.Index, f.Proof}, nil
}

// Encode writes an inclusion proof as JSON, as an ingest answers with it.
func (p Inclusion) Encode() []byte { return indented(p.file()) }

// ParseInclusion reads what Encode writes. It verifies nothing.
func ParseInclusion(b []byte) (Inclusion, error) {
	var f inclusionFile
	if err := decode(b, &f); err != nil {
		return Inclusion{}, fmt.Errorf("inclusion proof: %w", err)
	}
	p, err := f.inclusion()
	if err != nil {
		return Inclusion{}, fmt.Errorf("inclusion proof: %w", err)
	}
	return *p, nil
}
