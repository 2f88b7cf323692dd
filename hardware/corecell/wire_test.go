package corecell

import (
	"bytes"
	"errors"
	"math"
	"testing"

	"hexspot/hardware"
)

// rewriters parse one kind of content and write it again.
var rewriters = map[string]func(b []byte) ([]byte, error){
	"frame": func(b []byte) ([]byte, error) {
		h, payload, err := parseFrame(b)
		return appendFrame(nil, h.id, h.command, payload), err
	},
	"PING answer": func(b []byte) ([]byte, error) {
		a, err := parsePingAnswer(b)
		return appendPingAnswer(nil, a), err
	},
	"STATUS answer": func(b []byte) ([]byte, error) {
		a, err := parseStatusAnswer(b)
		return appendStatusAnswer(nil, a), err
	},
	"RESET request": func(b []byte) ([]byte, error) {
		err := parseResetType(b)
		return appendResetType(nil), err
	},
	"WRITE_GPIO request": func(b []byte) ([]byte, error) {
		l, err := parseLevel(b)
		return appendLevel(nil, l), err
	},
	"result": func(b []byte) ([]byte, error) {
		done, err := parseResult(b)
		return appendResult(nil, done), err
	},
	"MULTI_SPI request": func(b []byte) (all []byte, err error) {
		for it := (item{}); len(b) > 0 && err == nil; all = appendItem(all, it) {
			it, b, err = parseItem(b)
		}
		return all, err
	},
	"MULTI_SPI answer": func(b []byte) (all []byte, err error) {
		for a := (itemAnswer{}); len(b) > 0 && err == nil; all = appendItemAnswer(all, a) {
			a, b, err = parseItemAnswer(b)
		}
		return all, err
	},
}

var wireSeeds = []struct {
	kind, text string
	err        error
}{
	{"frame", "2A 0000 00", nil},
	{"frame", "2A 0003 04 000101", nil},
	{"frame", "2A 1068 05 00*4200", nil},
	{"frame", "2A 1069 05", errOversize},
	{"frame", "2A 0003 04 0001", errShort},
	{"frame", "2A 0003 04 00010101", errSurplus},
	{"frame", "2A 00 00", errShort},
	{"PING answer", "000102030405060708090A0B 5630312E30302E3030", nil},
	{"PING answer", "000102030405060708090A0B 5630312E30302E30", errShort},
	{"PING answer", "000102030405060708090A0B 5630312E30302E303031", errSurplus},
	{"STATUS answer", "FFFFFFFF 8000", nil},
	{"STATUS answer", "FFFFFFFF 80", errShort},
	{"RESET request", "00", nil},
	{"RESET request", "01", errValue},
	{"RESET request", "", errShort},
	{"RESET request", "0000", errSurplus},
	{"WRITE_GPIO request", "070F01", nil},
	{"WRITE_GPIO request", "080F01", errValue},
	{"WRITE_GPIO request", "071001", errValue},
	{"WRITE_GPIO request", "070F02", errValue},
	{"WRITE_GPIO request", "070F", errShort},
	{"result", "00", nil},
	{"result", "01", nil},
	{"result", "02", errValue},
	{"result", "", errShort},
	{"MULTI_SPI request", "01 01 00 0003 56060A 02 02 5601 F0 50 03 07 04 01 01 0000", nil},
	{"MULTI_SPI request", "01 01 00 0004 56060A", errShort},
	{"MULTI_SPI request", "01 01 00 00", errShort},
	{"MULTI_SPI request", "01 02 5601 F0", errShort},
	{"MULTI_SPI request", "01", errShort},
	{"MULTI_SPI answer", "01 01 00 0003 000012 02 02 00 12 34 03 07 02 04 02 01 05 01 03 0000", nil},
	{"MULTI_SPI answer", "01 01 00 0004 000012", errShort},
	{"MULTI_SPI answer", "01 01 01 0001 00", errValue},
	{"MULTI_SPI answer", "01 02 04", errValue},
	{"MULTI_SPI answer", "01 02 00 12", errShort},
	{"MULTI_SPI answer", "01 01 00 00", errShort},
	{"MULTI_SPI answer", "01 01", errShort},
}

