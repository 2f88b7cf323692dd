package radio

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

// vectors are the groups of testdata/hexspot-1.json, made by a second
// implementation of the protocol, that belong to this package.
type vectors struct {
	Station struct {
		Valid []struct {
			KeyType string `json:"key_type"`
			Secret  string
			Station string
			Text    string
			Network string `json:"network_if_it_is_the_network_key"`
		}
		BadBytes []struct{ Why, Station string }    `json:"bad_bytes"`
		BadText  []struct{ Why, Text, Note string } `json:"bad_text"`
	}
	Signed struct {
		Valid, Zip215 []signedVector
		Bad           []struct{ Why, Note, Network, Encoded string }
	}
}

type signedVector struct {
	KeyType                                             string `json:"key_type"`
	Secret, Network, Station, Kind, Body, Message, Note string
	RecordID                                            string `json:"record_id"`
	Signature, Encoded                                  string
	Valid                                               bool
}

func loadVectors(t testing.TB) vectors {
	t.Helper()
	b, err := os.ReadFile("testdata/hexspot-1.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func signerOf(t testing.TB, keyType, secret string) crypto.Signer {
	t.Helper()
	switch keyType {
	case "ed25519":
		return ed25519.NewKeyFromSeed(unhex(t, secret))
	case "p256":
		key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), unhex(t, secret))
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	t.Fatalf("key type %q", keyType)
	return nil
}
