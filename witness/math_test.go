package witness

import (
	"go/scanner"
	"go/token"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hexspot/coverage"
	"hexspot/radio"
)

func TestIsqrtAgainstBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64().Draw(t, "n")
		want := new(big.Int).Sqrt(new(big.Int).SetUint64(n)).Uint64()
		if got := isqrt(n); got != want {
			t.Errorf("isqrt(%d) = %d, want %d", n, got, want)
		}
	})
	for _, n := range []uint64{math.MaxUint64, 1 << 63, 1<<64 - 1<<33 + 1, 1<<64 - 1<<33, 1 << 62} {
		want := new(big.Int).Sqrt(new(big.Int).SetUint64(n)).Uint64()
		if got := isqrt(n); got != want {
			t.Errorf("isqrt(%d) = %d, want %d", n, got, want)
		}
	}
}

// bigLog2 follows the protocol's text with numbers of any length.
func bigLog2(v uint64) q32 {
	one := big.NewInt(1)
	whole := new(big.Int).SetUint64(v).BitLen() - 1
	x := new(big.Int).Lsh(new(big.Int).SetUint64(v), uint(63-whole))
	result := new(big.Int).SetInt64(int64(whole))
	for range 32 {
		p := new(big.Int).Rsh(new(big.Int).Mul(x, x), 63)
		bit := p.Cmp(new(big.Int).Lsh(one, 64)) >= 0
		result.Lsh(result, 1)
		if bit {
			result.Add(result, one)
			p.Rsh(p, 1)
		}
		x = p
	}
	return q32(result.Int64())
}

func TestLog2AgainstBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Uint64Min(1).Draw(t, "v")
		if got, want := log2(v), bigLog2(v); got != want {
			t.Errorf("log2(%d) = %d, want %d", v, got, want)
		}
	})
}

func TestLossErrorIsWithin5(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.Int64Range(1, 600_000_000).Draw(t, "mm")
		f := rapid.Int64Range(100_000_000, 1_000_000_000).Draw(t, "Hz")
		got := freeSpaceLoss(coverage.Millimetres(d), radio.Hertz(f), lossOffset)
		want := 1e6 * 20 * math.Log10(4*math.Pi*float64(d)/1000*float64(f)/299_792_458)
		if off := float64(got) - want; math.Abs(off) > 5 {
			t.Errorf("loss over %d mm at %d Hz is %d, off by %v", d, f, got, off)
		}
	})
}

// TestLossOffsets works both constants out again.
func TestLossOffsets(t *testing.T) {
	for speed, got := range map[float64]microdB{299_792_458: lossOffset, 2.998e8: heliumLossOffset} {
		want := 1e6 * (20*math.Log10(4*math.Pi/speed) - 60)
		if math.Abs(float64(got)-want) > 0.5 {
			t.Errorf("offset for %v m/s is %d, want %v", speed, got, want)
		}
	}
}

func drawPosition(t *rapid.T, name string) coverage.Position {
	at := rapid.Int64Range(-int64(farthest), int64(farthest))
	return coverage.Position{
		X: coverage.Millimetres(at.Draw(t, name+" x")),
		Y: coverage.Millimetres(at.Draw(t, name+" y")),
		Z: coverage.Millimetres(at.Draw(t, name+" z")),
	}
}

func TestDistanceAgainstBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawPosition(t, "a"), drawPosition(t, "b")
		got, ok := distance(a, b)
		if ok != (widest(a, b) <= farthest) {
			t.Fatalf("distance %v, widest %d", ok, widest(a, b))
		}
		if !ok {
			return
		}
		if back, _ := distance(b, a); back != got {
			t.Errorf("%d there, %d back", got, back)
		}
		if want := bigDistance(a, b); got != want {
			t.Errorf("%v to %v: %d, want %d", a, b, got, want)
		}
	})
}

func bigDistance(a, b coverage.Position) coverage.Millimetres {
	sum := new(big.Int)
	for _, d := range []coverage.Millimetres{a.X - b.X, a.Y - b.Y, a.Z - b.Z} {
		side := big.NewInt(int64(d))
		sum.Add(sum, side.Mul(side, side))
	}
	c := sum.Sqrt(sum)
	radius := big.NewInt(int64(coverage.EarthRadius))
	more := new(big.Int).Exp(c, big.NewInt(3), nil)
	more.Div(more, radius)
	more.Div(more, new(big.Int).Mul(big.NewInt(24), radius))
	return coverage.Millimetres(more.Add(more, c).Int64())
}

