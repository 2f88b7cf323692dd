package radio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// The fields of a Signed, all length-delimited protobuf.
const (
	fieldStation = iota + 1
	fieldKind
	fieldBody
	fieldSignature
)

const lengthDelimited = 2 // protobuf wire type

var fieldNames = [...]string{fieldStation: "station", fieldKind: "kind", fieldBody: "body", fieldSignature: "signature"}

// Append appends the canonical encoding: a protobuf message whose four fields
// come in rising order with shortest lengths.
func (s Signed) Append(b []byte) []byte {
	b = appendField(b, fieldStation, s.Station.key[:])
	b = appendField(b, fieldKind, []byte(s.Kind))
	b = appendField(b, fieldBody, s.Body)
	return appendField(b, fieldSignature, s.Signature[:])
}

func appendField(b []byte, field byte, value []byte) []byte {
	b = append(b, field<<3|lengthDelimited)
	b = binary.AppendUvarint(b, uint64(len(value)))
	return append(b, value...)
}

// size is the length of the encoding.
func (s Signed) size() int {
	n := 0
	for _, length := range []int{StationSize, len(s.Kind), len(s.Body), SignatureSize} {
		n += 1 + len(binary.AppendUvarint(nil, uint64(length))) + length
	}
	return n
}

// ParseSigned reads an encoded record. It refuses everything but the canonical
// encoding of at most 4,096 bytes, a kind that is not on the protocol's list and an unsound
// station; what it accepts, Append gives back. It does not verify the signature. The body is a
// copy.
func ParseSigned(b []byte) (Signed, error) { return parseListed(b, StationFromBytes) }

// ParseExhibit reads a record of an appeal or of its evidence: as ParseSigned does, and also of
// the kinds that only appeals have.
func ParseExhibit(b []byte) (Signed, error) { return parseSignedBy(b, StationFromBytes) }

func parseListed(b []byte, check func([]byte) (Station, error)) (Signed, error) {
	s, err := parseSignedBy(b, check)
	if err == nil && s.Kind.ofAppeals() {
		return Signed{}, fmt.Errorf("signed record: %w %s but in appeals", ErrKind, s.Kind)
	}
	return s, err
}

func parseSignedBy(b []byte, check func([]byte) (Station, error)) (Signed, error) {
	s, err := parseSigned(b, check)
	if err != nil {
		return Signed{}, fmt.Errorf("signed record: %w", err)
	}
	return s, nil
}

func parseSigned(b []byte, check func([]byte) (Station, error)) (Signed, error) {
	if len(b) > MaxSigned {
		return Signed{}, fmt.Errorf("%d bytes, at most %d", len(b), MaxSigned)
	}
	var values [fieldSignature + 1][]byte
	for field := fieldStation; field <= fieldSignature; field++ {
		var err error
		if values[field], b, err = cutField(b, field); err != nil {
			return Signed{}, fmt.Errorf("%s: %w", fieldNames[field], err)
		}
	}
	if len(b) != 0 {
		return Signed{}, fmt.Errorf("%d bytes follow the signature", len(b))
	}
	return signedOf(check, values[fieldStation], values[fieldKind], values[fieldBody], values[fieldSignature])
}

func signedOf(check func([]byte) (Station, error), station, kind, body, signature []byte) (Signed, error) {
	if len(signature) != SignatureSize {
		return Signed{}, fmt.Errorf("signature of %d bytes, want %d", len(signature), SignatureSize)
	}
	key, err := check(station)
	if err != nil {
		return Signed{}, err
	}
	s := Signed{Station: key, Kind: Kind(kind), Body: bytes.Clone(body), Signature: Signature(signature)}
	return s, s.check()
}

// cutField takes the value of that field from the front of b. A field that is
// left out, repeated, unknown, of another type or out of order is not the one
// that must come here.
func cutField(b []byte, field int) (value, rest []byte, err error) {
	if len(b) == 0 {
		return nil, nil, errors.New("the field is missing")
	}
	if want := byte(field)<<3 | lengthDelimited; b[0] != want {
		return nil, nil, fmt.Errorf("tag %#02x, want %#02x", b[0], want)
	}
	length, n := binary.Uvarint(b[1:])
	if n <= 0 || len(binary.AppendUvarint(nil, length)) != n {
		return nil, nil, errors.New("the length is not a shortest varint")
	}
	rest = b[1+n:]
	if length > uint64(len(rest)) {
		return nil, nil, fmt.Errorf("%d bytes announced, %d there", length, len(rest))
	}
	return rest[:length], rest[length:], nil
}
