package hardware

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A trace is text, one line for each thing that passed over a bus. Empty lines
// and lines that start with # say nothing.
//
//	reset
//	temperature 23.5
//	temperature none
//	write 0 00D606+AB*300        chip 0, bytes out; a run of one byte is short
//	read 0 0056060000 000000AB12 chip 0, bytes out, bytes in
//	modify 5601 F0 50            address, mask, value
//
// lineKind is the first word.
type lineKind string

const (
	lineReset       lineKind = "reset"
	lineTemperature lineKind = "temperature"
	lineWrite       lineKind = "write"
	lineRead        lineKind = "read"
	lineModify      lineKind = "modify"
)

// line is one line of a trace.
type line struct {
	kind    lineKind
	op      Op // of write, read and modify; In belongs to read
	celsius float64
	sensor  bool
}

// lineOf is the line for an operation that has been performed.
func lineOf(op *Op) line {
	l := line{kind: lineModify, op: *op}
	switch {
	case op.In != nil:
		l.kind = lineRead
	case op.Out != nil:
		l.kind = lineWrite
	}
	return l
}

// request is the line as far as the bus's user decides.
func (l line) request() string {
	switch l.kind {
	case lineWrite, lineRead:
		return fmt.Sprintf("%s %d %s", l.kind, l.op.Target, runs(l.op.Out))
	case lineModify:
		return fmt.Sprintf("%s %04X %02X %02X", l.kind, l.op.Address, l.op.Mask, l.op.Value)
	}
	return string(l.kind)
}

// String is the whole line.
func (l line) String() string {
	switch l.kind {
	case lineRead:
		return l.request() + " " + runs(l.op.In)
	case lineTemperature:
		if !l.sensor {
			return l.request() + " none"
		}
		return l.request() + " " + strconv.FormatFloat(l.celsius, 'g', -1, 64)
	}
	return l.request()
}

var errLine = errors.New("no line of a trace")

// parseLine is strict: there is one way to write each line.
func parseLine(text string) (line, error) {
	l, err := parseWords(strings.Split(text, " "))
	if err == nil && l.String() != text {
		err = fmt.Errorf("%w: would be written %q", errLine, l)
	}
	return l, err
}

func parseWords(words []string) (line, error) {
	kind := lineKind(words[0])
	switch {
	case kind == lineReset && len(words) == 1:
		return line{kind: kind}, nil
	case kind == lineTemperature && len(words) == 2:
		return parseTemperature(words[1])
	case kind == lineWrite && len(words) == 3, kind == lineRead && len(words) == 4:
		return parseFrame(kind, words[1:])
	case kind == lineModify && len(words) == 4:
		return parseModify(words[1:])
	}
	return line{}, errLine
}

func parseTemperature(word string) (line, error) {
	if word == "none" {
		return line{kind: lineTemperature}, nil
	}
	celsius, err := strconv.ParseFloat(word, 64)
	return line{kind: lineTemperature, celsius: celsius, sensor: true}, err
}

func parseFrame(kind lineKind, words []string) (line, error) {
	l := line{kind: kind}
	target, err := strconv.ParseUint(words[0], 10, 8)
	if err != nil {
		return l, err
	}
	l.op.Target = Target(target)
	if l.op.Out, err = parseRuns(words[1]); err != nil || kind == lineWrite {
		return l, err
	}
	if l.op.In, err = parseRuns(words[2]); err == nil && len(l.op.In) != len(l.op.Out) {
		err = fmt.Errorf("%w: %d bytes in for %d out", errLine, len(l.op.In), len(l.op.Out))
	}
	return l, err
}

func parseModify(words []string) (line, error) {
	b, err := hex.DecodeString(strings.Join(words, ""))
	if err != nil || len(b) != 4 {
		return line{}, errLine
	}
	op := Op{Address: uint16(b[0])<<8 | uint16(b[1]), Mask: b[2], Value: b[3]}
	return line{kind: lineModify, op: op}, nil
}
