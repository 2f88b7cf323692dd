package stations

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"hexspot/internal/journal"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// journaled is what a journal has.
type journaled struct {
	network radio.Network
	timing  witness.Timing
	uplinks Found
	records map[radio.RecordID]*journaledRecord
	anchors map[witness.Slot]bool // by the end of their chain
	values  map[witness.Slot]bool
	heads   map[witness.Epoch]log.Head // of the final checkpoints
	marks   map[witness.Epoch]log.Head // of the high-water marks
	chains  *witness.Chains
	faults  []string
}

type journaledRecord struct {
	copies int
	first  witness.Millis // when it was received, by the first copy
}

func newJournaled(network radio.Network, t witness.Timing) *journaled {
	return &journaled{
		network: network, timing: t, chains: witness.NewChains(network), uplinks: Found{}, records: map[radio.RecordID]*journaledRecord{},
		anchors: map[witness.Slot]bool{}, values: map[witness.Slot]bool{},
		heads: map[witness.Epoch]log.Head{}, marks: map[witness.Epoch]log.Head{},
	}
}

func (j *journaled) faultf(format string, args ...any) {
	j.faults = append(j.faults, fmt.Sprintf(format, args...))
}

var errNotOurs = errors.New("nobody sent it")

// add takes one entry. What is wrong with it is a fault, and the reading goes on.
func (j *journaled) add(r journal.Record) error {
	if err := j.take(r); err != nil {
		j.faultf("journal, entry %d (%s): %v", r.Seq, r.Subject, err)
	}
	return nil
}

func (j *journaled) take(r journal.Record) error {
	if strings.HasPrefix(r.Subject, "pkt.") {
		if !j.uplinks.Add(r.Data) {
			return errNotOurs
		}
		return nil
	}
	if len(r.Data) < 8 {
		return errNotOurs
	}
	at, message := witness.Millis(binary.BigEndian.Uint64(r.Data)), r.Data[8:]
	switch kind := strings.Split(r.Subject, ".")[1]; kind {
	case "value":
		return j.takeValue(at, message)
	case "checkpoint":
		note, err := log.ParseNote(message)
		return errors.Join(err, j.takeHead(j.heads, note.Checkpoint().Epoch, note.Checkpoint().Head))
	default:
		signed, err := radio.ParseSigned(message)
		if err != nil {
			return err
		}
		if string(signed.Kind) != kind {
			return fmt.Errorf("a record of kind %s", signed.Kind)
		}
		return j.takeSigned(at, r.ID, signed)
	}
}

func (j *journaled) takeSigned(at witness.Millis, id string, s radio.Signed) error {
	switch s.Kind {
	case radio.KindAnchor:
		return j.takeAnchor(at, s)
	case radio.KindHighWater:
		mark, err := witness.ParseHighWater(s.Body)
		return errors.Join(err, j.takeHead(j.marks, mark.Epoch, log.Head{Size: mark.Size, Root: mark.Root}))
	}
	record := s.ID(j.network)
	if record.String() != id {
		return fmt.Errorf("record %s has the id %s", record, id)
	}
	if j.records[record] == nil {
		j.records[record] = &journaledRecord{first: at}
	}
	j.records[record].copies++
	return nil
}

// takeAnchor wants one anchor a chain, journaled before its first slot.
func (j *journaled) takeAnchor(at witness.Millis, s radio.Signed) error {
	a, err := witness.ParseAnchor(s.Body)
	if err != nil {
		return err
	}
	j.chains.Expire(at - longOver)
	known := j.anchors[a.To]
	switch {
	case a.Revision != 0:
		return fmt.Errorf("the chain to slot %d has revision %d: a seed was lost", a.To, a.Revision)
	case at > a.Begins() && !known:
		return fmt.Errorf("the anchor to slot %d was journaled %v after its chain began", a.To, (at - a.Begins()).Duration())
	}
	if err := j.chains.AddAnchor(s); err != nil {
		return err
	}
	j.anchors[a.To] = true
	return nil
}

// takeValue wants a value that leads to an anchor and was published in its slot or later.
func (j *journaled) takeValue(at witness.Millis, message []byte) error {
	values, err := witness.ParseValues(message)
	if err != nil || len(values) != 1 {
		return fmt.Errorf("%d values, want one (%v)", len(values), err)
	}
	v := values[0]
	if early := j.timing.Start(v.Slot) - at; early > 0 {
		return fmt.Errorf("the value of slot %d was published %v early", v.Slot, early.Duration())
	}
	if err := j.chains.AddValue(v); err != nil {
		return err
	}
	j.values[v.Slot] = true
	return nil
}

// takeHead wants the same one each time.
func (j *journaled) takeHead(heads map[witness.Epoch]log.Head, epoch witness.Epoch, head log.Head) error {
	if was, known := heads[epoch]; known && was != head {
		return fmt.Errorf("epoch %d was frozen with %d records, and then with %d", epoch, was.Size, head.Size)
	}
	heads[epoch] = head
	return nil
}
