package witness

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// The protobuf wire types that the records use.
const (
	wireVarint = 0
	wireBytes  = 2
)

// maxField is the highest field number whose tag is one byte.
const maxField = 15

// The records are canonical protobuf (protocol hexspot/1, "Signed"): fields in
// rising order, each once, shortest varints, zero left out unless the field is
// optional. The functions below write one field each.

func fieldTag(field int, wire byte) byte { return byte(field)<<3 | wire }

func appendUint[U ~uint32 | ~uint64 | ~int64](b []byte, field int, v U) []byte {
	if v == 0 {
		return b
	}
	return appendPresent(b, field, uint64(v))
}

func appendSint[S ~int32 | ~int64](b []byte, field int, v S) []byte {
	return appendUint(b, field, zigzag(int64(v)))
}

// appendPresent writes an optional field, zero too.
func appendPresent(b []byte, field int, v uint64) []byte {
	return binary.AppendUvarint(append(b, fieldTag(field, wireVarint)), v)
}

// appendBytes writes a field that is not empty.
func appendBytes(b []byte, field int, v []byte) []byte {
	b = binary.AppendUvarint(append(b, fieldTag(field, wireBytes)), uint64(len(v)))
	return append(b, v...)
}

func zigzag(v int64) uint64 { return uint64(v)<<1 ^ uint64(v>>63) }

func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

var (
	errZero    = errors.New("zero is written out")
	errVarint  = errors.New("no shortest varint")
	errMissing = errors.New("the field is missing")
)

// reader takes the fields of a message one after the other, each where it must
// stand. A field that is not there is zero. The first fault stays; end tells it.
type reader struct {
	rest  []byte
	names [maxField + 1]string // of the fields asked for so far
	err   error
}

func (r *reader) fail(name string, err error) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %w", name, err)
		r.rest = nil
	}
}

// take says whether the field is next, and if so takes its tag.
func (r *reader) take(field int, name string, wire byte) bool {
	r.names[field] = name
	if len(r.rest) == 0 || r.rest[0] != fieldTag(field, wire) {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

func (r *reader) varint(name string) uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || n > 1 && r.rest[n-1] == 0 {
		r.fail(name, errVarint)
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

// optional reads an optional number of at most most.
func (r *reader) optional(field int, name string, most uint64) (v uint64, present bool) {
	if !r.take(field, name, wireVarint) {
		return 0, false
	}
	if v = r.varint(name); v > most {
		r.fail(name, fmt.Errorf("%d is more than the field holds", v))
	}
	return v, true
}

func (r *reader) number(field int, name string, most uint64) uint64 {
	v, present := r.optional(field, name, most)
	if present && v == 0 {
		r.fail(name, errZero)
	}
	return v
}

func (r *reader) uint64(field int, name string) uint64 {
	return r.number(field, name, math.MaxUint64)
}

func (r *reader) uint32(field int, name string) uint32 {
	return uint32(r.number(field, name, math.MaxUint32))
}

func (r *reader) sint32(field int, name string) int32 {
	return int32(unzigzag(r.number(field, name, math.MaxUint32)))
}

func (r *reader) sint64(field int, name string) int64 { return unzigzag(r.uint64(field, name)) }

// piece reads a length-delimited field, nil if it is not next.
func (r *reader) piece(field int, name string) []byte {
	if !r.take(field, name, wireBytes) {
		return nil
	}
	length := r.varint(name)
	if length > uint64(len(r.rest)) {
		r.fail(name, fmt.Errorf("%d bytes announced, %d there", length, len(r.rest)))
		return nil
	}
	v := r.rest[:length:length]
	r.rest = r.rest[length:]
	return v
}

// fixed reads a field that must be there and fill dst.
func (r *reader) fixed(field int, name string, dst []byte) {
	v := r.piece(field, name)
	switch {
	case len(v) == len(dst):
		copy(dst, v)
	case v == nil:
		r.fail(name, errMissing)
	default:
		r.fail(name, fmt.Errorf("%d bytes, want %d", len(v), len(dst)))
	}
}

// end tells the first fault, or that something is left.
func (r *reader) end() error {
	if r.err != nil || len(r.rest) == 0 {
		return r.err
	}
	tag, n := binary.Uvarint(r.rest)
	if field := tag >> 3; n == 1 && field <= maxField && r.names[field] != "" {
		return fmt.Errorf("%s: twice, out of order or of another type", r.names[field])
	}
	return fmt.Errorf("%d bytes behind that belong to no field", len(r.rest))
}
