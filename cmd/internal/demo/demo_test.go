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

	"hexspot/hardware/emulator"
	"hexspot/internal/mosquitto"
	"hexspot/radio"
)

// script300 is what four hotspots of a plan hear: 300 good frames and some bad, on all
// of its channels.
func script300(t *testing.T, region string) Script {
	t.Helper()
	plan, err := radio.PlanNamed(region)
	if err != nil {
		t.Fatal(err)
	}
	s := Script{Plan: plan}
	for i := range 4 {
		s.Hotspots = append(s.Hotspots, radio.EUI{0xA0, byte(i)})
	}
	for i := range 312 {
		phy, _ := dataFrame(byte(i))
		phy = append(phy[:8:8], byte(i>>8), byte(i), 1, 2, 3, 4)
		f := emulator.Frame{Payload: phy, RSSI: radio.DBm(-100 * (60 + i%60)), SNR: radio.DB(25 * (i%100 - 40)), CRC: radio.CRCOK}
		if i%26 == 25 {
			f.CRC = []radio.CRCStatus{radio.CRCBad, radio.CRCNone}[i/26%2]
		}
		f.Frequency, f.Modulation = channelNumber(plan, i)
		s.Receptions = append(s.Receptions, Reception{Hotspot: s.Hotspots[i%4], At: time.Duration(i) * 10 * time.Millisecond, Frame: f})
	}
	return s
}

// channelNumber gives channels of a plan in turn: LoRa at all rates, and what else
// there is.
func channelNumber(plan radio.Plan, i int) (radio.Hertz, radio.Modulation) {
	switch {
	case i%10 == 0 && plan.Service != nil:
		return plan.Service.Frequency, radio.LoRa{SF: plan.Service.SF, Bandwidth: plan.Service.Bandwidth, CodeRate: radio.CodeRate4_5}
	case i%10 == 1 && plan.FSK != nil:
		return plan.FSK.Frequency, radio.FSK{BitRate: plan.FSK.BitRate, Deviation: 25 * radio.KHz}
	}
	return plan.MultiSF[i%len(plan.MultiSF)], radio.LoRa{SF: radio.SpreadingFactor(7 + i%6), Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}
}

// passes runs a script and demands that it passes with so many good frames.
func passes(t *testing.T, c Config, script Script, atLeast int) Summary {
	t.Helper()
	var progress bytes.Buffer
	c.Display = Display{Out: &progress}
	s := newSession(c.withDefaults(), script)
	err := s.run(t.Context())
	sum := s.summary(err)
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

func TestScriptEndToEnd(t *testing.T) {
	sum := passes(t, Config{Replay: "made up"}, script300(t, "EU868"), 300)
	if sum.InjectedBad != 12 || sum.Read != uint64(sum.Injected) || sum.Forwarded != uint64(sum.Matched) {
		t.Errorf("%+v", sum)
	}
}

func TestRegionWithoutServiceChannels(t *testing.T) {
	passes(t, Config{Replay: "made up", Speed: new(Speed(1))}, script300(t, "IN865"), 300)
}

func TestScriptOnMosquitto(t *testing.T) {
	passes(t, Config{Replay: "made up", Broker: mosquitto.Start(t)}, script300(t, "EU868"), 300)
}

// recordFile is a record with one frame, as Run reads it.
func recordFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "record.ndjson")
	_, text := dataFrame(1)
	if err := os.WriteFile(path, []byte(line(text, hearer())), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
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
	script, err := OpenRecord(path, "")
	if err != nil {
		t.Fatal(err)
	}
	sum := passes(t, Config{Replay: path}, script, 12_614)
	if sum.Injected != 12_614 || sum.Acked != 12_614 || sum.Received != 12_614 || sum.Hotspots != 42 {
		t.Errorf("%+v", sum)
	}
}

func TestDemoThatCannotStart(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"no broker": func(c *Config) { c.Broker = "tcp://" + freeAddress(t) },
		"no record": func(c *Config) { c.Replay = "nothing" },
		"no plan":   func(c *Config) { c.Region = "XX" },
	} {
		c := Config{Replay: recordFile(t), Display: Display{Out: &bytes.Buffer{}}}
		change(&c)
		if sum, err := Run(t.Context(), c); err == nil || sum.Passed {
			t.Errorf("%s: passed %v, error %v", name, sum.Passed, err)
		}
	}
}

func TestRunOfARecord(t *testing.T) {
	sum, err := Run(t.Context(), Config{Replay: recordFile(t), Display: Display{Out: &bytes.Buffer{}}})
	if err != nil || !sum.Passed || sum.Matched != 1 || sum.Source != "record.ndjson" {
		t.Errorf("%v: %+v", err, sum)
	}
}

func TestDemoEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	c := Config{Replay: recordFile(t), Display: Display{Out: &bytes.Buffer{}}}
	begun := time.Now()
	if sum, err := Run(ctx, c); err == nil || sum.Passed {
		t.Errorf("passed %v, error %v", sum.Passed, err)
	}
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("ended after %v", took)
	}
}
