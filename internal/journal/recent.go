package journal

// recentLength is how many ids are remembered, some 100 bytes each.
const recentLength = 4096

// recentIDs are the last ids that became durable.
type recentIDs struct {
	known map[string]struct{}
	ring  []string // grows to most
	next  int
	most  int
}

func newRecentIDs(most int) recentIDs {
	return recentIDs{known: make(map[string]struct{}), most: most}
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
	r.known[id] = struct{}{}
	if len(r.ring) < r.most {
		r.ring = append(r.ring, id)
		return
	}
	delete(r.known, r.ring[r.next])
	r.ring[r.next] = id
	r.next = (r.next + 1) % r.most
}
