package verify

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"hexspot/witness"
)

// FuzzReadDenials: a list that is read is written again as one that means the same.
func FuzzReadDenials(f *testing.F) {
	s := stationOf(f, keyOf(1)).String()
	f.Add("# nobody\n\nstation " + s + "\n")
	f.Add("pair " + s + " " + stationOf(f, keyOf(2)).String())
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ReadDenials(strings.NewReader(text))
		if err != nil {
			return
		}
		once := d.AppendText(nil)
		again, err := ReadDenials(bytes.NewReader(once))
		if err != nil || !bytes.Equal(again.AppendText(nil), once) {
			t.Errorf("%q is written as %q: %v", text, once, err)
		}
	})
}

// held is a file that is in memory.
type held struct{ *bytes.Reader }

func (held) Close() error { return nil }

// FuzzParseResult reads the small files of a result: what is taken is written again as the
// same bytes.
func FuzzParseResult(f *testing.F) {
	before := witness.Epoch(6)
	for _, s := range []Summary{{Epoch: 7, Rules: "hexspot-1", Before: &before, Slot: 9}, {Rules: "x"}} {
		f.Add(s.appendText(nil))
	}
	f.Add(manifest{{"a", 1, make([]byte, 32)}, {"b", 2, make([]byte, 32)}}.appendJSON(nil))
	f.Add(witness.LinkState{}.AppendText(witness.State{stationOf(f, keyOf(1)): {Beaconed: 1}}.AppendText(nil)))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := parseSummary(text); err == nil && !bytes.Equal(s.appendText(nil), text) {
			t.Errorf("summary %q", text)
		}
		if m, err := parseManifest(text); err == nil && !bytes.Equal(m.appendJSON(nil), text) {
			t.Errorf("manifest %q", text)
		}
		s, l, err := readState(func() (io.ReadSeekCloser, error) { return held{bytes.NewReader(text)}, nil })
		if err != nil {
			return
		}
		again := bytes.NewBuffer(s.AppendText(nil))
		if err := l.WriteText(again); err == nil && !bytes.Equal(again.Bytes(), text) {
			t.Errorf("state %q is %q", text, again)
		}
	})
}

// TestParseRecord takes what the journal has of coverage, and nothing else.
func TestParseRecord(t *testing.T) {
	data := append(make([]byte, 7), 9, 'm')
	for subject, want := range map[string]string{
		"rec.beacon.0a": kindBeacon, "rec.value.00": kindValue, "pkt.0102.up": "", "rec.beacon": "", "": "",
	} {
		r, ok := ParseRecord(subject, data)
		if r.Kind != want || ok != (want != "") || ok && (r.Stamp != 9 || string(r.Message) != "m") {
			t.Errorf("%s: %+v, %v", subject, r, ok)
		}
	}
	if _, ok := ParseRecord("rec.beacon.0a", data[:7]); ok {
		t.Error("an entry without a whole time is a record")
	}
}
