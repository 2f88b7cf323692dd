package demo

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hexspot/internal/mosquitto"
)

// town300 is a town whose hotspots hear more than 300 good frames and some bad.
func town300() Config {
	return Config{Town: Town{Seed: 11, Hotspots: 4, Devices: 60}, Speed: new(Speed), For: 20 * time.Second}
}

// passes runs a demo and demands that it passes with so many good frames.
func passes(t *testing.T, c Config, atLeast int) Summary {
	t.Helper()
	var progress bytes.Buffer
	c.Display = Display{Out: &progress}
	sum, err := Run(t.Context(), c)
	var text bytes.Buffer
	sum.WriteText(&text)
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, progress.String(), text.String())
	}
	t.Logf("\n%s", text.String())
	if !sum.Passed || sum.Matched < atLeast || sum.Matched != sum.Expected || sum.Expected+sum.InjectedBad != sum.Injected {
		t.Errorf("want %d frames or more:\n%s", atLeast, text.String())
	}
	if !strings.Contains(progress.String(), "booted") {
		t.Errorf("progress: %q", progress.String())
	}
	return sum
}

func TestTownEndToEnd(t *testing.T) {
	sum := passes(t, town300(), 300)
	if sum.InjectedBad < 5 || sum.Read != uint64(sum.Injected) || sum.Forwarded != uint64(sum.Matched) {
		t.Errorf("%+v", sum)
	}
}

func TestRegionWithoutServiceChannels(t *testing.T) {
	c := town300()
	c.Region, c.For = "IN865", 5*time.Second
	passes(t, c, 50)
}

func TestTownOnMosquitto(t *testing.T) {
	c := town300()
	c.Broker = mosquitto.Start(t)
	passes(t, c, 300)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// recordOfTower is the real record: 12,614 frames at 42 hotspots.
func recordOfTower(t *testing.T) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "..", "shared", "data", "grenoble", "tower-sensor.ndjson.gz")
	if !exists(path) {
		t.Skipf("the record %s is not there", path)
	}
	return path
}

func TestTowerRecord(t *testing.T) {
	s, err := OpenRecord(recordOfTower(t), "")
	if err != nil {
		t.Fatal(err)
	}
	if s.Plan.Name != "EU868" || len(s.Hotspots) != 42 || len(s.Receptions) != 12_614 || s.Skipped != 0 {
		t.Errorf("plan %s, %d hotspots, %d receptions, %d skipped", s.Plan.Name, len(s.Hotspots), len(s.Receptions), s.Skipped)
	}
}

func TestReplayOfTheTower(t *testing.T) {
	path := recordOfTower(t)
	if testing.Short() {
		t.Skip("replaying 12,614 frames takes some seconds")
	}
	sum := passes(t, Config{Replay: path}, 12_614)
	if sum.Injected != 12_614 || sum.Acked != 12_614 || sum.Received != 12_614 || sum.Hotspots != 42 {
		t.Errorf("%+v", sum)
	}
}

func TestDemoThatCannotStart(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"no broker": func(c *Config) { c.Broker = "tcp://" + freeAddress(t) },
		"no record": func(c *Config) { c.Replay = "nothing" },
		"no town":   func(c *Config) { c.Town.Devices = 0 },
	} {
		c := town300()
		change(&c)
		c.Display.Out = &bytes.Buffer{}
		if sum, err := Run(t.Context(), c); err == nil || sum.Passed {
			t.Errorf("%s: passed %v, error %v", name, sum.Passed, err)
		}
	}
}

func TestDemoEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	c := town300()
	c.Display.Out = &bytes.Buffer{}
	begun := time.Now()
	if sum, err := Run(ctx, c); err == nil || sum.Passed {
		t.Errorf("passed %v, error %v", sum.Passed, err)
	}
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("ended after %v", took)
	}
}
