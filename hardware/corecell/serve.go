package corecell

import (
	"io"
	"time"
)

// receive takes bytes from the host and answers every request they complete.
func (s *server) receive(w io.Writer, chunk []byte) error {
	s.pending = append(s.pending, chunk...)
	for len(s.pending) >= headerSize {
		h, err := parseHeader(s.pending)
		if err != nil { // as the firmware: what came along with it is lost
			s.pending = s.pending[:0]
			return s.send(w, h.id, cmdError, nil)
		}
		end := headerSize + h.size
		if len(s.pending) < end {
			return nil
		}
		if err := s.handle(w, h, s.pending[headerSize:end]); err != nil {
			return err
		}
		if len(s.pending) > 0 { // not powered up anew
			s.pending = append(s.pending[:0], s.pending[end:]...)
		}
	}
	return nil
}

// send writes one answer.
func (s *server) send(w io.Writer, id uint8, c command, payload []byte) error {
	_, err := w.Write(appendFrame(s.answer[:0], id, c, payload))
	return err
}

// handle answers one request.
func (s *server) handle(w io.Writer, h header, payload []byte) error {
	answer, err := s.answerTo(h.command, payload)
	if err != nil {
		return s.send(w, h.id, cmdError, nil)
	}
	if err := s.send(w, h.id, h.command.answer(), answer); err != nil {
		return err
	}
	if h.command == cmdBootloader || h.command == cmdReset && parseResetType(payload) == nil {
		s.powerUp()
		return s.reboot(h.command == cmdBootloader)
	}
	return nil
}

// answerTo is the payload of the answer to a request; an error stands for FF.
func (s *server) answerTo(c command, payload []byte) ([]byte, error) {
	scratch := s.answer[headerSize:headerSize]
	switch c {
	case cmdPing:
		a := pingAnswer{id: s.id, version: [versionSize]byte([]byte(knownVersion))}
		return appendPingAnswer(scratch, a), exactly(payload, 0)
	case cmdStatus:
		return appendStatusAnswer(scratch, s.status()), exactly(payload, 0)
	case cmdBootloader:
		return scratch, exactly(payload, 0)
	case cmdReset:
		return appendResult(scratch, parseResetType(payload) == nil), exactly(payload, 1)
	case cmdWriteGPIO:
		return appendResult(scratch, s.gpio(payload)), exactly(payload, 3)
	case cmdMultiSPI:
		return s.multiSPI(scratch, payload)
	}
	return nil, errValue
}

func (s *server) status() statusAnswer {
	return statusAnswer{
		uptime:      uint32(time.Since(s.started).Milliseconds()),
		temperature: reading(s.device.Temperature()),
	}
}

func (s *server) gpio(payload []byte) bool {
	l, err := parseLevel(payload)
	return err == nil && s.device.GPIO(l.Port, l.Number, l.high)
}
