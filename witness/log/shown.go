package log

import (
	"encoding/json"
	"errors"
	"fmt"

	"hexspot/radio"
)

// MaxShown is the most checkpoints in one message.
const MaxShown = 16

// Shown is a checkpoint as a network shows it to its stations.
type Shown struct {
	Note   Note
	Growth *Consistency // from the checkpoint that was shown before, nil: there was none
	Mark   *HighWater   // the last one of the log if Note is its final checkpoint, else nil
}

type shownFile struct {
	Checkpoints []shownEntry `json:"checkpoints"`
}

type shownEntry struct {
	Note        string           `json:"note"`
	Consistency *consistencyFile `json:"consistency,omitempty"`
	HighWater   []byte           `json:"high_water,omitempty"`
}

// EncodeShown writes the message that is retained below hexspot/net/checkpoint, JSON.
func EncodeShown(list []Shown) []byte {
	f := shownFile{Checkpoints: []shownEntry{}}
	for _, s := range list {
		e := shownEntry{Note: s.Note.encoded}
		if s.Growth != nil {
			e.Consistency = s.Growth.file()
		}
		if s.Mark != nil {
			e.HighWater = s.Mark.signed
		}
		f.Checkpoints = append(f.Checkpoints, e)
	}
	return compact(f)
}

// compact is JSON without spaces.
func compact(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("log: strings, numbers and hashes have an encoding: " + err.Error())
	}
	return b
}

// ParseShown reads what EncodeShown writes. It verifies signatures, that they are of the
// network's key or of one of the ingests that its anchor names, and that a mark is of the
// checkpoint that it stands with; not that logs grow.
func ParseShown(b []byte, network radio.Network, ingests ...radio.Station) ([]Shown, error) {
	var f shownFile
	if err := decode(b, &f); err != nil {
		return nil, fmt.Errorf("checkpoints: %w", err)
	}
	if len(f.Checkpoints) > MaxShown {
		return nil, fmt.Errorf("checkpoints: %d, at most %d", len(f.Checkpoints), MaxShown)
	}
	var list []Shown
	for _, e := range f.Checkpoints {
		s, err := e.shown(network, ingests)
		if err != nil {
			return nil, fmt.Errorf("checkpoints: %w", err)
		}
		list = append(list, s)
	}
	return list, nil
}

func (e shownEntry) shown(network radio.Network, ingests []radio.Station) (s Shown, err error) {
	if s.Note, err = ParseNote([]byte(e.Note)); err != nil {
		return Shown{}, err
	}
	if err := s.Note.Authorize(network, ingests...); err != nil {
		return Shown{}, err
	}
	if e.Consistency != nil {
		s.Growth = e.Consistency.consistency()
	}
	if e.HighWater == nil {
		return s, nil
	}
	mark, err := ParseHighWater(e.HighWater, network, ingests...)
	if err != nil {
		return Shown{}, err
	}
	c := s.Note.checkpoint
	if mark.Log != c.Name || mark.Size != c.Size || Hash(mark.Root) != c.Root {
		return Shown{}, errors.New("the high-water mark is not of the checkpoint")
	}
	s.Mark = &mark
	return s, nil
}
