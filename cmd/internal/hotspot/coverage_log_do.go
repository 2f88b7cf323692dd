package hotspot

import (
	"fmt"
	"time"

	"hexspot/witness"
	"hexspot/witness/log"
)

// LogStatus says how the network's log is followed.
type LogStatus struct {
	Epoch    witness.Epoch `json:"epoch"`              // of the latest log that was seen
	Records  uint64        `json:"records"`            // in its last checkpoint
	Cosigned uint64        `json:"cosigned"`           // checkpoints, since the start
	Unproven []LogDoubt    `json:"unproven,omitempty"` // logs of which no proof comes that they grew
	GivenUp  int           `json:"given_up,omitempty"` // receipts whose record the network does not prove
	Evidence []string      `json:"evidence,omitempty"` // files with what it did wrong
}

// do does what is wanted, in its order: what is not written down is not co-signed.
func (f *follow) do(m log.Moves) {
	for _, e := range m.Found {
		f.accuse(e)
	}
	for _, n := range m.Keep {
		f.keep(n)
	}
	for _, n := range m.Cosigned {
		f.cosign(n)
	}
}

// cosign sends a co-signature, once in a session: the same checkpoint is shown again with each
// new one of another log.
func (f *follow) cosign(n log.Note) {
	c := n.Checkpoint()
	if _, missing := f.unkept[c.Name]; f.notes == "" || missing || f.signed[c.Name] == c {
		return
	}
	f.signed[c.Name] = c
	f.cosigned++
	f.parts.Link.Tell("cosign", []byte(n.String()))
}

// signAgain has what was shown last, and what is shown next, co-signed, also if it was: the network
// may not have taken it.
func (f *follow) signAgain() {
	clear(f.signed)
	if f.pending == nil {
		f.pending = f.latest
	}
}

// keep writes a checkpoint down; what the disk does not take is tried again, and keeps only
// its own log from being co-signed.
func (f *follow) keep(n log.Note) {
	if f.notes == "" {
		return
	}
	name := n.Checkpoint().Name
	if err := f.notes.keep(n); err != nil {
		if _, told := f.unkept[name]; !told {
			f.parts.Log.Warn("a checkpoint of a log of the network's cannot be kept: the log is not co-signed", "log", name, "error", err)
		}
		f.unkept[name] = n
		return
	}
	delete(f.unkept, name)
	for other := range f.unkept {
		if isOver(other.Epoch, name.Epoch) {
			delete(f.unkept, other)
		}
	}
	if err := f.notes.forget(name.Epoch); err != nil {
		f.parts.Log.Debug("old checkpoints cannot be removed", "error", err)
	}
}

// unproven is evidence that is not on disk, and its place in the list of evidence.
type unproven struct {
	at       int
	evidence log.Evidence
}

// accuse writes evidence down and tells of it once. The first against a log is always
// written: a start must not forget it.
func (f *follow) accuse(e log.Evidence) {
	if f.accused[e.Log()] && len(f.evidence) >= mostEvidence {
		return
	}
	f.accused[e.Log()] = true
	where := "nowhere: coverage.checkpoints is not set"
	if f.notes != "" {
		path, err := f.notes.accuse(e, proofMode)
		if where = path; err != nil {
			where = fmt.Sprintf("not written: %v", err)
			f.unproven = append(f.unproven, &unproven{len(f.evidence), e})
		}
	}
	f.parts.Log.Error("the network's log broke a promise and is not co-signed any more", "kind", e.Kind, "what", e, "evidence", where)
	f.evidence = append(f.evidence, where)
}

// retry writes down what the disk has not taken so far.
func (f *follow) retry() {
	if len(f.unkept)+len(f.unproven) == 0 || time.Since(f.tried) < lookPause {
		return
	}
	f.tried = time.Now()
	for _, n := range f.unkept {
		f.keep(n)
	}
	for len(f.unproven) > 0 {
		u := f.unproven[0]
		path, err := f.notes.accuse(u.evidence, proofMode)
		if err != nil {
			return
		}
		f.evidence[u.at], f.unproven = path, f.unproven[1:]
	}
}

// status tells how things stand, nil if no checkpoint was seen.
func (f *follow) status() *LogStatus {
	seen, ok := f.follower.Seen()
	if !ok && len(f.evidence) == 0 {
		return nil
	}
	return &LogStatus{seen.Epoch, seen.Size, f.cosigned, f.doubts(), f.follower.GivenUp(), append([]string{}, f.evidence[:min(len(f.evidence), mostEvidence)]...)}
}
