package network

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"hexspot/coverage"
	"hexspot/coverage/wallet"
	"hexspot/radio"
	"hexspot/witness"
)

var testNetwork = radio.Network{0xc2, 0xad}

const testNow witness.Millis = 1_800_000_000_000

func ownerKey(t testing.TB, n string) wallet.Key {
	t.Helper()
	k, err := wallet.ParseKey(strings.Repeat(n, 64))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// siteCase is a change to be signed, by default a sound first one.
type siteCase struct {
	network  radio.Network // that the signatures are for
	station  crypto.Signer
	owner    wallet.Key
	signer   wallet.Key // in the owner's place
	former   *wallet.Key
	nonce    uint64
	deadline witness.Millis
	spoil    func(*witness.Site)
	kind     radio.Kind
}

func soundSite(t testing.TB) siteCase {
	one := ownerKey(t, "1")
	return siteCase{network: testNetwork, station: ed25519.NewKeyFromSeed(make([]byte, 32)), owner: one, signer: one, deadline: testNow + 1, spoil: func(*witness.Site) {}, kind: radio.KindSite}
}

func (c siteCase) change(t testing.TB) witness.SiteChange {
	t.Helper()
	cell, err := coverage.ParseHex("8c1f9ed938c4bff")
	if err != nil {
		t.Fatal(err)
	}
	body := witness.Site{Owner: c.owner.Account(), Cell: cell, Gain: 230, Plan: "EU868", Nonce: c.nonce, Deadline: c.deadline}
	c.spoil(&body)
	record, err := radio.Sign(c.station, c.network, c.kind, body.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	terms, err := body.Terms(record.Station)
	if err != nil {
		terms = coverage.Terms{Station: record.Station} // a site that cannot be; whatever is signed, it is refused
	}
	digest := wallet.Digest(c.network, terms)
	change := witness.SiteChange{Record: record, Owner: witness.AccountSignature(signature(t, c.signer, digest))}
	if c.former != nil {
		former := witness.AccountSignature(signature(t, *c.former, digest))
		change.Former = &former
	}
	return change
}

func signature(t testing.TB, k wallet.Key, digest [32]byte) wallet.Signature {
	t.Helper()
	s, err := k.Sign(digest)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestVerifySite(t *testing.T) {
	one, two := ownerKey(t, "1"), ownerKey(t, "2")
	got, err := VerifySite(soundSite(t).change(t), testNetwork, testNow)
	if err != nil || got.By != one.Account() || got.Site.Owner != one.Account() || got.Site.Gain != 230 || got.Nonce != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	handed := soundSite(t)
	handed.owner, handed.signer, handed.former, handed.nonce = two, two, &one, 7
	if got, err = VerifySite(handed.change(t), testNetwork, testNow); err != nil || got.By != one.Account() || got.Site.Owner != two.Account() || got.Nonce != 7 {
		t.Errorf("%+v, %v", got, err)
	}
	for name, c := range map[string]struct {
		change func(*siteCase)
		want   error
	}{
		"a stranger signs for the owner": {func(c *siteCase) { c.signer = two }, ErrSignature},
		"former signs for the owner":     {func(c *siteCase) { c.owner, c.former = two, &one }, ErrSignature},
		"the owner signs twice":          {func(c *siteCase) { c.former = &one }, ErrSignature},
		"another network":                {func(c *siteCase) { c.network = radio.Network{1} }, ErrSignature},
		"the deadline is now":            {func(c *siteCase) { c.deadline = testNow }, ErrDeadline},
		"no owner":                       {func(c *siteCase) { c.spoil = func(s *witness.Site) { s.Owner = coverage.Account{} } }, nil},
		"no such cell":                   {func(c *siteCase) { c.spoil = func(s *witness.Site) { s.Cell = 1 } }, nil},
		"class attended":                 {func(c *siteCase) { c.spoil = func(s *witness.Site) { s.Class = 2 } }, nil},
		"no such plan":                   {func(c *siteCase) { c.spoil = func(s *witness.Site) { s.Plan = "EU999" } }, nil},
		"a record of another kind":       {func(c *siteCase) { c.kind = radio.KindBeacon }, nil},
	} {
		bad := soundSite(t)
		c.change(&bad)
		if got, err := VerifySite(bad.change(t), testNetwork, testNow); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestAnAccountSignsInOneForm: v of 0 and 1, and s in the upper half of the range, are wrong
// signatures, of the owner and of the account so far.
func TestAnAccountSignsInOneForm(t *testing.T) {
	one := ownerKey(t, "1")
	for name, spoil := range map[string]func(*witness.AccountSignature){
		"v from 0":   func(s *witness.AccountSignature) { s[64] -= 27 },
		"s is high":  func(s *witness.AccountSignature) { s[32] |= 0x80 },
		"r is large": func(s *witness.AccountSignature) { copy(s[:32], bytes.Repeat([]byte{0xff}, 32)) },
	} {
		c := soundSite(t)
		c.owner, c.signer, c.former, c.nonce = ownerKey(t, "2"), ownerKey(t, "2"), &one, 7
		owner, former := c.change(t), c.change(t)
		spoil(&owner.Owner)
		spoil(former.Former)
		for who, change := range map[string]witness.SiteChange{"owner": owner, "former": former} {
			if _, err := VerifySite(change, testNetwork, testNow); reasonOf(err, witness.RefusedSite) != witness.RefusedSignature {
				t.Errorf("%s, %s: %v", who, name, err)
			}
		}
	}
}

// One bit more or less anywhere, and the change is refused or says another thing.
func TestVerifySiteNoticesEachBit(t *testing.T) {
	encoded := soundSite(t).change(t).Append(nil)
	for i := range encoded {
		for bit := range 8 {
			spoilt := bytes.Clone(encoded)
			spoilt[i] ^= 1 << bit
			c, err := witness.ParseSiteChange(spoilt)
			if err != nil {
				continue
			}
			if got, err := VerifySite(c, testNetwork, testNow); err == nil {
				t.Fatalf("byte %d, bit %d: %+v", i, bit, got)
			}
		}
	}
}

func TestApplySite(t *testing.T) {
	data := Data(filepath.Join(t.TempDir(), "data"))
	book, err := data.Book(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	schedule, err := witness.ScheduleNamed("default")
	if err != nil {
		t.Fatal(err)
	}
	one, two := ownerKey(t, "1"), ownerKey(t, "2")
	apply := func(c siteCase) error {
		_, err := ApplySite(t.Context(), book, c.change(t), testNetwork, schedule.Timing, testNow)
		return err
	}
	first := soundSite(t)
	moved := soundSite(t)
	moved.nonce, moved.spoil = 1, func(s *witness.Site) { s.Class = witness.ClassDataOnly }
	taken := soundSite(t)
	taken.nonce, taken.owner, taken.signer = 2, two, two
	given := taken
	given.former = &one
	late := given
	late.nonce, late.owner, late.signer, late.former = 3, one, one, nil
	for i, c := range []struct {
		change siteCase
		want   error
	}{
		{moved, coverage.ErrNonce},
		{first, nil},
		{first, nil}, // the same bytes get the same answer
		{moved, nil},
		{taken, coverage.ErrNotOwner}, // nobody gives it up
		{given, nil},
		{late, coverage.ErrNotOwner}, // the owner before has no say any more
	} {
		if err := apply(c.change); !errors.Is(err, c.want) {
			t.Errorf("step %d: %v, want %v", i, err, c.want)
		}
	}
	h, err := book.History(t.Context(), first.change(t).Record.Station)
	if err != nil || len(h) != 3 || h[2].From != uint64(testNow)/86_400_000+1 || h[2].Site.Owner != two.Account() {
		t.Fatalf("%+v, %v", h, err)
	}
	for _, r := range h { // the evidence is kept
		c, err := witness.ParseSiteChange(r.Signed)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := VerifySite(c, testNetwork, testNow); err != nil || got.Site != r.Site {
			t.Errorf("%+v, %v, want %+v", got, err, r.Site)
		}
	}
}

func TestSiteText(t *testing.T) {
	encoded := soundSite(t).change(t).Append(nil)
	text := SiteText(encoded)
	if got, err := ParseSiteText(" " + text + "\n"); err != nil || !bytes.Equal(got, encoded) {
		t.Errorf("%x, %v", got, err)
	}
	for _, bad := range []string{"=", text + "=", text[:10] + "\n" + text[10:], text[:10] + "+", strings.Repeat("A", 10_000)} {
		if got, err := ParseSiteText(bad); err == nil {
			t.Errorf("%q: %x", bad, got)
		}
	}
}

func TestDataNetworkMakesNoKey(t *testing.T) {
	data := Data(t.TempDir())
	if id, err := data.Network(t.Context()); err == nil {
		t.Errorf("%v without a key", id)
	}
	want, err := data.network()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := data.Network(t.Context()); err != nil || got != want {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
}

// What is hostile on the way to the registry is refused, whatever layer it reaches.
func FuzzSite(f *testing.F) {
	f.Add(SiteText(soundSite(f).change(f).Append(nil)))
	sound := soundSite(f)
	f.Fuzz(func(t *testing.T, text string) {
		b, err := ParseSiteText(text)
		if err != nil {
			return
		}
		c, err := witness.ParseSiteChange(b)
		if err != nil {
			return
		}
		got, err := VerifySite(c, testNetwork, testNow)
		if err == nil && (got.By != sound.owner.Account() || SiteText(b) != strings.TrimSpace(text)) {
			t.Errorf("%s: %+v", text, got)
		}
	})
}
