package coverage

import (
	"encoding/json"
	"os"
	"testing"
)

type siteVector struct {
	Cell       string
	Resolution int
	X, Y, Z    Millimetres `json:",string"`
	Slack      Millimetres `json:"slack_mm,string"`
	Res8       string      `json:"res8_cell"`
}

// loadSites reads the group sites of the vectors, which are kept beside package
// radio.
func loadSites(t testing.TB) []siteVector {
	t.Helper()
	b, err := os.ReadFile("../radio/testdata/hexspot-1.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ Sites []siteVector }
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Sites) == 0 {
		t.Fatal("the vectors have no sites")
	}
	return v.Sites
}

func mustHex(t testing.TB, text string) Hex {
	t.Helper()
	h, err := ParseHex(text)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestSiteVectors(t *testing.T) {
	for _, v := range loadSites(t) {
		h := mustHex(t, v.Cell)
		center, err := Center(h)
		if err != nil {
			t.Fatal(err)
		}
		if want := (Position{v.X, v.Y, v.Z}); !center.Agrees(want) {
			t.Errorf("%s: centre %v, want %v", v.Cell, center, want)
		}
		if slack, err := Slack(h); err != nil || slack != v.Slack {
			t.Errorf("%s: slack %d, %v, want %d", v.Cell, slack, err, v.Slack)
		}
		if parent, err := h.Parent(8); err != nil || parent.String() != v.Res8 {
			t.Errorf("%s: parent %v, %v, want %s", v.Cell, parent, err, v.Res8)
		}
		if h.Resolution() != v.Resolution {
			t.Errorf("%s: resolution %d, want %d", v.Cell, h.Resolution(), v.Resolution)
		}
	}
}

func TestAgrees(t *testing.T) {
	p := Position{10, 20, 30}
	for _, q := range []Position{p, {12, 18, 32}, {8, 22, 28}} {
		if !p.Agrees(q) {
			t.Errorf("%v and %v do not agree", p, q)
		}
	}
	for _, q := range []Position{{13, 20, 30}, {10, 17, 30}, {10, 20, 33}} {
		if p.Agrees(q) {
			t.Errorf("%v and %v agree", p, q)
		}
	}
}
