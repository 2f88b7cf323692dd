package journal

// recentLength is how many ids are remembered, some 100 bytes each.
const recentLength = 4096

// recentIDs are the last ids that became durable.
type recentIDs struct {
	known map[string]struct{}
	ring  []string
	next  int
}

func newRecentIDs(most int) recentIDs {
	return recentIDs{known: make(map[string]struct{}), ring: make([]string, most)}
}

func (r *recentIDs) has(id string) bool {
	_, ok := r.known[id]
	return ok
}

// add remembers an id in the place of the oldest.
func (r *recentIDs) add(id string) {
	if r.has(id) {
		return
	}
	delete(r.known, r.ring[r.next])
	r.ring[r.next] = id
	r.known[id] = struct{}{}
	r.next = (r.next + 1) % len(r.ring)
}
