package coverage

import (
	"bytes"
	"errors"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hexspot/radio"
)

var testNetwork = radio.Network{0xc2, 0xad, 0x0a, 0x99, 0x77, 0x51, 0xe0, 0x40}

func each(listings []Listing) iter.Seq2[Listing, error] {
	return func(yield func(Listing, error) bool) {
		for _, l := range listings {
			if !yield(l, nil) {
				return
			}
		}
	}
}

// sampleRegistry has four stations, one of which moved and one of which is to come.
func sampleRegistry(t testing.TB) *Registry {
	t.Helper()
	r := NewRegistry()
	home, moved := testSite(t, 1, "8c1f9ed938c4bff"), testSite(t, 1, "8b2a10721270fff")
	moved.DataOnly, moved.Gain = true, -120
	for _, c := range []struct {
		seed  byte
		nonce uint64
		site  Site
		epoch uint64
	}{{1, 0, home, 10}, {2, 0, home, 10}, {1, 1, moved, 10}, {3, 0, moved, 11}, {4, 0, home, 12}, {2, 1, moved, 12}} {
		if err := r.Apply(Change{testStation(t, c.seed), c.nonce, Account{1}, c.site}, c.epoch); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func writeSnapshot(t testing.TB, epoch uint64, listings []Listing) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteSnapshot(&b, testNetwork, epoch, each(listings)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSnapshotGolden(t *testing.T) {
	got := writeSnapshot(t, 12, sampleRegistry(t).Snapshot(12))
	want, err := os.ReadFile("testdata/registry.txt")
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}

func TestSnapshotComesBack(t *testing.T) {
	r := sampleRegistry(t)
	for epoch, n := range map[uint64]int{0: 0, 10: 0, 11: 2, 12: 3, 13: 4, 99: 4} {
		listings := r.Snapshot(epoch)
		s, err := ReadSnapshot(bytes.NewReader(writeSnapshot(t, epoch, listings)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(Snapshot{testNetwork, epoch, listings}, s, cmp.AllowUnexported(radio.Station{})); diff != "" || len(listings) != n {
			t.Errorf("epoch %d: %d listings\n%s", epoch, len(listings), diff)
		}
		for _, l := range listings {
			if site, ok := r.Site(l.Station, epoch); !ok || site != l.Site {
				t.Errorf("epoch %d: %v is at %+v, listed at %+v", epoch, l.Station, site, l.Site)
			}
		}
	}
}

// Changes of different stations may come in any order.
func TestSnapshotDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var seeds []byte
		for i := range byte(12) {
			seeds = append(seeds, i+1)
		}
		snapshot := func(order []byte) []byte {
			r := NewRegistry()
			for _, seed := range order {
				cell := []string{"8c1f9ed938c4bff", "8b2a10721270fff"}[seed%2]
				if err := r.Apply(Change{stationOf(t, seed), 0, Account{seed}, siteIn(t, seed, cell)}, 5); err != nil {
					t.Fatal(err)
				}
			}
			var b bytes.Buffer
			if err := WriteSnapshot(&b, testNetwork, 6, each(r.Snapshot(6))); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
		if a, b := snapshot(seeds), snapshot(rapid.Permutation(seeds).Draw(t, "order")); !bytes.Equal(a, b) {
			t.Errorf("%s\n%s", a, b)
		}
	})
}

func TestWriteSnapshotRefuses(t *testing.T) {
	listings := sampleRegistry(t).Snapshot(12)
	spoil := func(f func([]Listing)) iter.Seq2[Listing, error] {
		l := slices.Clone(listings)
		f(l)
		return each(l)
	}
	broken := errors.New("the disk is on fire")
	for name, seq := range map[string]iter.Seq2[Listing, error]{
		"order":       spoil(func(l []Listing) { l[0], l[1] = l[1], l[0] }),
		"twice":       spoil(func(l []Listing) { l[1] = l[0] }),
		"no station":  spoil(func(l []Listing) { l[0].Station = radio.Station{} }),
		"the future":  spoil(func(l []Listing) { l[0].From = 13 }),
		"a bad site":  spoil(func(l []Listing) { l[0].Site.Plan = "EU868 x" }),
		"the fire":    func(yield func(Listing, error) bool) { yield(Listing{}, broken) },
		"2 mm and on": spoil(func(l []Listing) { l[0].Site.Center.X += 3 }),
	} {
		err := WriteSnapshot(&bytes.Buffer{}, testNetwork, 12, seq)
		if err == nil || (name == "the fire") != errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadSnapshotRefuses(t *testing.T) {
	good := string(writeSnapshot(t, 12, sampleRegistry(t).Snapshot(12)))
	head, rest, _ := strings.Cut(good, "\n")
	line, _, _ := strings.Cut(rest, "\n")
	swap := func(old, with string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("there is no %q in the sample", old)
		}
		return strings.Replace(good, old, with, 1)
	}
	for text, want := range map[string]string{
		"":                                     "line 1: EOF",
		head:                                   "line 1: the line has no end",
		"hexspot/2" + good[9:]:                 "line 1: want",
		swap(" 12\n", " 012\n"):                "line 1: want",
		swap(" 12\n", " 1099511627776\n"):      "line 1: epoch",
		swap("c2ad", "C2ad"):                   "line 1: network",
		swap(head, head+" more"):               "line 1: no head",
		swap("data-only", "attended"):          "class",
		swap("EU868", "eu868"):                 "plan",
		swap(" -120 ", " 32768 "):              "gain",
		swap(" -120 ", " 4294967296 "):         "out of range",
		swap(" -120 ", "  -120 "):              "want",
		swap(" -120 ", " -0120 "):              "want",
		swap(" 11 0x", " 13 0x"):               "a site from epoch 13",
		good + line + "\n":                     "not after the one before",
		good + strings.Repeat("x", 600) + "\n": "too long",
		good + line:                            "no end",
		good + "\n":                            "0 words",
		swap("spot1", "Spot1"):                 "station id",
		swap("0x01", "0x1"):                    "account",
		strings.ReplaceAll(good, "\n", "\r\n"): "want",
	} {
		if s, err := ReadSnapshot(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %+v, %v, want %q", text, s, err, want)
		}
	}
}

func FuzzReadSnapshot(f *testing.F) {
	f.Add(writeSnapshot(f, 12, sampleRegistry(f).Snapshot(12)))
	f.Add(writeSnapshot(f, 1, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ReadSnapshot(bytes.NewReader(b))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := WriteSnapshot(&again, s.Network, s.Epoch, each(s.Listings)); err != nil || !bytes.Equal(again.Bytes(), b) {
			t.Errorf("%q comes back as %q, %v", b, again.Bytes(), err)
		}
	})
}

func TestDensityCells(t *testing.T) {
	listings := sampleRegistry(t).Snapshot(12)
	absent, active := testStation(t, 9), testStation(t, 2)
	got := DensityCells(listings, func(s radio.Station) bool { return s == absent || s == active })
	if want := []Hex{mustHex(t, "8c1f9ed938c4bff")}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if _, err := NewDensity(HIP104(), got); err != nil {
		t.Error(err)
	}
}

func TestRegistryRefusesEpochs(t *testing.T) {
	site := testSite(t, 1, "8c1f9ed938c4bff")
	for epoch, ok := range map[uint64]bool{0: true, 1<<40 - 2: true, 1<<40 - 1: false, 1 << 63: false, 1<<64 - 1: false} {
		if err := NewRegistry().Apply(Change{testStation(t, 1), 0, Account{1}, site}, epoch); (err == nil) != ok {
			t.Errorf("epoch %d: %v", epoch, err)
		}
	}
}
