package demo

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hexspot/cmd/internal/proof"
	"hexspot/internal/mosquitto"
	"hexspot/witness"
)

// shortTown lives as long as it takes that most have joined and some have sent.
func shortTown(out io.Writer) Town {
	return Town{Seed: 3, Hotspots: 3, Devices: 12, For: 12 * time.Second, Screen: NewScreen(out, false)}
}

// townPasses runs a town and demands that the whole proof holds, and that it is one of
// something. A busy machine may miss downlinks, if it says so.
func townPasses(t *testing.T, c Town) TownSummary {
	t.Helper()
	sum, err := RunTown(t.Context(), c)
	var text bytes.Buffer
	if err := sum.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", text.String())
	v := sum.Downlinks
	if err != nil || !sum.Passed || len(sum.Problems) > 0 {
		t.Fatalf("%v, passed %v, problems %q", err, sum.Passed, sum.Problems)
	}
	if sum.Devices.Joined < 4 || v.Emitted < 4 || v.Emitted+v.Failed() != v.Accepted || v.Transmissions != v.Emitted || v.Timed == 0 ||
		sum.Uplinks.Matched < 8 || sum.Uplinks.Matched != sum.OnAir.Receptions || sum.Leads.Count != v.Emitted {
		t.Errorf("%+v\n%+v", sum, v)
	}
	return sum
}

func TestTown(t *testing.T) {
	t.Parallel()
	var screen bytes.Buffer
	c := shortTown(&screen)
	pages := make(chan string, 1)
	c.Page = Address{Listen: "127.0.0.1:0", Announce: func(url string) {
		answer, err := http.Get(url)
		if err != nil {
			pages <- err.Error()
			return
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		pages <- string(text)
	}}
	townPasses(t, c)
	if text := <-pages; !strings.Contains(text, "<title>") {
		t.Errorf("the page: %.200s", text)
	}
	if !strings.Contains(screen.String(), "hotspots 3/3") {
		t.Errorf("the screen: %s", screen.String())
	}
}

// fastCoverage has epochs of ten seconds, so that a short town sees one that is whole,
// frozen and verified. Reports are in time for longer than a mark is looked for.
var fastCoverage = witness.Schedule{
	Timing:      witness.Timing{Slot: 2500, WindowSlots: 4, GuardSlots: 1, EpochSlots: 4, Lead: 700, Spread: 300, Report: 6000},
	AnchorAhead: 6000,
}

// enoughCoverage is what a short town must show: a few of everything, on a machine that has
// time for it most of the while.
func enoughCoverage(v *proof.CoverageVerdict) bool {
	attacked := !slices.ContainsFunc(v.Attacks, func(a proof.AttackVerdict) bool { return a.Sent == 0 })
	return attacked && v.BeaconsBy[proof.Valid] >= 4 && v.WitnessesBy[proof.Valid] >= 4 && v.Final >= 4 && v.Due > 0 &&
		v.Resent > 0 && v.Foreign["network"] > 0 && len(excusesOf(v)) == 0
}

// TestTownWithCoverage: what hotspots send and hear of each other's beacons is judged as
// the air has it, and every attack is made and gets its reason. On a busy machine that
// takes longer: other towns do not live beside it.
func TestTownWithCoverage(t *testing.T) {
	c := shortTown(io.Discard)
	c.Hotspots, c.Devices, c.For, c.Coverage, c.schedule = 4, 8, 26*time.Second, true, &fastCoverage
	giveUp := time.Now().Add(3 * time.Minute)
	c.enough = func(v *proof.CoverageVerdict) bool { return enoughCoverage(v) || time.Now().After(giveUp) }
	if v := townPasses(t, c).Coverage; !enoughCoverage(v) {
		t.Errorf("%+v", v)
	}
}

func TestTownOnMosquitto(t *testing.T) {
	t.Parallel()
	c := shortTown(io.Discard)
	c.Broker, c.Seed = mosquitto.Start(t), 4
	townPasses(t, c)
}

func TestTownInAmerica(t *testing.T) {
	t.Parallel()
	c := shortTown(io.Discard)
	c.Region = "US915_1"
	townPasses(t, c)
}

// Who ends a town early is told what it has shown, and that it has not passed.
func TestTownEndsWithContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	sum, err := RunTown(ctx, shortTown(io.Discard))
	if err == nil || sum.Passed || sum.Hotspots != 3 || sum.WriteText(io.Discard) != nil {
		t.Errorf("%v: %+v", err, sum)
	}
}

// The usual port may be taken, one that was asked for may not.
func TestTownPageWhereTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	s, err := newTownSession(shortTown(io.Discard).withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	fail := func(err error) { t.Error(err) }
	s.config.Page.Listen = taken.Addr().String()
	if _, err := s.showPage(t.Context(), fail); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("error %v", err)
	}
	var told string
	s.config.Page = Address{Listen: taken.Addr().String(), OrElse: true, Announce: func(url string) { told = url }}
	stop, err := s.showPage(t.Context(), fail)
	if err != nil || told == "" || strings.Contains(told, taken.Addr().String()) {
		t.Fatalf("%q, error %v", told, err)
	}
	stop()
}

func TestTownWithoutBroker(t *testing.T) {
	c := shortTown(io.Discard)
	c.Broker = "tcp://" + freeAddress(t)
	if sum, err := RunTown(t.Context(), c); err == nil || sum.Passed {
		t.Errorf("passed %v, error %v", sum.Passed, err)
	}
}
