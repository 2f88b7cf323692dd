package corecell

import "hexspot/hardware"

// multiSPI runs the items of a request and appends their answers to dst. A list
// that ends within an item is answered up to and including that item, with
// wrong parameter; the firmware would clock out whatever its buffer held.
func (s *server) multiSPI(dst, items []byte) ([]byte, error) {
	if len(items) > maxMultiSPI {
		return dst, nil
	}
	for len(items) > 0 {
		it, rest, err := parseItem(items)
		answer := itemAnswer{id: it.id, kind: it.kind, status: StatusParameter}
		if err == nil {
			answer = s.item(it)
		}
		if len(dst)+frameAnswerSize+len(answer.in) > maxPayload {
			return nil, errOversize // only items of unknown kind grow
		}
		dst, items = appendItemAnswer(dst, answer), rest
	}
	return dst, nil
}

// item runs one item. in belongs to the answer until the next item.
func (s *server) item(it item) itemAnswer {
	a := itemAnswer{id: it.id, kind: it.kind, status: StatusParameter}
	switch {
	case it.kind == kindModify:
		a.old, a.new, a.status = s.modify(it)
	case it.kind == kindFrame && len(it.out) == 0 && it.target <= hardware.SX1261:
		a.status = StatusFailed // STM32's SPI refuses to transfer nothing
	case it.kind == kindFrame && it.target <= hardware.SX1261:
		a.in, a.status = s.transfer(it.target, it.out)
	}
	return a
}

func (s *server) transfer(target hardware.Target, out []byte) ([]byte, Status) {
	in := s.in[:len(out)]
	clear(in)
	if status := s.device.SPI(target, out, in); status != StatusOK {
		return nil, status
	}
	return in, StatusOK
}

// modify reads a register byte, changes it and writes it back. As in the
// firmware, value is not masked, and every failure is StatusFailed.
func (s *server) modify(it item) (old, changed byte, status Status) {
	high, low := byte(it.address>>8)&0x7F, byte(it.address)
	in, status := s.transfer(hardware.SX1302, []byte{0, high, low, 0, 0})
	if status != StatusOK {
		return 0, 0, StatusFailed
	}
	old = in[4]
	changed = old&^it.mask | it.value
	if _, status = s.transfer(hardware.SX1302, []byte{0, 0x80 | high, low, changed}); status != StatusOK {
		return 0, 0, StatusFailed
	}
	return old, changed, StatusOK
}
