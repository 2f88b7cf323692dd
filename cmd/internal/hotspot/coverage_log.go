package hotspot

import (
	"context"
	"errors"
	"maps"
	"time"

	"hexspot/witness"
	"hexspot/witness/log"
)

// follow is the hotspot's eye on the network's log: it does what a log.Follower wants done.
type follow struct {
	parts    *CoverageParts
	follower *log.Follower
	notes    noteDir // empty: nothing is kept, and nothing co-signed

	pending []byte // shown while it was not known which epoch it is

	asked    string // what the network was asked last
	askedAt  time.Time
	waits    bool                        // for the answer to that
	since    time.Time                   // when the wait began, which another question does not end
	latest   []byte                      // shown last
	doubted  map[log.Name]bool           // logs whose growth is not proven, which was told
	signed   map[log.Name]log.Checkpoint // co-signed last in this session
	unkept   map[log.Name]log.Note       // checkpoints that could not be written down, which was told
	unproven []*unproven
	tried    time.Time // when what is not on disk was last tried
	cosigned uint64
	evidence []string          // where it is
	accused  map[log.Name]bool // logs that there is evidence against
}

const (
	askPause     = 30 * time.Second // until an answer is given up, and asked for again
	mostEvidence = 32               // files in the status, and of more than one for a log
)

func newFollow(p *CoverageParts) *follow {
	return &follow{
		parts: p, follower: log.NewFollower(p.Signer, p.Network), notes: noteDir(p.Checkpoints),
		unkept: map[log.Name]log.Note{}, accused: map[log.Name]bool{}, signed: map[log.Name]log.Checkpoint{},
	}
}

// restore takes the checkpoints that were seen before the start, and the receipts of the
// logs that may still grow, which may not have been looked for.
func (f *follow) restore(ctx context.Context) {
	if f.notes == "" {
		return
	}
	f.restoreProofs()
	f.restoreNotes()
	seen, ok := f.follower.Seen()
	if !ok || f.parts.Receipts == nil {
		return
	}
	receipts, err := f.parts.Receipts(ctx, seen.Epoch-min(1, seen.Epoch)) // the epoch before may grow for some hours
	if err != nil {
		f.parts.Log.Warn("receipts on disk cannot be read: their records are not looked for in the network's log", "error", err)
	}
	for _, r := range receipts {
		f.do(f.follower.Hold(r))
	}
}

// restoreProofs has the logs distrusted that broke a promise before the start. Evidence that
// needs a bundle to convince, and that of other networks, is somebody else's matter.
func (f *follow) restoreProofs() {
	err := f.notes.proofs(func(path string, e *log.Evidence) {
		if f.follower.Distrust(*e) != nil {
			return
		}
		f.accused[e.Log()] = true
		if len(f.evidence) < mostEvidence {
			f.evidence = append(f.evidence, path)
		}
	})
	if err != nil {
		f.parts.Log.Warn("evidence on disk cannot be read: what its log shows may be co-signed again", "error", err)
	}
}

func (f *follow) restoreNotes() {
	list, err := f.notes.read(f.parts.Network)
	for _, n := range list {
		err = errors.Join(err, f.follower.Restore(n))
	}
	if err != nil {
		f.parts.Log.Warn("checkpoints of the network's log cannot be read: its growth since then is not checked", "error", err)
	}
}

// shown takes the checkpoints that the network shows. Those of epochs that are far away
// are none that a network has reason to show.
func (f *follow) shown(list []log.Shown, now witness.Epoch) {
	maps.DeleteFunc(f.signed, func(n log.Name, _ log.Checkpoint) bool { return isOver(n.Epoch, now) })
	for _, s := range list {
		if e := s.Note.Checkpoint().Epoch; e > now+1 || isOver(e, now) {
			continue
		}
		f.do(f.follower.Show(s))
	}
	f.ask()
}

// hold takes a receipt, whose record is to be in the log.
func (f *follow) hold(r log.Receipt) {
	f.do(f.follower.Hold(r))
	f.ask()
}

// answered takes a proof.
func (f *follow) answered(payload []byte) error {
	a, err := log.ParseAnswer(payload)
	if err != nil {
		return err
	}
	moves, err := f.follower.Hear(a)
	if a.Ask == f.asked {
		f.waits = false
	}
	if err == nil {
		f.asked = "" // else the same is asked again after a while
	}
	f.do(moves)
	f.ask()
	return err
}

// ask asks the network for what is lacking.
func (f *follow) ask() {
	f.tellDoubts()
	q := f.follower.Question()
	if q == "" || !f.parts.Link.Online() {
		f.waits = false // nobody is asked, or can answer
		return
	}
	now := time.Now()
	if f.waits && now.Sub(f.since) >= askPause {
		f.since = now
		f.follower.Unanswered()
		f.ask()
		return
	}
	if q == f.asked && now.Sub(f.askedAt) < askPause {
		return
	}
	if !f.waits {
		f.since = now
	}
	f.asked, f.askedAt, f.waits = q, now, true
	f.parts.Link.Tell("ask", []byte(q))
}

// begin begins a session: what was asked in another one has no answer in this one, and what was
// shown last is taken again.
func (f *follow) begin() {
	f.asked, f.waits = "", false
	f.signAgain()
}

// readCheckpoints takes what the network shows of its log.
func (c *Coverage) readCheckpoints(payload []byte) error {
	list, err := log.ParseShown(payload, c.parts.Network, c.ingests()...)
	if err != nil {
		return err
	}
	now, trusted := c.now()
	timing, known := c.chains.Timing(now)
	if !known || !trusted {
		c.log.pending = payload // until it is known which epoch it is
		return nil
	}
	c.log.pending, c.log.latest = nil, payload
	c.log.shown(list, timing.Epoch(timing.SlotAt(now)))
	return nil
}

// lookAtLog takes what could not be taken before, and asks again what was not answered.
func (c *Coverage) lookAtLog() {
	if c.log.pending != nil {
		if err := c.readCheckpoints(c.log.pending); err != nil {
			c.parts.Log.Debug("checkpoints cannot be used any more", "error", err)
			c.log.pending = nil
		}
	}
	c.log.retry()
	c.log.ask()
}
