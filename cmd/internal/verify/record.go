package verify

import (
	"encoding/binary"
	"strings"

	"hexspot/radio"
	"hexspot/witness"
)

// Record is a record as the journal has it.
type Record struct {
	Kind    string         // what follows "rec." in its subject
	Stamp   witness.Millis // when it was received, journaled or published
	Message []byte         // as it is in the protocol
}

// The kinds that a verdict follows from. Others are passed over.
const (
	kindBeacon    = string(radio.KindBeacon)
	kindDiscovery = string(radio.KindDiscovery)
	kindWitness   = string(radio.KindWitness)
	kindAnchor    = string(radio.KindAnchor)
	kindValue     = "value"
)

// Subjects are those of the journal that have the records.
func Subjects() []string {
	var subjects []string
	for _, kind := range [...]string{kindBeacon, kindWitness, kindAnchor, kindValue} {
		subjects = append(subjects, "rec."+kind+".*")
	}
	return subjects
}

// stampSize is the time ahead of each message in the journal.
const stampSize = 8

// ParseRecord reads an entry of the journal, false if it is no record: its subject is
// none, or there is no time.
func ParseRecord(subject string, data []byte) (Record, bool) {
	name, ok := strings.CutPrefix(subject, "rec.")
	kind, _, whole := strings.Cut(name, ".")
	if !ok || !whole || len(data) < stampSize {
		return Record{}, false
	}
	return Record{kind, witness.Millis(binary.BigEndian.Uint64(data)), data[stampSize:]}, true
}