// TestDistanceIsThatOnASphere compares with the great circle between real cells.
func TestDistanceIsThatOnASphere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lat := rapid.Float64Range(-89, 89).Draw(t, "latitude")
		lng := rapid.Float64Range(-179, 179).Draw(t, "longitude")
		angle := rapid.Float64Range(0, 0.02).Draw(t, "angle") // to 127 km
		turn := rapid.Float64Range(0, 2*math.Pi).Draw(t, "turn")
		from := onSphere(lat*math.Pi/180, lng*math.Pi/180, 0, 0)
		to := onSphere(lat*math.Pi/180, lng*math.Pi/180, angle, turn)
		got, _ := distance(from, to)
		if want := angle * float64(coverage.EarthRadius); math.Abs(float64(got)-want) > 5 {
			t.Errorf("%d mm, want %v", got, want)
		}
	})
}

// onSphere goes from a place by an angle in a direction.
func onSphere(lat, lng, angle, turn float64) coverage.Position {
	radius := float64(coverage.EarthRadius)
	up := [3]float64{math.Cos(lat) * math.Cos(lng), math.Cos(lat) * math.Sin(lng), math.Sin(lat)}
	east := [3]float64{-math.Sin(lng), math.Cos(lng), 0}
	north := [3]float64{-math.Sin(lat) * math.Cos(lng), -math.Sin(lat) * math.Sin(lng), math.Cos(lat)}
	var p [3]coverage.Millimetres
	for i := range p {
		v := math.Cos(angle)*up[i] + math.Sin(angle)*(math.Cos(turn)*north[i]+math.Sin(turn)*east[i])
		p[i] = coverage.Millimetres(math.Round(radius * v))
	}
	return coverage.Position{X: p[0], Y: p[1], Z: p[2]}
}

func TestFineTimesAgainstBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.Uint64().Draw(t, "i")
		j := i + uint64(rapid.Int64Range(-1_100_000, 1_100_000).Draw(t, "dt"))
		d := rapid.Int64Range(0, 530_000_000).Draw(t, "d")
		allowance := rapid.Int64Range(0, 1_700_000).Draw(t, "allowance")
		dt := new(big.Int).Sub(new(big.Int).SetUint64(i), new(big.Int).SetUint64(j))
		light := new(big.Int).Mul(dt.Abs(dt), big.NewInt(299_792_458))
		limit := new(big.Int).Mul(big.NewInt(d+allowance), big.NewInt(1_000_000))
		want := dt.Cmp(big.NewInt(1_000_000)) <= 0 && light.Cmp(limit) <= 0
		if got := fineTimesFit(i, j, coverage.Millimetres(d), coverage.Millimetres(allowance)); got != want {
			t.Errorf("%d and %d over %d: %v, want %v", i, j, d, got, want)
		}
	})
}

// TestJudgingHasNoFloats keeps floating point out of what is computed after an epoch
// froze: it differs between machines.
func TestJudgingHasNoFloats(t *testing.T) {
	seen := 0
	for _, pattern := range []string{"judge*.go", "math_*.go", "rule_*.go", "select_*.go", "weight_*.go", "../coverage/density*.go", "../rewards/share.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			seen++
			if found := floating(b); found != "" {
				t.Errorf("%s has %s", file, found)
			}
		}
	}
	if seen < 20 {
		t.Fatalf("only %d files were read", seen)
	}
	for _, source := range []string{"var x = 1.5", "func f(x float64)", `import "math"`, "y := 1e3", "z := l.Float()"} {
		if floating([]byte("package p\n"+source+"\n")) == "" {
			t.Errorf("%s: the floating point is not seen", source)
		}
	}
}

// floating gives the first word of a source that is about floating point.
func floating(source []byte) string {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(source))
	s.Init(file, source, nil, 0)
	for {
		_, tok, text := s.Scan()
		switch {
		case tok == token.EOF:
			return ""
		case tok == token.FLOAT, text == `"math"`, text == "Float", strings.HasPrefix(text, "float"):
			return text
		}
	}
}

func BenchmarkMath(b *testing.B) {
	from, to := coverage.Position{X: 4466737385, Y: 473131393, Z: 4518200561}, coverage.Position{X: 4467788076, Y: 447832276, Z: 4519739865}
	b.Run("distance", func(b *testing.B) {
		for b.Loop() {
			distance(from, to)
		}
	})
	b.Run("free space loss", func(b *testing.B) {
		for b.Loop() {
			freeSpaceLoss(25_367_686, 867_100_000, lossOffset)
		}
	})
	b.Run("fine time", func(b *testing.B) {
		for b.Loop() {
			fineTimesFit(1400817307071199329, 1400817307071479237, 83_586_436, 328_000)
		}
	})
}
