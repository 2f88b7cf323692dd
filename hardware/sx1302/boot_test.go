package sx1302

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/radio"
)

// statusPlaces are bytes the chip writes, not the driver.
var statusPlaces = []uint16{0x5781, 0x578D, 0x578E, 0x578F, 0x5790, 0x6081, 0x608D}

// region is a file of what boot.txt leaves to the region.
type region map[string][]string

func readRegion(t *testing.T, path string) region {
	t.Helper()
	r := make(region)
	for _, line := range lines(t, path) {
		key, value, ok := strings.Cut(line, " = ")
		if !ok && line != "" {
			t.Fatalf("%s: %q", path, line)
		}
		r[key] = append(r[key], value)
	}
	return r
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + path)
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
			kept = append(kept, line)
		}
	}
	return kept
}

// fill puts the region's lines in their places.
func (r region) fill(t *testing.T, line string) string {
	before, rest, found := strings.Cut(line, "${")
	if !found {
		return line
	}
	key, after, _ := strings.Cut(rest, "}")
	if r[key] == nil && key != "fsk" {
		t.Fatalf("no %q for the region", key)
	}
	return before + strings.Join(r[key], " ") + after
}

// expected is the trace that the typed tables ask for.
func expected(t *testing.T, r region, pattern byte) []traced {
	t.Helper()
	var trace []traced
	state := newRecorder(pattern).file
	var wait time.Duration
	var pending bool
	flush := func() {
		if pending {
			trace = append(trace, traced{after: wait, state: state})
			wait, pending = 0, false
		}
	}
	for _, raw := range append(lines(t, "boot.txt"), "") {
		line := r.fill(t, raw)
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case raw == "":
			flush()
		case word == "wait":
			wait += duration(t, rest)
		case word == "program":
			trace = append(trace, traced{what: line, state: state})
		case word == "A>" || word == "B>":
			trace = append(trace, traced{after: wait + time.Millisecond, what: line, state: state})
			wait = 0
		default:
			pending = true
			for _, field := range strings.Fields(line) {
				apply(t, &state, field)
			}
		}
	}
	return trace
}

func duration(t *testing.T, text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// apply reads address[:bit[+width]]=value.
func apply(t *testing.T, state *file, text string) {
	t.Helper()
	place, value, ok := strings.Cut(text, "=")
	address, part, partly := strings.Cut(place, ":")
	a, err1 := strconv.ParseUint(address, 16, 16)
	v, err2 := strconv.ParseUint(value, 0, 8)
	bit, width := uint64(0), uint64(8)
	var err3, err4 error
	if partly {
		b, w, wide := strings.Cut(part, "+")
		bit, err3 = strconv.ParseUint(b, 10, 3)
		width = 1
		if wide {
			width, err4 = strconv.ParseUint(w, 10, 4)
		}
	}
	if err := errors.Join(err1, err2, err3, err4); !ok || err != nil || v >= 1<<width {
		t.Fatalf("%q: %v", text, err)
	}
	state.set(uint16(a), byte((1<<width-1)<<bit), byte(v<<bit))
}

func testPlan(t testing.TB, name string) radio.Plan {
	t.Helper()
	p, err := radio.PlanNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func testFirmware(t testing.TB) Firmware {
	t.Helper()
	var f Firmware
	for i, image := range []*Image{&f.AGC, &f.ARB} {
		var err error
		if *image, err = ParseFirmware(SyntheticImage(uint64(i))); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// bootOn starts a chip and gives the starter.
func bootOn(t *testing.T, bus *recorder, config Config) (*starter, error) {
	t.Helper()
	config.Firmware = testFirmware(t)
	s, err := newStarter(bus, config)
	if err != nil {
		t.Fatal(err)
	}
	return s, s.boot(t.Context())
}

// The start writes what the typed tables say, window by window, and touches nothing
// else, whatever was in the registers before.
func TestBootByTheTables(t *testing.T) {
	for _, name := range []string{"EU868", "US915_1"} {
		for _, pattern := range []byte{0x00, 0xFF, 0xA5, 0x5A} {
			t.Run(fmt.Sprintf("%s on %02X", name, pattern), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					bus := newRecorder(pattern)
					if _, err := bootOn(t, bus, Config{Plan: testPlan(t, name)}); err != nil {
						t.Fatal(err)
					}
					compare(t, expected(t, readRegion(t, "boot_"+strings.ToLower(name)+".txt"), pattern), bus.trace)
				})
			})
		}
	}
}

func compare(t *testing.T, want, got []traced) {
	t.Helper()
	for i := range max(len(want), len(got)) {
		if i >= len(want) || i >= len(got) {
			t.Fatalf("%d entries, want %d", len(got), len(want))
		}
		w, g := want[i], got[i]
		if w.what != g.what || w.after != g.after {
			t.Fatalf("entry %d is %q after %v, want %q after %v%s", i, g.what, g.after, w.what, w.after, differences(w.state, g.state))
		}
		if d := differences(w.state, g.state); d != "" {
			t.Fatalf("window %d:%s", i, d)
		}
	}
}

func differences(want, got file) string {
	for _, address := range statusPlaces {
		got.set(address, 0xFF, want[address-fileBase])
	}
	var text strings.Builder
	for i := range want {
		if want[i] != got[i] {
			fmt.Fprintf(&text, "\n\t%04X is %02X, want %02X", fileBase+i, got[i], want[i])
		}
	}
	return text.String()
}
