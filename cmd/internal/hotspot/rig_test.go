package hotspot

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
	"google.golang.org/protobuf/proto"

	"hexspot/hardware/corecell"
	"hexspot/hardware/emulator"
	"hexspot/hardware/sx1302"
	"hexspot/internal/testlog"
	"hexspot/radio"
)

// patience is for what must happen; a test that needs all of it fails.
const patience = time.Minute

var testEUI = radio.EUI{0x00, 0x16, 0xc0, 0x01, 0xf0, 0, 0, 1}

// plug puts an emulated concentrator on a pseudo-terminal, until pulled.
func plug(t *testing.T, link string) (chip *emulator.Chip, pull func()) {
	t.Helper()
	chip, err := emulator.New(emulator.Config{EUI: testEUI, Temperature: 25})
	if err != nil {
		t.Fatal(err)
	}
	pty, err := corecell.OpenPTY(link)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = corecell.Serve(ctx, pty, chip.Device(), [12]byte{'t', 'e', 's', 't'})
	}()
	pull = sync.OnceFunc(func() {
		cancel()
		pty.Close()
		<-done
	})
	t.Cleanup(pull)
	return chip, pull
}

// onChip are the parts of a hotspot with an emulated chip in EU868.
func onChip(t *testing.T, link string) Parts {
	t.Helper()
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		t.Fatal(err)
	}
	log := testlog.New(t)
	open, err := Opener("usb:"+link, board(t), log)
	if err != nil {
		t.Fatal(err)
	}
	config := ChipConfig(board(t), plan)
	config.Firmware = images(t)
	return Parts{Open: open, Chip: config, Log: log}
}

// images are firmware that an emulated chip takes.
func images(t *testing.T) sx1302.Firmware {
	t.Helper()
	image, err := sx1302.ParseFirmware(sx1302.SyntheticImage(1))
	if err != nil {
		t.Fatal(err)
	}
	return sx1302.Firmware{AGC: image, ARB: image}
}

// network is a broker that remembers the uplinks it was sent.
type network struct {
	auth.AllowHook
	t      *testing.T
	server *mochi.Server
	url    string

	mu      sync.Mutex
	uplinks []*gw.UplinkFrame
	arrived chan struct{}
}

// kept is where a server listens that goes and comes back at the same port: not at 127.0.0.1,
// where the connections of other tests would take a port that is free for a while.
const kept = "127.0.0.2:0"

func startNetwork(t *testing.T, address string) *network {
	t.Helper()
	n := &network{t: t, arrived: make(chan struct{}, 1)}
	n.server = mochi.New(&mochi.Options{InlineClient: true, Logger: slog.New(slog.DiscardHandler)})
	if err := n.server.AddHook(n, nil); err != nil {
		t.Fatal(err)
	}
	listener := listeners.NewTCP(listeners.Config{ID: "tcp", Address: address})
	if err := n.server.AddListener(listener); err != nil {
		t.Fatal(err)
	}
	if err := n.server.Serve(); err != nil {
		t.Fatal(err)
	}
	n.url = "tcp://" + listener.Address()
	return n
}

func (n *network) Provides(b byte) bool { return b == mochi.OnPublished || n.AllowHook.Provides(b) }

func (n *network) OnPublished(_ *mochi.Client, p packets.Packet) {
	if !bytes.HasSuffix([]byte(p.TopicName), []byte("/event/up")) {
		return
	}
	var up gw.UplinkFrame
	if err := proto.Unmarshal(p.Payload, &up); err != nil {
		n.t.Errorf("an uplink that cannot be read: %v", err)
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.uplinks = append(n.uplinks, &up)
	select {
	case n.arrived <- struct{}{}:
	default:
	}
}

// await waits for a number of uplinks.
func (n *network) await(count int) []*gw.UplinkFrame {
	n.t.Helper()
	timeout := time.After(patience)
	for {
		n.mu.Lock()
		uplinks := append([]*gw.UplinkFrame(nil), n.uplinks...)
		n.mu.Unlock()
		if len(uplinks) >= count {
			return uplinks
		}
		select {
		case <-n.arrived:
		case <-timeout:
			n.t.Fatalf("%d of %d uplinks arrived", len(uplinks), count)
		}
	}
}

// launch runs a hotspot until stopped.
func launch(t *testing.T, h *Hotspot) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("the hotspot ends with %v", err)
			}
		case <-time.After(patience):
			t.Error("the hotspot does not stop")
		}
	})
	t.Cleanup(stop)
	return stop
}

// frame is a good uplink whose last byte is n.
func frame(n byte, frequency radio.Hertz) emulator.Frame {
	return emulator.Frame{
		Payload:   []byte{0x40, 0xaa, 0xbb, 0xcc, 0xdd, 0x80, n, 0, 1, 0xa1, 0xb2, 0xc3, 0xd4, n},
		Frequency: frequency, Modulation: radio.LoRa{SF: 7, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5},
		RSSI: -8000, SNR: 500, CRC: radio.CRCOK,
	}
}

func inject(t *testing.T, chip *emulator.Chip, f emulator.Frame) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := chip.Inject(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func linkIn(t *testing.T) string { return filepath.Join(t.TempDir(), "concentrator") }
