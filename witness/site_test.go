package witness

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hexspot/coverage"
	"hexspot/radio"
)

// signedSiteVector is one of testdata/site.json, which protobuf's generated code and
// go-ethereum made.
type signedSiteVector struct {
	Note, Network, Secret, Station, Body, Message, Record, Change string

	ID        string `json:"record_id"`
	Fields    map[string]any
	Signature string `json:"owner_signature"`
	Former    string `json:"former_signature"`
}

func loadSites(t testing.TB) []signedSiteVector {
	t.Helper()
	text, err := os.ReadFile("testdata/site.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ Sites []signedSiteVector }
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Sites) == 0 {
		t.Fatal("no vectors of sites")
	}
	return v.Sites
}

func fieldsOfSite(s Site) map[string]any {
	f := fields{}
	f.add("owner", s.Owner[:], "cell", s.Cell, "gain", int32(s.Gain), "loss", int32(s.Loss), "class", uint32(s.Class),
		"plan", s.Plan, "nonce", s.Nonce, "deadline_ms", int64(s.Deadline))
	return f
}

func TestSiteVectors(t *testing.T) {
	for _, v := range loadSites(t) {
		body := unhex(t, v.Body)
		s, err := ParseSite(body)
		if err != nil {
			t.Errorf("%s: %v", v.Note, err)
			continue
		}
		if diff := cmp.Diff(v.Fields, fieldsOfSite(s)); diff != "" || !bytes.Equal(s.Append(nil), body) {
			t.Errorf("%s: %s", v.Note, diff)
		}
		station, err := radio.StationFromBytes(unhex(t, v.Station))
		if err != nil {
			t.Fatal(err)
		}
		terms, err := s.Terms(station)
		if err != nil || SiteOf(terms) != s {
			t.Errorf("%s: terms %+v, %v", v.Note, terms, err)
		}
	}
}

func TestSiteChangeVectors(t *testing.T) {
	for _, v := range loadSites(t) {
		encoded := unhex(t, v.Change)
		c, err := ParseSiteChange(encoded)
		if err != nil || !bytes.Equal(c.Append(nil), encoded) {
			t.Errorf("%s: %+v, %v", v.Note, c, err)
			continue
		}
		network, err := radio.ParseNetwork(v.Network)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Record.Verify(network); err != nil {
			t.Errorf("%s: %v", v.Note, err)
		}
		if err := c.Record.Verify(radio.Network{1}); err == nil {
			t.Errorf("%s: good in another network, too", v.Note)
		}
		got := fmt.Sprintf("%x %s %x %x", c.Record.Message(network), c.Record.ID(network), c.Record.Append(nil), c.Owner)
		if want := strings.Join([]string{v.Message, v.ID, v.Record, v.Signature}, " "); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", v.Note, got, want)
		}
		if (c.Former != nil) != (v.Former != "") || c.Former != nil && hex.EncodeToString(c.Former[:]) != v.Former {
			t.Errorf("%s: former %x", v.Note, c.Former)
		}
		signed, err := radio.Sign(signerOf(t, "ed25519", unhex(t, v.Secret)), network, radio.KindSite, unhex(t, v.Body))
		if err != nil || !cmp.Equal(signed, c.Record, cmp.AllowUnexported(radio.Station{})) {
			t.Errorf("%s: signed again %+v, %v", v.Note, signed, err)
		}
	}
}

func TestSiteChangeRefuses(t *testing.T) {
	v := loadSites(t)[2]
	good, record := unhex(t, v.Change), unhex(t, v.Record)
	other, err := radio.Sign(signerOf(t, "ed25519", unhex(t, v.Secret)), radio.Network{}, radio.KindBeacon, []byte{1})
	if err != nil {
		t.Fatal(err)
	}
	owner := unhex(t, v.Signature)
	change := func(record, owner, former []byte) []byte {
		return appendBytes(appendBytes(appendBytes(nil, 1, record), 2, owner), 3, former)
	}
	for name, b := range map[string][]byte{
		"nothing":                      nil,
		"a byte behind":                append(bytes.Clone(good), 0),
		"twice":                        append(bytes.Clone(good), good...),
		"no record":                    appendBytes(nil, 2, owner),
		"no owner":                     appendBytes(nil, 1, record),
		"a record of another kind":     appendBytes(appendBytes(nil, 1, other.Append(nil)), 2, owner),
		"a record cut":                 appendBytes(appendBytes(nil, 1, record[:99]), 2, owner),
		"a short owner's signature":    change(record, owner[:64], owner),
		"a short former signature":     change(record, owner, owner[:64]),
		"an empty former signature":    change(record, owner, nil),
		"too long":                     append(bytes.Clone(good), make([]byte, MaxSiteChange)...),
		"the owner's before the rest":  appendBytes(appendBytes(nil, 2, owner), 1, record),
		"an empty record":              appendBytes(appendBytes(nil, 1, nil), 2, owner),
		"former's signature twice":     appendBytes(bytes.Clone(good), 3, owner),
		"a field that is not there":    appendUint(bytes.Clone(good), 4, uint32(1)),
		"a length that is no shortest": append([]byte{0x0a, 0xa0, 0x81, 0}, good[3:]...),
	} {
		if c, err := ParseSiteChange(b); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
	for n := range good {
		if c, err := ParseSiteChange(good[:n]); err == nil && !bytes.Equal(c.Append(nil), good[:n]) {
			t.Errorf("cut to %d bytes it was read as %+v", n, c)
		}
	}
}

func TestSiteTermsRefuse(t *testing.T) {
	good, err := ParseSite(unhex(t, loadSites(t)[0].Body))
	if err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*Site){
		"site: it has no owner":           func(s *Site) { s.Owner = coverage.Account{} },
		"not a cell of the grid":          func(s *Site) { s.Cell = 1<<64 - 1 },
		"a site has a cell of resolution": func(s *Site) { s.Cell, _ = s.Cell.Parent(7) },
		"gain out of range":               func(s *Site) { s.Gain = 32_768 },
		"loss out of range":               func(s *Site) { s.Loss = -1 << 31 },
		"loss -0.01 dB is out of range":   func(s *Site) { s.Loss = -1 },
		"class out of range":              func(s *Site) { s.Class = 2 },
		"region \"XX9\"":                  func(s *Site) { s.Plan = "XX9" },
		"deadline_ms out of range":        func(s *Site) { s.Deadline = -1 },
		"deadline_ms out of range: want":  func(s *Site) { s.Deadline = 1 << 53 },
	} {
		s := good
		spoil(&s)
		if terms, err := s.Terms(radio.Station{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v, %v, want %q", terms, err, want)
		}
	}
}

func FuzzParseSiteChange(f *testing.F) {
	for _, v := range loadSites(f) {
		f.Add(unhex(f, v.Change))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := ParseSiteChange(b); err == nil && !bytes.Equal(c.Append(nil), b) {
			t.Errorf("%x gives back %x", b, c.Append(nil))
		}
	})
}
