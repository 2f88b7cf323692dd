package rewards

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestShareVectors(t *testing.T) {
	b, err := os.ReadFile("../radio/testdata/hexspot-1.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Shares []struct {
			Unit, Scale, Weight, Share uint64 `json:",string"`
		}
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Shares) == 0 {
		t.Fatal("the vectors have no shares")
	}
	for _, c := range v.Shares {
		if got, err := Share(c.Unit, c.Scale, c.Weight); err != nil || got != c.Share {
			t.Errorf("share of %d, %d, %d is %d, %v, want %d", c.Unit, c.Scale, c.Weight, got, err, c.Share)
		}
	}
}

// TestUnitsAreThoseOfTheFormula works the table out again as exact fractions: with
// w > 4 witnesses the beaconer gets 2 - 0.8^(w-4), at most 2, and each witness
// (4 - (1 - 0.8^(w-4))) / w; rounded half to even.
func TestUnitsAreThoseOfTheFormula(t *testing.T) {
	for w := range MaxWitnesses + 1 {
		beaconer, witness := big.NewRat(int64(w), 4), big.NewRat(min(1, int64(w)), 1)
		if w > 4 {
			power := big.NewRat(1, 1)
			for range w - 4 {
				power.Mul(power, big.NewRat(4, 5))
			}
			beaconer.Sub(big.NewRat(2, 1), power)
			witness.Add(big.NewRat(3, 1), power)
			witness.Quo(witness, big.NewRat(int64(w), 1))
		}
		want := Units{tenThousandths(beaconer), tenThousandths(witness)}
		if got, err := UnitsOf(w); err != nil || got != want {
			t.Errorf("%d witnesses: %v, %v, want %v", w, got, err, want)
		}
	}
	for _, w := range []int{-1, 15} {
		if _, err := UnitsOf(w); err == nil {
			t.Errorf("%d witnesses have units", w)
		}
	}
}

func tenThousandths(x *big.Rat) uint64 {
	scaled := new(big.Rat).Mul(x, big.NewRat(Whole, 1))
	n, rest := new(big.Int).QuoRem(scaled.Num(), scaled.Denom(), new(big.Int))
	if c := rest.Lsh(rest, 1).Cmp(scaled.Denom()); c > 0 || c == 0 && n.Bit(0) == 1 {
		n.Add(n, big.NewInt(1))
	}
	return n.Uint64()
}

func TestShareAgainstBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		big64 := func(name string) *big.Int {
			return new(big.Int).SetUint64(rapid.Uint64().Draw(t, name))
		}
		unit, scale, weight := big64("unit"), big64("scale"), big64("weight")
		fit := new(big.Int).Mul(unit, scale)
		want := new(big.Int).Mul(fit, weight)
		want.Div(want, big.NewInt(Whole))
		got, err := Share(unit.Uint64(), scale.Uint64(), weight.Uint64())
		if (err == nil) != (fit.IsUint64() && want.IsUint64()) {
			t.Errorf("share of %v, %v, %v: %v", unit, scale, weight, err)
		}
		if err == nil && got != want.Uint64() {
			t.Errorf("share of %v, %v, %v is %d, want %v", unit, scale, weight, got, want)
		}
	})
}

func TestSharesOfAnEvent(t *testing.T) {
	for _, c := range []struct {
		name    string
		scale   uint64
		weights []uint64
		want    EventShares
	}{
		{"nobody heard it", 10_000, nil, EventShares{0, []uint64{}}},
		{"one", 10_000, []uint64{10_000}, EventShares{25_000_000, []uint64{100_000_000}}},
		{"a weak link", 9_570, []uint64{10_000, 3_325}, EventShares{31_877_670, []uint64{95_700_000, 31_820_250}}},
		{"nothing by scale", 0, []uint64{10_000}, EventShares{0, []uint64{0}}},
	} {
		got, err := SharesOf(c.scale, c.weights)
		if err != nil || got.Beaconer != c.want.Beaconer || len(got.Witnesses) != len(c.want.Witnesses) {
			t.Fatalf("%s: %+v, %v, want %+v", c.name, got, err, c.want)
		}
		for i := range got.Witnesses {
			if got.Witnesses[i] != c.want.Witnesses[i] {
				t.Errorf("%s: witness %d gets %d, want %d", c.name, i, got.Witnesses[i], c.want.Witnesses[i])
			}
		}
	}
}

func TestSharesOfRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		scale   uint64
		weights []uint64
	}{
		"15 witnesses": {1, make([]uint64, 15)},
		"scale":        {10_001, []uint64{1}},
		"weight":       {1, []uint64{10_001}},
	} {
		if got, err := SharesOf(c.scale, c.weights); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for _, f := range [][3]uint64{{math.MaxUint64, 2, 1}, {1 << 62, 2, 20_000}} {
		if got, err := Share(f[0], f[1], f[2]); err == nil {
			t.Errorf("share of %v is %d, an overflow", f, got)
		}
	}
}

// TestRulesPageHasTheUnits compares the table of docs/rules.md, which others write verifiers from.
func TestRulesPageHasTheUnits(t *testing.T) {
	b, err := os.ReadFile("../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	_, page, found := strings.Cut(string(b), "| w | beaconer/witness |\n|---|---|\n")
	if !found {
		t.Fatal("the page has no table of units")
	}
	page, _, _ = strings.Cut(page, "\n\n")
	var want []string
	for w := range MaxWitnesses + 1 {
		u, err := UnitsOf(w)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, fmt.Sprintf("%d/%d", u.Beaconer, u.Witness))
	}
	if got := regexp.MustCompile(`\d+/\d+`).FindAllString(page, -1); !slices.Equal(got, want) {
		t.Errorf("the page has %v, want %v", got, want)
	}
}
