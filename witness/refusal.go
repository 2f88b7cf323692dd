package witness

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// RefusalReason names why an ingest does not take a report (protocol hexspot/1,
// "Reports").
type RefusalReason string

// The reasons. Only those of Again may go away.
const (
	RefusedSize      RefusalReason = "size"      // more than 4,096 bytes
	RefusedRate      RefusalReason = "rate"      // more reports than one station may send
	RefusedEncoding  RefusalReason = "encoding"  // not the one encoding of a record, or of its body
	RefusedTopic     RefusalReason = "topic"     // the record is of another kind than the topic
	RefusedStation   RefusalReason = "station"   // the record is of another station than the one that sends it
	RefusedNetwork   RefusalReason = "network"   // signed for another network that the ingest knows
	RefusedSignature RefusalReason = "signature" // wrong, or for a network that the ingest does not know
	RefusedRange     RefusalReason = "range"     // a value outside the protocol's bounds
	RefusedEpoch     RefusalReason = "epoch"     // an observation more than 5 s outside the record's epoch
	RefusedFuture    RefusalReason = "future"    // of a time more than 5 s ahead
	RefusedPast      RefusalReason = "past"      // of an epoch whose log the ingest has put away
	RefusedUnknown   RefusalReason = "unknown"   // the registry knows no site of the station
	RefusedQuota     RefusalReason = "quota"     // more of its epoch than one station may report

	RefusedSite     RefusalReason = "site"     // a site change states what no site can be
	RefusedDeadline RefusalReason = "deadline" // the deadline of a site change has passed
	RefusedNonce    RefusalReason = "nonce"    // a site change is not the station's next
	RefusedOwner    RefusalReason = "owner"    // the account that owns the station so far has not signed its site change
)

// refusalReasons says of each whether the same report may be taken later.
var refusalReasons = map[RefusalReason]bool{
	RefusedSize: false, RefusedRate: true, RefusedEncoding: false, RefusedTopic: false, RefusedStation: false,
	RefusedNetwork: false, RefusedSignature: false, RefusedRange: false, RefusedEpoch: false, RefusedFuture: true,
	RefusedPast: false, RefusedUnknown: true, RefusedQuota: false,
	RefusedSite: false, RefusedDeadline: false, RefusedNonce: false, RefusedOwner: false,
}

// Again says whether the same report may be taken later: keep it and send it again.
func (r RefusalReason) Again() bool { return refusalReasons[r] }

// MaxRefusal is the most bytes an encoded Refusal may have.
const MaxRefusal = 1024

// maxRefusalText bounds the text, of which JSON may make six times as many bytes.
const maxRefusalText = 120

// Refusal is what an ingest answers, instead of a receipt, on a report that it does not
// take. It is not signed: it is worth no more than the session it comes in.
type Refusal struct {
	Report [sha256.Size]byte // SHA-256 of the payload that was refused, as it was published
	Reason RefusalReason
	Text   string // for people; printable ASCII
}

// RefusalOf refuses a payload.
func RefusalOf(payload []byte, reason RefusalReason, text string) Refusal {
	return Refusal{sha256.Sum256(payload), reason, printable(text)}
}

// printable keeps what can be shown anywhere.
func printable(text string) string {
	text = strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return '?'
		}
		return c
	}, text)
	return text[:min(len(text), maxRefusalText)]
}

// refusalJSON is a Refusal on its way.
type refusalJSON struct {
	Report  string        `json:"report"`
	Refused RefusalReason `json:"refused"`
	Text    string        `json:"text"`
}

// Append appends the message: a JSON object, which begins with another byte than any
// receipt.
func (r Refusal) Append(b []byte) []byte {
	text, err := json.Marshal(refusalJSON{hex.EncodeToString(r.Report[:]), r.Reason, printable(r.Text)})
	if err != nil { // strings cannot fail
		panic(err)
	}
	return append(b, text...)
}

// IsRefusal says whether what came as an answer is a refusal and no receipt.
func IsRefusal(b []byte) bool { return len(b) > 0 && b[0] == '{' }

// ParseRefusal reads a refusal. A reason that is unknown is kept: networks may have
// more.
func ParseRefusal(b []byte) (Refusal, error) {
	var j refusalJSON
	if err := decodeStrictly(b, &j); err != nil {
		return Refusal{}, fmt.Errorf("refusal: %w", err)
	}
	r := Refusal{Reason: j.Refused, Text: printable(j.Text)}
	sum, err := hex.DecodeString(j.Report)
	if err != nil || len(sum) != len(r.Report) {
		return Refusal{}, errors.New("refusal: report is no SHA-256 in hexadecimal")
	}
	copy(r.Report[:], sum)
	if len(j.Refused) > 32 || printable(string(j.Refused)) != string(j.Refused) || j.Refused == "" {
		return Refusal{}, errors.New("refusal: want a reason of 1 to 32 printable characters")
	}
	return r, nil
}

// decodeStrictly reads one JSON object of bounded size without unknown fields.
func decodeStrictly(b []byte, into any) error {
	if len(b) > MaxRefusal {
		return fmt.Errorf("%d bytes, at most %d", len(b), MaxRefusal)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.InputOffset() != int64(len(b)) {
		return errors.New("something follows")
	}
	return nil
}
