package radio

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// MaxSigned is the most bytes an encoded Signed may have.
const MaxSigned = 4096

// Kind says what the body of a Signed is.
type Kind string

// The closed list of kinds (protocol hexspot/1, "Signed"), then those of appeals, which this
// software adds: they travel in an appeal and nowhere else.
const (
	KindBeacon    Kind = "beacon"
	KindDiscovery Kind = "discovery"
	KindWitness   Kind = "witness"
	KindSite      Kind = "site"
	KindHighWater Kind = "high_water"
	KindAnchor    Kind = "anchor"
	KindReceipt   Kind = "receipt"

	KindPositions Kind = "positions"
	KindAppeal    Kind = "appeal"
	KindAudit     Kind = "audit"
)

// ErrKind says that a record is of a kind that is not read where it stands.
var ErrKind = errors.New("there is no kind")

// ofAppeals says that a kind is one that only appeals have.
func (k Kind) ofAppeals() bool { return k == KindPositions || k == KindAppeal || k == KindAudit }

// signers are who may sign a kind.
type signers uint8

const (
	anyStation signers = iota + 1
	networkOrIngest
	networkAlone
)

// signers follows protocol hexspot/1, "Signed", and the message Anchor, which names the
// ingests that may sign receipts and high-water marks.
func (k Kind) signers() (signers, error) {
	switch k {
	case KindBeacon, KindDiscovery, KindWitness, KindSite, KindPositions, KindAppeal:
		return anyStation, nil
	case KindHighWater, KindReceipt:
		return networkOrIngest, nil
	case KindAnchor, KindAudit:
		return networkAlone, nil
	}
	return 0, fmt.Errorf("%w %.40q", ErrKind, string(k))
}

// RecordID names a record, whatever its signature.
type RecordID [sha256.Size]byte

// String gives 64 hexadecimal digits.
func (id RecordID) String() string { return hex.EncodeToString(id[:]) }

// Signed is a signed record (protocol hexspot/1, "Signed"). The body is
// verified as received and never encoded anew.
type Signed struct {
	Station   Station
	Kind      Kind
	Body      []byte // not empty
	Signature Signature
}

// Sign makes a record of a network with the key of a station.
func Sign(signer crypto.Signer, network Network, kind Kind, body []byte) (Signed, error) {
	station, err := StationOf(signer.Public())
	if err != nil {
		return Signed{}, fmt.Errorf("signing a record: %w", err)
	}
	s := Signed{Station: station, Kind: kind, Body: bytes.Clone(body)}
	if err := s.check(); err != nil {
		return Signed{}, fmt.Errorf("signing a record: %w", err)
	}
	if s.Signature, err = signAs(station, signer, s.Message(network)); err != nil {
		return Signed{}, err
	}
	return s, nil
}

// Message is what is signed.
func (s Signed) Message(network Network) []byte {
	m := make([]byte, 0, 10+len(s.Kind)+1+len(network)+StationSize+len(s.Body))
	m = append(m, "hexspot/1/"...)
	m = append(m, s.Kind...)
	m = append(m, 0)
	m = append(m, network[:]...)
	m = append(m, s.Station.key[:]...)
	return append(m, s.Body...)
}

// ID is the record's id in that network: the SHA-256 of its Message.
func (s Signed) ID(network Network) RecordID { return sha256.Sum256(s.Message(network)) }

// Verify checks that the signature is right for that network and that the
// station may sign this kind: an anchor the network's key alone, a receipt or a
// high-water mark that key or one of the given ingests (those of the anchor),
// anything else every station. Whether a station is known is the registry's to say.
func (s Signed) Verify(network Network, ingests ...Station) error {
	if err := s.verify(network, ingests); err != nil {
		return fmt.Errorf("%s record of %s: %w", s.Kind, s.Station, err)
	}
	return nil
}

func (s Signed) verify(network Network, ingests []Station) error {
	if err := s.check(); err != nil {
		return err
	}
	if !s.mayBeSigned(network, ingests) {
		return errors.New("this station may not sign such a record")
	}
	return s.Station.VerifyMessage(s.Message(network), s.Signature)
}

func (s Signed) mayBeSigned(network Network, ingests []Station) bool {
	switch who, _ := s.Kind.signers(); who {
	case anyStation:
		return true
	case networkOrIngest:
		return s.Station.Network() == network || slices.Contains(ingests, s.Station)
	case networkAlone:
		return s.Station.Network() == network
	}
	return false
}

// check says whether the record can be encoded.
func (s Signed) check() error {
	if s.Station.IsZero() {
		return errors.New("there is no station")
	}
	if _, err := s.Kind.signers(); err != nil {
		return err
	}
	if len(s.Body) == 0 {
		return errors.New("the body is empty")
	}
	if n := s.size(); n > MaxSigned {
		return fmt.Errorf("%d bytes, at most %d", n, MaxSigned)
	}
	return nil
}
