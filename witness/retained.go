package witness

import (
	"fmt"

	"hexspot/radio"
)

// MaxRetained is the most anchors or values in one retained message. A network has a
// handful: one chain running, one coming, and what ended within report_ms.
const MaxRetained = 64

// Value reveals the entropy of a slot. It is not signed: it must lead to the x0 of
// an anchor (protocol hexspot/1, "Entropy").
type Value struct {
	Slot     Slot
	Revision uint32 // of the anchor
	Entropy  Entropy
}

func (v Value) append(b []byte) []byte {
	b = appendUint(b, 1, v.Slot)
	b = appendUint(b, 2, v.Revision)
	return appendBytes(b, 3, v.Entropy[:])
}

func parseValue(b []byte) (Value, error) {
	r := reader{rest: b}
	var v Value
	v.Slot = Slot(r.uint64(1, "slot"))
	v.Revision = r.uint32(2, "revision")
	r.fixed(3, "value", v.Entropy[:])
	if err := r.end(); err != nil {
		return Value{}, err
	}
	return v, firstFault(slotBound("slot", v.Slot))
}

// AppendValues appends the message Values, what is retained below
// hexspot/net/value.
func AppendValues(b []byte, values []Value) []byte {
	return appendEach(b, values, Value.append)
}

// ParseValues reads a message Values of at most MaxRetained values with slots in
// range. AppendValues gives the same bytes.
func ParseValues(b []byte) ([]Value, error) {
	values, err := parseEach(b, "values", parseValue)
	if err != nil {
		return nil, fmt.Errorf("values: %w", err)
	}
	return values, nil
}

// AppendAnchors appends the message Anchors, what is retained below
// hexspot/net/anchor.
func AppendAnchors(b []byte, anchors []radio.Signed) []byte {
	return appendEach(b, anchors, radio.Signed.Append)
}

// ParseAnchors reads a message Anchors of at most MaxRetained records, whose
// signatures and bodies it does not look at. AppendAnchors gives the same bytes.
func ParseAnchors(b []byte) ([]radio.Signed, error) {
	anchors, err := parseEach(b, "anchors", radio.ParseSigned)
	if err != nil {
		return nil, fmt.Errorf("anchors: %w", err)
	}
	return anchors, nil
}

// appendEach writes a message with one repeated field, number 1.
func appendEach[T any](b []byte, list []T, appendOne func(T, []byte) []byte) []byte {
	for _, one := range list {
		b = appendBytes(b, 1, appendOne(one, nil))
	}
	return b
}

func parseEach[T any](b []byte, name string, parse func([]byte) (T, error)) ([]T, error) {
	r := reader{rest: b}
	list, err := readEach(&r, 1, name, MaxRetained, parse)
	if err != nil {
		return nil, err
	}
	return list, r.end()
}

// readEach reads a repeated field of at most most messages.
func readEach[T any](r *reader, field int, name string, most int, parse func([]byte) (T, error)) ([]T, error) {
	var list []T
	for piece := r.piece(field, name); piece != nil; piece = r.piece(field, name) {
		if len(list) == most {
			return nil, fmt.Errorf("more than %d %s", most, name)
		}
		one, err := parse(piece)
		if err != nil {
			return nil, fmt.Errorf("%s, number %d: %w", name, len(list), err)
		}
		list = append(list, one)
	}
	return list, nil
}
