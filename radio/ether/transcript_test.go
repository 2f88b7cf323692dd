package ether_test

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hexspot/radio"
	"hexspot/radio/ether"
)

var update = flag.Bool("update", false, "write the golden files")

// TestTranscripts plays the scenarios in testdata. What an "until" line decides
// stands below it, indented.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := playScenario(t, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// player turns a scenario's lines into calls.
type player struct {
	t       *testing.T
	air     *ether.Ether
	ids     map[string]ether.ID
	names   []string
	signals map[string]ether.SignalID
}

func playScenario(t *testing.T, text string) string {
	p := &player{t: t, ids: map[string]ether.ID{}, signals: map[string]ether.SignalID{}}
	var out strings.Builder
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "  ") {
			continue
		}
		out.WriteString(line + "\n")
		if line != "" && line[0] != '#' {
			p.play(&out, strings.Fields(line))
		}
	}
	return out.String()
}

func (p *player) play(out *strings.Builder, f []string) {
	arg := map[string]string{}
	for _, field := range f[1:] {
		if key, value, ok := strings.Cut(field, "="); ok {
			arg[key] = value
		}
	}
	switch f[0] {
	case "air":
		p.open(arg)
	case "concentrator", "device":
		s := ether.Station{Name: f[1], Concentrator: f[0] == "concentrator", Demodulators: int(p.number(arg["demodulators"]))}
		s.Place = ether.Place{X: p.number(arg["x"]), Y: p.number(arg["y"])}
		p.ids[f[1]] = p.air.Add(s)
		p.names = append(p.names, f[1])
	case "send":
		p.send(out, f[1], arg)
	case "cut":
		p.air.Cut(p.signals[f[1]], p.time(arg["at"]))
	case "listen":
		p.air.Listen(p.ids[f[1]], ether.Window{Frequency: p.hertz(arg), Modulation: p.modulation(arg["rate"]),
			From: p.time(arg["from"]), To: p.time(arg["to"])})
	case "until":
		for _, a := range p.air.Ended(p.time(f[1])) {
			out.WriteString("  " + p.line(a) + "\n")
		}
	default:
		p.t.Fatalf("no command %q", f[0])
	}
}

func (p *player) open(arg map[string]string) {
	air, err := ether.New(ether.Config{Seed: uint64(p.number(arg["seed"])),
		Shadowing: p.spread(arg["shadowing"]), Fading: p.spread(arg["fading"])})
	if err != nil {
		p.t.Fatal(err)
	}
	p.air = air
}

func (p *player) send(out *strings.Builder, name string, arg map[string]string) {
	id, err := p.air.Transmit(ether.Signal{From: p.ids[arg["from"]], Start: p.time(arg["at"]), Frequency: p.hertz(arg),
		Chain: uint8(p.number(arg["chain"])), Modulation: p.modulation(arg["rate"]),
		EIRP: radio.LevelOf(p.number(arg["dbm"])), Payload: append([]byte(name), make([]byte, 12)...)})
	if err != nil {
		fmt.Fprintf(out, "  %v\n", err)
	}
	p.signals[name] = id
}

func (p *player) line(a ether.Arrival) string {
	name := strings.TrimRight(string(a.Signal.Payload), "\x00")
	return arrivalLine(name, p.names, a)
}

func arrivalLine(signal string, names []string, a ether.Arrival) string {
	fate := a.Fate.String()
	if a.By != ether.Nobody {
		fate += " with " + names[a.By]
	}
	if a.Locked && a.Fate != ether.Heard {
		fate += ", locked"
	}
	return fmt.Sprintf("%v %s at %s: %v, SNR %v, %s", a.End, signal, names[a.To], a.RSSI, a.SNR, fate)
}

func (p *player) number(text string) float64 {
	if text == "" {
		return 0
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		p.t.Fatal(err)
	}
	return x
}

func (p *player) spread(text string) radio.DB {
	if text == "none" {
		return ether.None
	}
	return radio.RatioOf(p.number(text))
}

func (p *player) hertz(arg map[string]string) radio.Hertz {
	return radio.Hertz(p.number(arg["mhz"])*1e3+0.5) * radio.KHz
}

func (p *player) time(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		p.t.Fatal(err)
	}
	return d
}

// modulation is "SF7", "SF7/250", "SF7i" (inverted), "FSK" or "CW".
func (p *player) modulation(text string) radio.Modulation {
	switch text {
	case "FSK":
		return radio.FSK{BitRate: 50_000, Deviation: 25 * radio.KHz}
	case "CW":
		return nil
	}
	text, inverted := strings.CutSuffix(text, "i")
	sf, width, _ := strings.Cut(strings.TrimPrefix(text, "SF"), "/")
	if width == "" {
		width = "125"
	}
	return radio.LoRa{SF: radio.SpreadingFactor(p.number(sf)), Bandwidth: radio.Hertz(p.number(width)) * radio.KHz,
		CodeRate: radio.CodeRate4_5, InvertIQ: inverted}
}
