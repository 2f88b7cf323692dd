package wallet

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"hexspot/coverage"
	"hexspot/radio"
)

// siteVector is one of the sites that generated code and go-ethereum made; the one
// copy of the file is witness's.
type siteVector struct {
	Note, Network, Station, Digest string

	Fields          map[string]string
	OwnerSecret     string `json:"owner_secret"`
	OwnerSignature  string `json:"owner_signature"`
	FormerSecret    string `json:"former_secret"`
	Former          string
	FormerSignature string `json:"former_signature"`
}

func loadSites(t testing.TB) []siteVector {
	t.Helper()
	text, err := os.ReadFile("../../witness/testdata/site.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ Sites []siteVector }
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Sites) == 0 {
		t.Fatal("no vectors of sites")
	}
	return v.Sites
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func number(t testing.TB, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// terms gives the network and the terms of a vector.
func (v siteVector) terms(t testing.TB) (radio.Network, coverage.Terms) {
	t.Helper()
	network, err1 := radio.ParseNetwork(v.Network)
	station, err2 := radio.StationFromBytes(unhex(t, v.Station))
	cell, err3 := coverage.ParseHex(v.Fields["cell"])
	site, err4 := coverage.NewSite(coverage.Account(unhex(t, v.Fields["owner"])), cell,
		radio.DB(number(t, v.Fields["gain"])), radio.DB(number(t, v.Fields["loss"])), v.Fields["plan"])
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			t.Fatal(err)
		}
	}
	site.DataOnly = v.Fields["class"] == "1"
	return network, coverage.Terms{
		Station: station, Site: site, Nonce: uint64(number(t, v.Fields["nonce"])), Deadline: number(t, v.Fields["deadline_ms"]),
	}
}

func TestSiteSignatureVectors(t *testing.T) {
	for _, v := range loadSites(t) {
		network, terms := v.terms(t)
		digest := Digest(network, terms)
		if hex.EncodeToString(digest[:]) != v.Digest {
			t.Errorf("%s: digest %x, want %s", v.Note, digest, v.Digest)
		}
		checkSigner(t, digest, v.OwnerSecret, v.OwnerSignature, v.Fields["owner"])
		if v.Former != "" {
			checkSigner(t, digest, v.FormerSecret, v.FormerSignature, v.Former)
		}
	}
}

func checkSigner(t *testing.T, digest [32]byte, secret, signature, account string) {
	t.Helper()
	key, err := ParseKey(secret)
	if err != nil || key.Account().String() != "0x"+account {
		t.Fatalf("%v, %v, want %s", key, err, account)
	}
	s, err := key.Sign(digest)
	if err != nil || hex.EncodeToString(s[:]) != signature {
		t.Errorf("signature %x, %v, want %s", s, err, signature)
	}
	if got, err := Recover(digest, s); err != nil || got != key.Account() {
		t.Errorf("recovered %v, %v, want %s", got, err, account)
	}
}
