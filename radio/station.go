package radio

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"filippo.io/edwards25519"
)

// StationSize is the length of a station's key in bytes.
const StationSize = 33

// The first byte of a station: which kind of key follows. The P-256 values are
// the prefixes of a compressed point (SEC1 2.3.3).
const (
	keyEd25519  = 1
	keyP256Even = 2
	keyP256Odd  = 3
)

// Station is the public key that a hotspot or a network is known by (protocol
// hexspot/1, "Station"). Only functions of this package make one, so that
// every Station but the zero one is a sound key. Stations can be compared.
type Station struct{ key [StationSize]byte }

// StationFromBytes takes 33 bytes: 01 and an Ed25519 key, or a compressed P-256
// key. It refuses points that are off the curve, not in canonical form, or of
// small order.
func StationFromBytes(b []byte) (Station, error) {
	if len(b) != StationSize {
		return Station{}, fmt.Errorf("station of %d bytes: want %d", len(b), StationSize)
	}
	if err := checkKey(b); err != nil {
		return Station{}, fmt.Errorf("station key: %w", err)
	}
	return Station{key: [StationSize]byte(b)}, nil
}

// StationOf is the station with this public key: an ed25519.PublicKey or an
// *ecdsa.PublicKey on P-256.
func StationOf(key crypto.PublicKey) (Station, error) {
	switch key := key.(type) {
	case ed25519.PublicKey:
		return StationFromBytes(append([]byte{keyEd25519}, key...))
	case *ecdsa.PublicKey:
		return stationOfP256(key)
	}
	return Station{}, fmt.Errorf("a station has an Ed25519 or a P-256 key, not a %T", key)
}

func stationOfP256(key *ecdsa.PublicKey) (Station, error) {
	if key.Curve != elliptic.P256() {
		return Station{}, errors.New("a station's ECDSA key is on P-256")
	}
	point, err := key.Bytes()
	if err != nil {
		return Station{}, fmt.Errorf("station key: %w", err)
	}
	parity := point[len(point)-1] & 1
	return StationFromBytes(append([]byte{keyP256Even + parity}, point[1:StationSize]...))
}

// Bytes gives the 33 bytes of the station.
func (s Station) Bytes() []byte { return bytes.Clone(s.key[:]) }

// Compare orders stations by their bytes: -1, 0 or 1.
func (s Station) Compare(o Station) int { return bytes.Compare(s.key[:], o.key[:]) }

// IsZero says that this is no station.
func (s Station) IsZero() bool { return s == Station{} }

// PublicKey is the key as an ed25519.PublicKey or an *ecdsa.PublicKey, nil for the
// zero Station.
func (s Station) PublicKey() crypto.PublicKey {
	switch s.key[0] {
	case keyEd25519:
		return ed25519.PublicKey(s.Bytes()[1:])
	case keyP256Even, keyP256Odd:
		key, err := decompressP256(s.key[:])
		if err != nil {
			return nil // no Station has such a key
		}
		return key
	}
	return nil
}

// Network is the network whose key this station is: the first 8 bytes of the
// SHA-256 of the station.
func (s Station) Network() Network {
	sum := sha256.Sum256(s.key[:])
	return Network(sum[:8])
}

// Network names a network.
type Network [8]byte

// ParseNetwork reads 16 lower-case hexadecimal digits.
func ParseNetwork(text string) (Network, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(Network{}) || hex.EncodeToString(b) != text {
		return Network{}, fmt.Errorf("network %q: want 16 lower-case hexadecimal digits", text)
	}
	return Network(b), nil
}

// String gives 16 lower-case hexadecimal digits.
func (n Network) String() string { return hex.EncodeToString(n[:]) }

func checkKey(b []byte) error {
	switch b[0] {
	case keyEd25519:
		return checkEd25519(b[1:])
	case keyP256Even, keyP256Odd:
		_, err := decompressP256(b)
		return err
	}
	return fmt.Errorf("kind %#02x: want 01 (Ed25519), 02 or 03 (P-256)", b[0])
}

var (
	errOffCurve     = errors.New("the point is not on the curve")
	errNotCanonical = errors.New("the point is not in canonical form")
	errSmallOrder   = errors.New("the point has a small order")
)

func checkEd25519(b []byte) error {
	point, err := new(edwards25519.Point).SetBytes(b)
	if err != nil {
		return errOffCurve
	}
	if !bytes.Equal(point.Bytes(), b) {
		return errNotCanonical
	}
	if point.MultByCofactor(point).Equal(edwards25519.NewIdentityPoint()) == 1 {
		return errSmallOrder
	}
	return nil
}

func decompressP256(b []byte) (*ecdsa.PublicKey, error) {
	curve := elliptic.P256()
	field := curve.Params().P.Bytes()
	if bytes.Compare(b[1:], field) >= 0 {
		return nil, errNotCanonical
	}
	x, y := elliptic.UnmarshalCompressed(curve, b)
	if x == nil {
		return nil, errOffCurve
	}
	point := make([]byte, 1+2*len(field))
	point[0] = 4 // uncompressed
	x.FillBytes(point[1 : 1+len(field)])
	y.FillBytes(point[1+len(field):])
	return ecdsa.ParseUncompressedPublicKey(curve, point)
}
