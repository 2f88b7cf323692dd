package lns

import (
	"slices"
	"time"

	"hexspot/radio"
)

// margin is the time a gateway needs between transmissions, and what the server's
// clock does not know of the gateway's.
const margin = 50 * time.Millisecond

// span is when a gateway sends, by the server's clock.
type span struct {
	id       uint32
	from, to time.Duration
}

// plans are what each gateway has been asked to send.
type plans map[radio.EUI][]span

// free says whether a gateway has nothing to send in a time.
func (p plans) free(gateway radio.EUI, from, to time.Duration) bool {
	return !slices.ContainsFunc(p[gateway], func(s span) bool { return from < s.to+margin && s.from < to+margin })
}

// take notes a transmission, and forgets those that are over.
func (p plans) take(at time.Duration, gateway radio.EUI, s span) {
	kept := slices.DeleteFunc(p[gateway], func(s span) bool { return s.to < at })
	p[gateway] = append(kept, s)
}

// release forgets a transmission.
func (p plans) release(gateway radio.EUI, id uint32) {
	p[gateway] = slices.DeleteFunc(p[gateway], func(s span) bool { return s.id == id })
}
