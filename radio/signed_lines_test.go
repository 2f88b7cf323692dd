package radio

import (
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"testing"
)

func TestParseSignedLines(t *testing.T) {
	var text string
	for i := range byte(3) {
		s, err := Sign(ed25519.NewKeyFromSeed(make([]byte, 32)), Network{1}, KindBeacon, []byte{8, i + 1})
		if err != nil {
			t.Fatal(err)
		}
		text += base64.RawURLEncoding.EncodeToString(s.Append(nil)) + []string{"\n", "\r\n", ""}[i]
	}
	list, err := ParseSignedLines(text)
	if err != nil || len(list) != 3 || list[2].Body[1] != 3 {
		t.Errorf("%v, %v", list, err)
	}
	for _, bad := range []string{"\n", "x y", "AAAA", text + "\n\n"} {
		if _, err := ParseSignedLines(bad); err == nil || !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// FuzzParseSignedLines: what is read is written again as the same line.
func FuzzParseSignedLines(f *testing.F) {
	s, err := Sign(ed25519.NewKeyFromSeed(make([]byte, 32)), Network{1}, KindBeacon, []byte{8, 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(base64.RawURLEncoding.EncodeToString(s.Append(nil)))
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ParseSignedLines(text)
		if err != nil || len(list) != 1 {
			return
		}
		if again := base64.RawURLEncoding.EncodeToString(list[0].Append(nil)); again != strings.TrimRight(text, "\r\n") {
			t.Errorf("%q, written as %q", text, again)
		}
	})
}
