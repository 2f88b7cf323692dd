package hotspot

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"hexspot/radio"
	"hexspot/witness"
)

// openReceipt reads a receipt, which the network's key or one of the ingests must have
// signed, and says of which record it is.
func openReceipt(b []byte, network radio.Network, ingests []radio.Station) (radio.RecordID, error) {
	s, err := radio.ParseSigned(b)
	if err != nil {
		return radio.RecordID{}, err
	}
	if s.Kind != radio.KindReceipt {
		return radio.RecordID{}, fmt.Errorf("a record of kind %s is no receipt", s.Kind)
	}
	if err := s.Verify(network, ingests...); err != nil {
		return radio.RecordID{}, err
	}
	receipt, err := witness.ParseReceipt(s.Body)
	return receipt.Record, err
}

// refusal says that the network does not take a report. It is a JSON object, which
// begins with another byte than any receipt.
type refusal struct {
	Report string `json:"report"`  // SHA-256 of what was published, in hexadecimal
	Reason string `json:"refused"` // the name
	Text   string `json:"text"`    // for people, not used
}

const (
	maxRefusal = 1024
	maxReason  = 32
)

func isRefusal(b []byte) bool { return len(b) > 0 && b[0] == '{' }

// parseRefusal reads a refusal. The reason is 1 to 32 of a-z and _, since it is logged
// and kept.
func parseRefusal(b []byte) (report [sha256.Size]byte, reason string, err error) {
	if len(b) > maxRefusal {
		return report, "", fmt.Errorf("a refusal of %d bytes, at most %d", len(b), maxRefusal)
	}
	var r refusal
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return report, "", fmt.Errorf("a refusal: %w", err)
	}
	if d.InputOffset() != int64(len(b)) {
		return report, "", errors.New("something follows a refusal")
	}
	sum, err := hex.DecodeString(r.Report)
	if err != nil || len(sum) != len(report) {
		return report, "", errors.New("a refusal without the hash of a report")
	}
	copy(report[:], sum)
	return report, r.Reason, checkReason(r.Reason)
}

func checkReason(reason string) error {
	if n := len(reason); n == 0 || n > maxReason {
		return fmt.Errorf("the reason of a refusal has %d bytes: want 1 to %d", n, maxReason)
	}
	for _, c := range []byte(reason) {
		if (c < 'a' || c > 'z') && c != '_' {
			return errors.New("the reason of a refusal has other characters than a to z and _")
		}
	}
	return nil
}

// passing are the reasons that may go away: the same report is sent again later.
func passing(reason string) bool {
	switch reason {
	case "rate", "future", "unknown":
		return true
	}
	return false
}
