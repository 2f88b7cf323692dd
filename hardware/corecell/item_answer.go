package corecell

import "encoding/binary"

// itemAnswer is the answer to one item.
type itemAnswer struct {
	id     uint8
	kind   itemKind
	status Status

	in       []byte // what came back, if the status is StatusOK
	old, new byte   // register before and after, likewise
}

func appendItemAnswer(dst []byte, a itemAnswer) []byte {
	dst = append(dst, a.id, byte(a.kind), byte(a.status))
	switch {
	case a.kind == kindFrame:
		dst = binary.BigEndian.AppendUint16(dst, uint16(len(a.in)))
		return append(dst, a.in...)
	case a.kind == kindModify && a.status == StatusOK:
		return append(dst, a.old, a.new)
	}
	return dst
}

// parseItemAnswer reads the first answer of b. The frame is part of b.
func parseItemAnswer(b []byte) (a itemAnswer, rest []byte, err error) {
	if len(b) < bareAnswerSize {
		return a, nil, errShort
	}
	a = itemAnswer{id: b[0], kind: itemKind(b[1]), status: Status(b[2])}
	switch {
	case a.status > StatusTimeout:
		return a, nil, errValue
	case a.kind == kindFrame:
		return parseFrameAnswer(a, b)
	case a.kind == kindModify && a.status == StatusOK:
		return parseModifyAnswer(a, b)
	}
	return a, b[bareAnswerSize:], nil
}

func parseFrameAnswer(a itemAnswer, b []byte) (itemAnswer, []byte, error) {
	if len(b) < frameAnswerSize {
		return a, nil, errShort
	}
	end := frameAnswerSize + int(binary.BigEndian.Uint16(b[3:]))
	if len(b) < end {
		return a, nil, errShort
	}
	a.in = b[frameAnswerSize:end]
	if a.status != StatusOK && len(a.in) != 0 {
		return a, nil, errValue
	}
	return a, b[end:], nil
}

func parseModifyAnswer(a itemAnswer, b []byte) (itemAnswer, []byte, error) {
	if len(b) < modifyAnswerSize {
		return a, nil, errShort
	}
	a.old, a.new = b[3], b[4]
	return a, b[modifyAnswerSize:], nil
}
