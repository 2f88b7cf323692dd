package witness

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"hexspot/coverage"
)

func standingExample(t testing.TB) SiteStanding {
	t.Helper()
	cell, err := coverage.ParseHex("8c1f9ed938c4bff")
	if err != nil {
		t.Fatal(err)
	}
	now := RegisteredSite{Placement{Antenna{230, 50}, "EU868", false}, cell, 5}
	next := RegisteredSite{Placement{Antenna{-100, 0}, "US915_1", true}, cell, 9}
	return SiteStanding{Epoch: 8, Changes: 2, Now: &now, Next: &next}
}

func TestSiteStanding(t *testing.T) {
	whole := standingExample(t)
	for _, s := range []SiteStanding{whole, {Epoch: 8}, {Epoch: 8, Next: whole.Next}, {Refused: "not here"}} {
		got, err := ParseSiteStanding(s.Append(nil))
		if err != nil || !reflect.DeepEqual(got, s) {
			t.Errorf("%s: %+v, %v", s.Append(nil), got, err)
		}
	}
	for e, want := range map[Epoch]*RegisteredSite{8: whole.Now, 9: whole.Next, 10: whole.Next} {
		if got := whole.At(e); got != want {
			t.Errorf("epoch %d: %+v", e, got)
		}
	}
	if (SiteStanding{Epoch: 8}).At(8) != nil {
		t.Error("a site where there is none")
	}
}

func TestSiteStandingIsRefused(t *testing.T) {
	good := string(standingExample(t).Append(nil))
	for _, change := range [][2]string{
		{`"ask":"site"`, `"ask":"sites"`}, {`"epoch":8`, `"epoch":1099511627776`}, {`"8c1f9ed938c4bff"`, `"45,5"`}, {`"gain":230`, `"gain":2000000`},
		{`"loss":50`, `"loss":2000000`}, {`"EU868"`, `"EU868_and_many_more"`}, {`"EU868"`, `"EU\u001b"`}, {`"from_epoch":5`, `"from_epoch":1099511627776`}, {`"changes"`, `"more"`}, {"}", "}}"},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if _, err := ParseSiteStanding([]byte(bad)); err == nil || bad == good {
			t.Errorf("%s is taken", bad)
		}
	}
}

func FuzzSiteStanding(f *testing.F) {
	f.Add(standingExample(f).Append(nil))
	f.Add([]byte(`{"ask":"site","refused":"x is no epoch"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseSiteStanding(b)
		if err != nil {
			return
		}
		again, err := ParseSiteStanding(s.Append(nil))
		if err != nil || !bytes.Equal(again.Append(nil), s.Append(nil)) {
			t.Errorf("%q: %+v, %v", b, again, err)
		}
	})
}
