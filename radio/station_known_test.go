package radio

import (
	"bytes"
	"crypto/ed25519"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStationsRememberNothingElse reads every vector twice with one memory: what is
// accepted and what is refused is what ParseSigned says.
func TestStationsRememberNothingElse(t *testing.T) {
	var known Stations
	v := loadVectors(t).Signed
	texts := []string{""}
	for _, c := range v.Valid {
		texts = append(texts, c.Encoded)
	}
	for _, c := range v.Bad {
		texts = append(texts, c.Encoded)
	}
	for range 2 {
		for _, text := range texts {
			want, failed := ParseSigned(unhex(t, text))
			got, err := known.ParseSigned(unhex(t, text))
			if (err == nil) != (failed == nil) || err != nil && err.Error() != failed.Error() {
				t.Fatalf("%s: %v, want %v", text, err, failed)
			}
			if diff := cmp.Diff(want.Append(nil), got.Append(nil)); diff != "" {
				t.Fatal(diff)
			}
		}
	}
	if len(known.sound) == 0 {
		t.Error("no station was remembered")
	}
}

// TestRecentStationsAreFew: however many are seen, two generations are held, and what is asked
// for again and again stays. What was forgotten is checked anew.
func TestRecentStationsAreFew(t *testing.T) {
	const most = 4
	k := RecentStations(most)
	keys := make([][]byte, 5*most)
	for i := range keys {
		keys[i] = mustStation(t).Bytes()
	}
	for i, key := range keys {
		for _, b := range [][]byte{key, keys[0]} {
			if s, err := k.FromBytes(b); err != nil || !bytes.Equal(s.Bytes(), b) {
				t.Fatalf("key %d: %v, %v", i, s, err)
			}
		}
		if _, known := k.knows([StationSize]byte(keys[0])); !known {
			t.Fatalf("after %d others the first one is forgotten", i)
		}
		if n := len(k.sound) + len(k.older); n > 2*most {
			t.Fatalf("%d are held", n)
		}
	}
	if _, known := k.knows([StationSize]byte(keys[1])); known {
		t.Error("nothing is forgotten")
	}
	if _, err := k.FromBytes(keys[1]); err != nil {
		t.Error(err)
	}
	off := bytes.Repeat([]byte{0xff}, StationSize)
	if _, err := k.FromBytes(off); err == nil {
		t.Error("no key is accepted")
	}
}

func mustStation(t *testing.T) Station {
	t.Helper()
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := StationOf(public)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
