package coverage

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"testing"

	"hexspot/radio"
)

func testStation(t testing.TB, seed byte) radio.Station {
	t.Helper()
	return stationOf(t, seed)
}

// fatal is what tests and property tests have in common.
type fatal interface{ Fatal(...any) }

func stationOf(t fatal, seed byte) radio.Station {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	s, err := radio.StationOf(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func testSite(t testing.TB, owner byte, cell string) Site {
	t.Helper()
	return siteIn(t, owner, cell)
}

func siteIn(t fatal, owner byte, cell string) Site {
	h, err := ParseHex(cell)
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSite(Account{owner}, h, 120, 50, "EU868")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRegistryTakesEffectNextEpoch(t *testing.T) {
	r, station := NewRegistry(), testStation(t, 1)
	first, second, third := testSite(t, 1, "8c1f9ed938c4bff"), testSite(t, 1, "8b2a10721270fff"), testSite(t, 2, "8abe0e342487fff")
	for i, c := range []struct {
		epoch uint64
		by    byte
		site  Site
	}{{10, 1, first}, {12, 1, second}, {12, 1, third}} {
		if err := r.Apply(Change{station, uint64(i), Account{c.by}, c.site}, c.epoch); err != nil {
			t.Fatal(err)
		}
	}
	for epoch, want := range map[uint64]Site{11: first, 12: first, 13: third, 99: third} {
		if got, ok := r.Site(station, epoch); !ok || got != want {
			t.Errorf("epoch %d: %+v, %v", epoch, got, ok)
		}
	}
	if got, ok := r.Site(station, 10); ok {
		t.Errorf("epoch 10: %+v, want none", got)
	}
	if n := len(r.History(station)); n != 3 {
		t.Errorf("%d entries of history, want 3", n)
	}
}

func TestRegistryRefuses(t *testing.T) {
	station, site := testStation(t, 1), testSite(t, 1, "8c1f9ed938c4bff")
	moved := testSite(t, 2, "8b2a10721270fff")
	unowned := site
	unowned.Owner = Account{}
	for _, c := range []struct {
		name   string
		change Change
		epoch  uint64
		want   error
	}{
		{"nonce again", Change{station, 0, Account{1}, site}, 10, ErrNonce},
		{"nonce ahead", Change{station, 2, Account{1}, site}, 10, ErrNonce},
		{"a stranger", Change{station, 1, Account{2}, moved}, 10, ErrNotOwner},
		{"an epoch back", Change{station, 1, Account{1}, site}, 9, nil},
		{"no station", Change{radio.Station{}, 0, Account{1}, site}, 10, nil},
		{"a bad site", Change{station, 1, Account{1}, unowned}, 10, nil},
	} {
		r := NewRegistry()
		if err := r.Apply(Change{station, 0, Account{1}, site}, 10); err != nil {
			t.Fatal(err)
		}
		err := r.Apply(c.change, c.epoch)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := r.NextNonce(station); got != 1 {
			t.Errorf("%s: a refused change moved the nonce to %d", c.name, got)
		}
	}
	if err := NewRegistry().Apply(Change{station, 0, Account{2}, site}, 10); !errors.Is(err, ErrNotOwner) {
		t.Errorf("first change for another owner: %v", err)
	}
}

func TestRegistryHandsAStationOn(t *testing.T) {
	r, station := NewRegistry(), testStation(t, 1)
	site, moved := testSite(t, 1, "8c1f9ed938c4bff"), testSite(t, 2, "8c1f9ed938c4bff")
	for i, c := range []Change{{station, 0, Account{1}, site}, {station, 1, Account{1}, moved}, {station, 2, Account{2}, moved}} {
		if err := r.Apply(c, uint64(10+i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Apply(Change{station, 3, Account{1}, site}, 20); !errors.Is(err, ErrNotOwner) {
		t.Errorf("the owner before: %v", err)
	}
}

func TestSiteValidate(t *testing.T) {
	good := testSite(t, 1, "8c1f9ed938c4bff")
	for name, spoil := range map[string]func(*Site){
		"owner":         func(s *Site) { s.Owner = Account{} },
		"cell":          func(s *Site) { s.Cell = 0 },
		"resolution":    func(s *Site) { s.Cell = s.Cell.ancestor(7) },
		"centre":        func(s *Site) { s.Center.X += 3 },
		"gain":          func(s *Site) { s.Gain = 32_768 },
		"negative gain": func(s *Site) { s.Gain = -32_768 },
		"loss":          func(s *Site) { s.Loss = -1 },
		"great loss":    func(s *Site) { s.Loss = 32_768 },
		"plan":          func(s *Site) { s.Plan = "XX1" },
		"plan's case":   func(s *Site) { s.Plan = "eu868" },
	} {
		s := good
		spoil(&s)
		if s.Validate() == nil {
			t.Errorf("%s: a bad site passes", name)
		}
	}
	good.Center.X += 2
	if err := good.Validate(); err != nil {
		t.Errorf("2 mm off: %v", err)
	}
}

func TestAccountText(t *testing.T) {
	const text = "0x00112233445566778899aabbccddeeff00112233"
	a, err := ParseAccount(text)
	if err != nil || a.String() != text {
		t.Errorf("%v, %v", a, err)
	}
	for _, bad := range []string{"", "0x", text[2:], text + "0", text[:41], "0X00112233445566778899aabbccddeeff00112233"} {
		if a, err := ParseAccount(bad); err == nil {
			t.Errorf("%q: %v", bad, a)
		}
	}
}
