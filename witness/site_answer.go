package witness

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// SiteTaken is what a network answers on a site change that it has entered: a JSON object
// like a Refusal's, and as little signed.
type SiteTaken struct {
	Report [sha256.Size]byte // SHA-256 of the change as it was published
	Nonce  uint64            // of the change
	From   Epoch             // in which the site begins
}

// siteTakenJSON is a SiteTaken on its way.
type siteTakenJSON struct {
	Report string `json:"report"`
	Nonce  uint64 `json:"change"`
	From   Epoch  `json:"from_epoch"`
}

// Append appends the message.
func (t SiteTaken) Append(b []byte) []byte {
	text, err := json.Marshal(siteTakenJSON{hex.EncodeToString(t.Report[:]), t.Nonce, t.From})
	if err != nil { // strings and numbers cannot fail
		panic(err)
	}
	return append(b, text...)
}

// ParseSiteTaken reads such an answer. A Refusal is none.
func ParseSiteTaken(b []byte) (SiteTaken, error) {
	var j siteTakenJSON
	if err := decodeStrictly(b, &j); err != nil {
		return SiteTaken{}, fmt.Errorf("answer on a site: %w", err)
	}
	t := SiteTaken{Nonce: j.Nonce, From: j.From}
	sum, err := hex.DecodeString(j.Report)
	if err != nil || len(sum) != len(t.Report) {
		return SiteTaken{}, errors.New("answer on a site: report is no SHA-256 in hexadecimal")
	}
	copy(t.Report[:], sum)
	if t.From >= maxEpoch {
		return SiteTaken{}, errors.New("answer on a site: the epoch is out of range")
	}
	return t, nil
}
