package journal

import "sync/atomic"

// usage is about how full the log is: what it said last, and what was stored here since. What the
// log knew already takes no room again.
type usage struct{ said, since, most atomic.Int64 }

// entryOverhead is about what the log keeps with an entry besides what it is made of.
const entryOverhead = 64

func (u *usage) add(e entry) {
	u.since.Add(int64(len(e.subject) + len(e.id) + len(e.data) + entryOverhead))
}

func (u *usage) set(s Status, reserve int64) {
	u.since.Store(0)
	u.said.Store(s.Bytes)
	u.most.Store(s.room(reserve))
}

// room is how many bytes the log can have: its limit, or less if the disk has no more to give.
func (s Status) room(reserve int64) int64 {
	if s.Free < 0 {
		return s.Most
	}
	return min(s.Most, s.Bytes+max(s.Free-reserve, 0))
}

// Used is about how many bytes the log uses, and how many it can have: its limit, or what the disk
// has room for. The log is asked every ten seconds while Run runs, and what was stored here meanwhile
// is added; before that nothing of the configured limit is used.
func (j *Journal) Used() (used, most int64) {
	u := &j.committer.used
	return u.said.Load() + u.since.Load(), u.most.Load()
}
