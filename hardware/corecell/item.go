package corecell

import (
	"encoding/binary"

	"hexspot/hardware"
)

// MULTI_SPI carries a list of items, and its answer a list of theirs in the
// same order.

// itemKind is the second byte of an item.
type itemKind uint8

const (
	kindFrame  itemKind = 1 // an SPI frame
	kindModify itemKind = 2 // read-modify-write of one SX1302 register byte
)

// Sizes of items without the bytes of their frame.
const (
	frameItemSize    = 5 // id, kind, target, length
	modifyItemSize   = 6 // id, kind, address, mask, value
	frameAnswerSize  = 5 // id, kind, status, length
	modifyAnswerSize = 5 // id, kind, status, old, new
	bareAnswerSize   = 3 // id, kind, status
)

// item is one of the requests in a MULTI_SPI. Of an unknown kind only id and
// kind are known.
type item struct {
	id   uint8
	kind itemKind

	target hardware.Target // of a frame
	out    []byte

	address     uint16 // of a read-modify-write
	mask, value byte
}

func appendItem(dst []byte, it item) []byte {
	dst = append(dst, it.id, byte(it.kind))
	switch it.kind {
	case kindFrame:
		dst = append(dst, byte(it.target))
		dst = binary.BigEndian.AppendUint16(dst, uint16(len(it.out)))
		return append(dst, it.out...)
	case kindModify:
		dst = binary.BigEndian.AppendUint16(dst, it.address)
		return append(dst, it.mask, it.value)
	}
	return dst
}

// parseItem reads the first item of b. When b ends within an item, id and kind
// are returned as far as they go. The frame is part of b.
func parseItem(b []byte) (it item, rest []byte, err error) {
	if len(b) < 2 {
		return item{id: first(b)}, nil, errShort
	}
	it = item{id: b[0], kind: itemKind(b[1])}
	switch it.kind {
	case kindFrame:
		return parseFrameItem(it, b)
	case kindModify:
		return parseModifyItem(it, b)
	}
	return it, b[2:], nil
}

func first(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

func parseFrameItem(it item, b []byte) (item, []byte, error) {
	if len(b) < frameItemSize {
		return it, nil, errShort
	}
	end := frameItemSize + int(binary.BigEndian.Uint16(b[3:]))
	if len(b) < end {
		return it, nil, errShort
	}
	it.target, it.out = hardware.Target(b[2]), b[frameItemSize:end]
	return it, b[end:], nil
}

func parseModifyItem(it item, b []byte) (item, []byte, error) {
	if len(b) < modifyItemSize {
		return it, nil, errShort
	}
	it.address, it.mask, it.value = binary.BigEndian.Uint16(b[2:]), b[4], b[5]
	return it, b[modifyItemSize:], nil
}