func TestWire(t *testing.T) {
	for _, c := range wireSeeds {
		b := unhex(t, c.text)
		again, err := rewriters[c.kind](b)
		if !errors.Is(err, c.err) {
			t.Errorf("%s %s: %v, want %v", c.kind, c.text, err, c.err)
		}
		if c.err == nil && !bytes.Equal(again, b) {
			t.Errorf("%s %s is written % X", c.kind, c.text, again)
		}
	}
}

// Whatever parses is written the same way again.
func FuzzWire(f *testing.F) {
	for _, c := range wireSeeds {
		f.Add(c.kind, unhex(f, c.text))
	}
	f.Fuzz(func(t *testing.T, kind string, b []byte) {
		rewrite, ok := rewriters[kind]
		if !ok {
			return
		}
		if again, err := rewrite(b); err == nil && !bytes.Equal(again, b) {
			t.Errorf("%s % X is written % X", kind, b, again)
		}
	})
}

// The server survives any host, answers in whole frames and keeps no more than
// one request.
func FuzzServer(f *testing.F) {
	for _, text := range []string{"2A 0000 00 2A 0000 01 01 0001 03 00", "11 1069 05 010203",
		"04 0013 05 01 01 00 0004 00D605AB 02 01 00 0005 0056050000",
		"05 000C 05 01 02 5601 F0 5A 02 02 5601 0F 05", "06 0008 05 01 07 02 02 5601 FF 12"} {
		f.Add(unhex(f, text), uint8(3))
	}
	f.Fuzz(func(t *testing.T, b []byte, cut uint8) {
		s := &server{device: newChip(), id: testID, reboot: func(bool) error { return nil }}
		var answers bytes.Buffer
		for len(b) > 0 {
			n := min(int(cut)+1, len(b))
			if err := s.receive(&answers, b[:n]); err != nil {
				t.Fatal(err)
			}
			b = b[n:]
		}
		if len(s.pending) >= headerSize+maxSize {
			t.Errorf("keeps %d bytes", len(s.pending))
		}
		for rest := answers.Bytes(); len(rest) > 0; {
			h, err := parseHeader(rest)
			if err != nil || h.size > maxPayload || len(rest) < headerSize+h.size {
				t.Fatalf("answer % X: %v", rest, err)
			}
			rest = rest[headerSize+h.size:]
		}
	})
}

// The host survives any answer.
func FuzzAnswers(f *testing.F) {
	f.Add(unhex(f, "01 01 00 0005 00000000AB 02 02 00 12 34"))
	f.Add(unhex(f, "01 01 01 0000 02 02 01"))
	f.Add(unhex(f, "01 01 00 0005 00000000AB 02 02 00 02 52"))
	f.Fuzz(func(t *testing.T, answers []byte) {
		in := make([]byte, 5)
		ops := []hardware.Op{{Out: make([]byte, 5), In: in}, {Mask: 0xF0, Value: 0x50}}
		at, err := readAnswers(answers, ops)
		if at < 0 || at >= len(ops) {
			t.Errorf("operation %d", at)
		}
		if err == nil && (len(answers) != 15 || !bytes.Equal(in, answers[5:10])) {
			t.Errorf("% X passes, brings % X", answers, in)
		}
	})
}

func TestReading(t *testing.T) {
	for _, c := range []struct {
		celsius float64
		ok      bool
		want    int16
	}{
		{23.5, true, 2350}, {-12.25, true, -1225}, {0, false, -1},
		{1e9, true, math.MaxInt16}, {-1e9, true, math.MinInt16}, {math.NaN(), true, -1},
	} {
		if got := reading(c.celsius, c.ok); got != c.want {
			t.Errorf("%v, %t: %d, want %d", c.celsius, c.ok, got, c.want)
		}
	}
}
