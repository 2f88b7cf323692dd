package log

import (
	"cmp"
	"crypto"
	"errors"
	"fmt"
	"maps"
	"slices"

	"hexspot/radio"
)

// Follower is a station's eye on the logs of a network, as a state machine: it remembers
// of each log the last checkpoint that grew from those before, co-signs it, looks
// for the records of its receipts in it, and has evidence when a promise was broken. A log that
// broke one is not co-signed any more. What it lacks to go on it asks for. It does no I/O and is
// not safe for use by several goroutines.
type Follower struct {
	signer  crypto.Signer
	network radio.Network
	logs    map[Name]*followed
}

// followed is one log.
type followed struct {
	name   Name
	seen   Note  // the zero one: none
	next   Shown // not known to be of one growing log with seen; the zero note: none
	end    Shown // that the log is to end with; a nil mark: not shown
	tries  int   // in vain, to have next proven
	doubt  Checkpoint
	faulty bool
	held   []held
}

// held is a receipt of the station's.
type held struct {
	Receipt
	done  bool // found, or given up
	tries int
}

// Bounds of a Follower: logs, receipts of a log, and how often it asks for one proof.
const (
	mostFollowed = 64
	mostHeld     = 256
	mostTries    = 3
)

// NewFollower follows no log yet.
func NewFollower(signer crypto.Signer, network radio.Network) *Follower {
	return &Follower{signer: signer, network: network, logs: make(map[Name]*followed)}
}

// Moves are what is to be done, in this order.
type Moves struct {
	Keep     []Note     // to be on disk before a co-signature leaves: a start must not forget them
	Cosigned []Note     // to be sent to the network: its signature and the station's
	Found    []Evidence // of broken promises
}

// log is what is known of a log. One of which there are only receipts makes room, the
// earliest, or else the one of the earliest epoch that broke no promise.
func (f *Follower) log(name Name) *followed {
	if l := f.logs[name]; l != nil {
		return l
	}
	if len(f.logs) >= mostFollowed {
		delete(f.logs, f.dispensable())
	}
	l := &followed{name: name}
	f.logs[name] = l
	return l
}

// hasRoom says that a log of which there is only a receipt pushes out none that was seen
// or broke a promise: a network could make a station forget what it saw.
func (f *Follower) hasRoom(name Name) bool {
	return f.logs[name] != nil || len(f.logs) < mostFollowed || !f.logs[f.dispensable()].isKnown()
}

// isKnown says that there is more of a log than receipts.
func (l *followed) isKnown() bool { return l.worth() > 0 }

// worth is how little a log can be spared: one that broke a promise least, or the network
// would have it forgiven by showing others.
func (l *followed) worth() int {
	switch {
	case l.faulty:
		return 2
	case l.seen.isThere():
		return 1
	}
	return 0
}

func (f *Follower) dispensable() Name {
	return slices.MinFunc(slices.Collect(maps.Values(f.logs)), func(a, b *followed) int {
		return cmp.Or(cmp.Compare(a.worth(), b.worth()), a.name.compare(b.name))
	}).name
}

// Restore takes a note that was kept before the start. Notes of other networks are refused.
func (f *Follower) Restore(n Note) error {
	if n.checkpoint.Network != f.network || !n.isThere() {
		return fmt.Errorf("a checkpoint of network %s, want %s", n.checkpoint.Network, f.network)
	}
	if l := f.log(n.checkpoint.Name); l.seen.checkpoint.Size <= n.checkpoint.Size {
		l.seen = n
	}
	return nil
}

// Distrust takes evidence that was kept before the start: its log is not co-signed any more.
// Evidence that convinces only with an epoch's bundle, and that of other networks, is refused. Of
// a log that was cut the station saw itself that the mark was shown as its last one.
func (f *Follower) Distrust(e Evidence) error {
	if name := e.Log(); name.Network != f.network {
		return fmt.Errorf("evidence against a log of network %s, want %s", name.Network, f.network)
	}
	if c := e.Condition(); c != "" && e.Kind != Cut {
		return fmt.Errorf("evidence that convinces only if %s", c)
	}
	f.log(e.Log()).faulty = true
	return nil
}

// Seen is the last checkpoint of the log of the latest epoch, false if there is none.
func (f *Follower) Seen() (last Checkpoint, ok bool) {
	for name, l := range f.logs {
		if l.seen.isThere() && (!ok || name.Epoch > last.Epoch) {
			last, ok = l.seen.checkpoint, true
		}
	}
	return last, ok
}

// Hold takes a receipt of the station's, to be looked for.
func (f *Follower) Hold(r Receipt) Moves {
	if !f.hasRoom(r.Log) {
		return Moves{}
	}
	l := f.log(r.Log)
	if l.faulty {
		return Moves{} // one evidence is enough
	}
	for _, h := range l.held {
		if h.Record == r.Record && h.Index == r.Index {
			return Moves{}
		}
		var fault *Fault
		if errors.As(CompareReceipts(h.Receipt, r), &fault) {
			l.faulty = true
			return Moves{Found: []Evidence{fault.Evidence}}
		}
	}
	if len(l.held) >= mostHeld {
		l.held = l.held[1:]
	}
	l.held = append(l.held, held{Receipt: r})
	found := l.beyond()
	l.faulty = l.faulty || len(found) > 0
	return Moves{Found: found}
}
