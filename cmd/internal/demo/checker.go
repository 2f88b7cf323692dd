package demo

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"

	"hexspot/radio"
)

// shownMost is how many faults are kept as text; all are counted.
const shownMost = 10

// content is what a frame is known by before it has a timestamp.
type content struct {
	hotspot radio.EUI
	phy     [sha256.Size]byte
}

// identity is what makes an uplink itself, over all resends.
type identity struct {
	content
	context radio.Timestamp
}

// checker compares what arrives with what was on the air: every good frame
// exactly once, unchanged, and no other. It is safe for several goroutines.
type checker struct {
	matched func(Reception, arrival) // is told of each good frame's first arrival
	patient bool                     // an arrival may come before its frame is expected, until nothing is expected any more

	mu       sync.Mutex
	early    map[content][]arrival   // of a patient checker
	expected map[content][]Reception // good and not yet arrived, in order of injection
	bad      map[content]bool        // on the air with a wrong CRC or none
	seen     map[identity]bool
	verdict  verdict
}

// verdict counts what was found so far.
type verdict struct {
	Expected   int      `json:"expected"`   // good frames injected
	Received   int      `json:"received"`   // messages that came, of any kind
	Matched    int      `json:"matched"`    // good frames that arrived
	Mismatched int      `json:"mismatched"` // of them, those with a wrong value
	Duplicated int      `json:"duplicated"` // came again
	BadArrived int      `json:"bad_arrived"`
	Unexpected int      `json:"unexpected"` // were never on the air: altered, or not ours
	Unreadable int      `json:"unreadable"`
	Faults     []string `json:"faults,omitempty"` // the first few, in words
}

// missing is how many good frames have not arrived.
func (v verdict) missing() int { return v.Expected - v.Matched }

// clean says that what arrived is what was sent, as far as it has arrived.
func (v verdict) clean() bool {
	return v.Mismatched+v.Duplicated+v.BadArrived+v.Unexpected+v.Unreadable == 0
}

func newChecker() *checker {
	return &checker{
		matched: func(Reception, arrival) {}, early: map[content][]arrival{},
		expected: map[content][]Reception{}, bad: map[content]bool{}, seen: map[identity]bool{},
	}
}

// expect is told of a frame just before it is put on the air; a patient checker,
// as soon as can be.
func (c *checker) expect(r Reception) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := content{r.Hotspot, sha256.Sum256(r.Frame.Payload)}
	if !r.Good() {
		c.bad[key] = true
		return
	}
	c.expected[key] = append(c.expected[key], r)
	c.verdict.Expected++
	if waiting := c.early[key]; len(waiting) > 0 {
		c.early[key] = waiting[1:]
		c.match(key, waiting[0])
	}
}

// expectNoMore ends patience: what has come by now and was not expected is judged.
func (c *checker) expectNoMore() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.patient = false
	for _, waiting := range c.early {
		for _, a := range waiting {
			delete(c.seen, identity{content{a.hotspot, a.phy}, a.context})
			c.judge(a)
		}
	}
	c.early = map[content][]arrival{}
}

// take is told of a message; it reports whether that was a good frame's first
// arrival.
func (c *checker) take(topic string, payload []byte) (of radio.EUI, arrived bool) {
	a, err := parseArrival(topic, payload)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.verdict.Received++
	if err != nil {
		c.fault(&c.verdict.Unreadable, "%v", err)
		return radio.EUI{}, false
	}
	return a.hotspot, c.judge(a)
}

func (c *checker) judge(a arrival) bool {
	key := content{a.hotspot, a.phy}
	id := identity{key, a.context}
	switch waiting := c.expected[key]; {
	case c.seen[id]:
		c.fault(&c.verdict.Duplicated, "%s came again: %v", a.hotspot, a.context)
	case len(waiting) > 0:
		c.seen[id] = true
		c.match(key, a)
		return true
	case c.patient && !c.bad[key]:
		c.seen[id] = true
		c.early[key] = append(c.early[key], a)
	case c.bad[key]:
		c.fault(&c.verdict.BadArrived, "%s: a frame without a good CRC arrived: %x", a.hotspot, a.phy[:8])
	default:
		c.fault(&c.verdict.Unexpected, "%s: a frame arrived that was not sent, or not so often: %x", a.hotspot, a.phy[:8])
	}
	return false
}

// match takes the reception off the list that the arrival fits, else the first.
func (c *checker) match(key content, a arrival) {
	waiting := c.expected[key]
	i := slices.IndexFunc(waiting, func(r Reception) bool { return len(differences(r, a)) == 0 })
	if i < 0 {
		i = 0
		c.fault(&c.verdict.Mismatched, "%s %x: %s", a.hotspot, a.phy[:8], strings.Join(differences(waiting[0], a), "; "))
	}
	c.verdict.Matched++
	c.matched(waiting[i], a)
	if waiting = slices.Delete(waiting, i, i+1); len(waiting) > 0 {
		c.expected[key] = waiting
	} else {
		delete(c.expected, key)
	}
}

func (c *checker) fault(count *int, format string, args ...any) {
	*count++
	if len(c.verdict.Faults) < shownMost {
		c.verdict.Faults = append(c.verdict.Faults, fmt.Sprintf(format, args...))
	}
}

// state is the verdict so far.
func (c *checker) state() verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := c.verdict
	v.Faults = slices.Clone(v.Faults)
	return v
}

// missingBy says which hotspots lack how many frames.
func (c *checker) missingBy() map[radio.EUI]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	by := map[radio.EUI]int{}
	for key, waiting := range c.expected {
		by[key.hotspot] += len(waiting)
	}
	return by
}
