package hotspot

import (
	"hexspot/witness"
	"hexspot/witness/log"
)

// LogDoubt is a log that the network does not prove to be one with what was seen of it. It is
// not co-signed; what the network signed is worth being compared in public.
type LogDoubt struct {
	Epoch  witness.Epoch `json:"epoch"`
	Ingest string        `json:"ingest"`
	Seen   uint64        `json:"seen"`  // records in the last checkpoint that is kept
	Shown  uint64        `json:"shown"` // in the one that nothing leads to
}

// doubts are those of now, a bounded number.
func (f *follow) doubts() (list []LogDoubt) {
	for _, d := range f.follower.Doubts() {
		if len(list) < mostEvidence {
			list = append(list, LogDoubt{d.Seen.Epoch, d.Seen.Ingest.String(), d.Seen.Size, d.Shown.Size})
		}
	}
	return list
}

// tellDoubts logs what has become a doubt.
func (f *follow) tellDoubts() {
	now := map[log.Name]bool{}
	for _, d := range f.follower.Doubts() {
		name := d.Seen.Name
		if now[name] = true; !f.doubted[name] {
			f.parts.Log.Warn("the network does not prove that its log is one with what was seen of it: it is not co-signed",
				"log", name, "seen", d.Seen.Size, "shown", d.Shown.Size)
		}
	}
	f.doubted = now
}
