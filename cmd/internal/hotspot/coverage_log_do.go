package hotspot

import (
	"fmt"

	"hexspot/witness"
	"hexspot/witness/log"
)

// LogStatus says how the network's log is followed.
type LogStatus struct {
	Epoch    witness.Epoch `json:"epoch"`              // of the latest log that was seen
	Records  uint64        `json:"records"`            // in its last checkpoint
	Cosigned uint64        `json:"cosigned"`           // checkpoints, since the start
	Evidence []string      `json:"evidence,omitempty"` // files with what it did wrong
}

// do does what is wanted, in its order: what is not written down is not co-signed.
func (f *follow) do(m log.Moves) {
	for _, e := range m.Found {
		f.accuse(e)
	}
	for _, n := range m.Keep {
		if !f.keep(n) {
			return
		}
	}
	if f.notes == "" || f.unkept {
		return
	}
	for _, n := range m.Cosigned {
		f.cosigned++
		f.parts.Link.Tell("cosign", []byte(n.String()))
	}
}

func (f *follow) keep(n log.Note) bool {
	if f.notes == "" {
		return true
	}
	err := f.notes.keep(n)
	if err != nil && !f.unkept {
		f.parts.Log.Warn("checkpoints of the network's log cannot be kept: none is co-signed", "error", err)
	}
	f.unkept = err != nil
	return err == nil
}

// accuse writes evidence down and tells of it once.
func (f *follow) accuse(e log.Evidence) {
	if len(f.evidence) >= mostEvidence {
		return
	}
	where := "nowhere: coverage.checkpoints is not set"
	if f.notes != "" {
		path, err := f.notes.accuse(e)
		if where = path; err != nil {
			where = fmt.Sprintf("not written: %v", err)
		}
	}
	f.parts.Log.Error("the network's log broke a promise and is not co-signed any more", "kind", e.Kind, "what", e, "evidence", where)
	f.evidence = append(f.evidence, where)
}

// status tells how things stand, nil if no checkpoint was seen.
func (f *follow) status() *LogStatus {
	seen, ok := f.follower.Seen()
	if !ok && len(f.evidence) == 0 {
		return nil
	}
	return &LogStatus{seen.Epoch, seen.Size, f.cosigned, append([]string{}, f.evidence...)}
}
