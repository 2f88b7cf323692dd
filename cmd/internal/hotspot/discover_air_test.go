package hotspot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	hexnet "hexspot/cmd/internal/network"
	"hexspot/coverage"
	"hexspot/gateway/mqtt"
	"hexspot/gateway/spool"
	"hexspot/hardware"
	"hexspot/hardware/emulator"
	"hexspot/hardware/keys"
	"hexspot/internal/testlog"
	"hexspot/radio"
	"hexspot/radio/ether"
	"hexspot/witness"
)

// town is hotspots on one air and their network, which is that of hexnet serve.
type town struct {
	t       *testing.T
	air     *emulator.Air
	network *hexnet.Network
	keys    []keys.Key
	sockets []string
	site    string // file of the hotspots' site; empty: one for each
	dir     string // of the hotspot that was launched last
}

// inTown runs hotspots of which each hears each other, with sites at cells.
func inTown(t *testing.T, cells ...string) *town {
	t.Helper()
	n := &town{t: t}
	data := hexnet.Data(t.TempDir())
	book, err := data.Book(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range cells {
		key, err := keys.Generate(keys.Ed25519)
		if err != nil {
			t.Fatal(err)
		}
		n.keys = append(n.keys, key)
		hex, err := coverage.ParseHex(cell)
		if err != nil {
			t.Fatal(err)
		}
		site, err := coverage.NewSite(coverage.Account{1}, hex, 200, 100, "EU868")
		if err != nil {
			t.Fatal(err)
		}
		if err := book.Apply(t.Context(), coverage.Change{Station: key.Station(), By: site.Owner, Site: site}, 0, []byte{1}); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	n.serve(data)
	n.breathe()
	for i := range n.keys {
		n.settle(i)
	}
	return n
}

// breathe makes the air.
func (n *town) breathe() {
	n.t.Helper()
	var err error
	if n.air, err = emulator.NewAir(ether.Config{Seed: 1}, nil); err != nil {
		n.t.Fatal(err)
	}
	n.together(func(ctx context.Context) error { return n.air.Run(ctx) })
}

// together runs a part until the test ends.
func (n *town) together(run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	n.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			n.t.Error(err)
		}
	})
}

func (n *town) serve(data hexnet.Data) {
	n.t.Helper()
	var config hexnet.Config
	config.Broker.Listen = []string{"127.0.0.1:0"}
	config.Coverage = hexnet.CoverageConfig{Enabled: true, Timing: "demo"}
	config.API.Listen = "127.0.0.1:0"
	var err error
	if n.network, err = hexnet.New(n.t.Context(), config, data, testlog.New(n.t)); err != nil {
		n.t.Fatal(err)
	}
	n.together(n.network.Run)
}

// settle launches a hotspot 200 m from the one before. It is one for data only: no
// beacon is on the air with the discovery beacon.
func (n *town) settle(i int) {
	t := n.t
	chip, err := emulator.New(emulator.Config{EUI: radio.EUI{0, 1, 2, 3, 4, 5, 6, byte(i)}, Model: emulator.SX1303, Temperature: 25})
	if err != nil {
		t.Fatal(err)
	}
	n.air.Join(chip, ether.Station{Name: fmt.Sprint(i), Place: ether.Place{X: float64(200 * i)}, Gain: 100})
	parts := onChip(t, "/dev/unused")
	parts.Open = func(context.Context) (hardware.Bus, error) { return chip.Bus(), nil }
	parts.Key, parts.Antenna = n.keys[i], Antenna{GainDBi: 2, CableLossDB: 1}
	parts.Outputs = []mqtt.Config{{Server: n.network.Addresses()[0], StationLogin: true, Network: n.network.ID().String()}}
	dir, site := t.TempDir(), n.site
	if n.dir = dir; site == "" {
		site = writeSiteOf(t, n.keys[i], n.network.ID(), witness.ClassDataOnly)
	}
	parts.Spool = spool.Config{Path: filepath.Join(dir, "spool.db")}
	parts.Coverage = CoverageConfig{
		Enabled: true, Site: site, Status: filepath.Join(dir, "s"), Control: filepath.Join(dir, "c"), Checkpoints: filepath.Join(dir, "checkpoints"),
	}
	n.sockets = append(n.sockets, parts.Coverage.Control)
	h, err := New(parts)
	if err != nil {
		t.Fatal(err)
	}
	launch(t, h)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := h.Ready(ctx); err != nil {
		t.Fatal(err)
	}
}

