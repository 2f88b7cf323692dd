package radio

import (
	"bytes"
	"crypto/ed25519"
	"testing"
)

// TestRecentStationsAreFew: however many are seen, two generations are held, and what is asked
// for again and again stays. What was forgotten is checked anew.
func TestRecentStationsAreFew(t *testing.T) {
	const most = 4
	k := NewRecentStations(most)
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
		if _, known := k.knows(Station{key: [StationSize]byte(keys[0])}); !known {
			t.Fatalf("after %d others the first one is forgotten", i)
		}
		if n := len(k.sound) + len(k.older); n > 2*most {
			t.Fatalf("%d are held", n)
		}
	}
	if _, known := k.knows(Station{key: [StationSize]byte(keys[1])}); known {
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
