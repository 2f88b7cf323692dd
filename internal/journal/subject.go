package journal

import (
	"fmt"
	"strings"

	"hexspot/radio"
)

// Limits of an entry, in bytes.
const (
	MaxSubject = 128
	MaxID      = 64
	MaxData    = 1 << 20
)

// PacketSubject is where a gateway's messages of a kind are: "pkt.EUI.KIND".
func PacketSubject(eui radio.EUI, kind string) string { return "pkt." + eui.String() + "." + kind }

// RecordSubject is where records of a kind are, by the first byte of their beacon's
// tag, so that a reader can take a share of them: "rec.KIND.XX".
func RecordSubject(kind string, tag byte) string { return fmt.Sprintf("rec.%s.%02x", kind, tag) }

// subjects are all that the stream takes.
var subjects = []string{"pkt.>", "rec.>"}

// checkEntry refuses what the log or its files could not hold.
func checkEntry(e entry) error {
	switch {
	case !isSubject(e.subject):
		return fmt.Errorf("%w: subject %q", ErrInvalid, e.subject[:min(len(e.subject), MaxSubject)])
	case !isID(e.id):
		return fmt.Errorf("%w: an id has 1 to %d printable characters without spaces", ErrInvalid, MaxID)
	case len(e.data) > MaxData:
		return fmt.Errorf("%w: %d bytes, at most %d", ErrInvalid, len(e.data), MaxData)
	}
	return nil
}

// isSubject says whether s names one subject below pkt or rec: three levels of lower-case
// letters, digits, - and _, so that no wildcard, space or empty level can be in it.
func isSubject(s string) bool {
	levels := strings.Split(s, ".")
	if len(s) > MaxSubject || len(levels) != 3 || levels[0] != "pkt" && levels[0] != "rec" {
		return false
	}
	for _, level := range levels {
		if level == "" || strings.ContainsFunc(level, isForbidden) {
			return false
		}
	}
	return true
}

func isForbidden(c rune) bool {
	return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_'
}

func isID(s string) bool {
	isOdd := func(c rune) bool { return c <= ' ' || c > '~' }
	return s != "" && len(s) <= MaxID && !strings.ContainsFunc(s, isOdd)
}