// severalTries are three discovery beacons: on a machine that is too busy one may miss its
// slot of 2 s, or find a witness that had no entropy yet, and the next comes 30 s later.
const severalTries = 100 * time.Second

// ask has a hotspot discover until enough is told, again while it is not ready.
func (n *town) ask(i int, enough func(DiscoverNews) bool) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), severalTries)
	defer cancel()
	var told []string
	done := errors.New("enough")
	for look := time.NewTicker(20 * time.Millisecond); ; <-look.C {
		err := AskDiscovery(ctx, n.sockets[i], 2*severalTries, func(news DiscoverNews) error {
			if text, err := json.Marshal(news); err == nil {
				told = append(told, string(text))
			}
			if enough(news) {
				return done
			}
			return nil
		})
		if errors.Is(err, done) {
			return
		}
		if ctx.Err() != nil {
			n.t.Fatalf("it does not come: %v; told was %q", err, told)
		}
	}
}

// TestDiscoverOverTheAir: of three hotspots on one air, with the network of hexnet
// serve, one discovers, and is told of both others with their distances.
func TestDiscoverOverTheAir(t *testing.T) {
	n := inTown(t, "8c1f9ed922163ff", "8c1f9ed922a53ff", "8c1f9ed938c4bff")
	heard := map[string]DiscoveryHeard{}
	sent := map[int]bool{}
	n.ask(0, func(news DiscoverNews) bool {
		if news.Sent != nil {
			sent[news.Sent.Number] = true
		}
		if h := news.Heard; h != nil {
			if heard[h.Station].Number == h.Number {
				t.Errorf("%s is told of twice", h.Words)
			}
			heard[h.Station] = *h
		}
		for _, h := range heard {
			if !sent[h.Number] { // its report is still to come
				return false
			}
		}
		return len(heard) == 2
	})
	for i, key := range n.keys {
		h, told := heard[key.Station().String()]
		if told != (i > 0) {
			t.Errorf("hotspot %d is among those that heard it: %v", i, told)
		}
		if told && (h.Metres == nil || *h.Metres <= 0 || h.RSSI >= 0 || h.RSSI < -140 || h.SignalRSSI == nil) {
			t.Errorf("%+v", h)
		}
	}
}

// TestControlIsTheOwners: nobody else may connect, and who says nothing of use is not
// answered.
func TestControlIsTheOwners(t *testing.T) {
	n := inTown(t, "8c1f9ed922163ff")
	deadline := time.Now().Add(patience)
	for look := time.NewTicker(5 * time.Millisecond); ; <-look.C {
		info, err := os.Stat(n.sockets[0])
		if err != nil && time.Now().After(deadline) {
			t.Fatal(err)
		}
		if err == nil {
			if info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v", info.Mode())
			}
			break
		}
	}
	for _, text := range []string{"\n", "{}", `{"discover_ms":-1}`, `{"discover_ms":1,"more":2}`, strings.Repeat(" ", 2*mostRequest) + `{"discover_ms":1}`} {
		conn, err := dial(t.Context(), n.sockets[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte(text)); err != nil {
			t.Log(err) // it may have hung up
		}
		if text == "\n" {
			conn.Close()
			continue
		}
		if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		if n, err := conn.Read(make([]byte, 10)); n > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%.30q is answered, or not hung up on: %v", text, err)
		}
		conn.Close()
	}
}
