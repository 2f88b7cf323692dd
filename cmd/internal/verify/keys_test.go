package verify

import (
	"crypto/ed25519"
	"crypto/rand"
	"testing"

	"hexspot/radio"
)

func mustNewStation(t testing.TB) radio.Station {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := radio.StationOf(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return s
}
