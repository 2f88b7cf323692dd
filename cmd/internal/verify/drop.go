package verify

import (
	"fmt"
	"maps"
	"slices"
)

// Drop names why a record, or one observation of it, gets no verdict. It is an error.
type Drop string

// The drops. A record that is not of the epoch is none: it is another's.
const (
	DropEncoding  Drop = "encoding"  // no canonical record, or body
	DropKind      Drop = "kind"      // not what its subject says, or a kind that nobody reports
	DropSignature Drop = "signature" // wrong, or of whom may not sign it
	DropRange     Drop = "range"     // its stamp, slot or epoch is out of the protocol's ranges: of no epoch, so of no case
	DropAgain     Drop = "again"     // the same record is there with an earlier time
	DropFrame     Drop = "frame"     // an observation of neither frame, or of no reception
	DropCopies    Drop = "copies"    // of one station and tag, past those that count
	DropTags      Drop = "tags"      // an observation of a tag past the first of its slot
	DropDiscovery Drop = "discovery" // a discovery beacon, or an observation of one: no case
	DropAnchor    Drop = "anchor"    // void, or another one has its end and revision
	DropValue     Drop = "value"     // leads to no anchor
	DropAppeal    Drop = "appeal"    // one that came again, one past the first of its station, or of a station without a site
)

// Error says the name.
func (d Drop) Error() string { return "no verdict on this record: " + string(d) }

// Drops counts what got no verdict, by name.
type Drops map[Drop]int64

func (d Drops) add(o Drops) {
	for name, n := range o {
		d[name] += n
	}
}

// String gives "name=number ..." by name.
func (d Drops) String() string {
	text := ""
	for _, name := range slices.Sorted(maps.Keys(d)) {
		if text != "" {
			text += " "
		}
		text += fmt.Sprintf("%s=%d", string(name), d[name])
	}
	return text
}
