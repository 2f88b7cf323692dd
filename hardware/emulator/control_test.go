package emulator

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hexspot/radio"
)

func serve(t *testing.T, c *Chip) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- ServeControl(ctx, l, c) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("ServeControl: %v", err)
		}
	})
	return l.Addr().String()
}

func TestControlInject(t *testing.T) {
	h := newHost(t, Config{})
	h.boot()
	addr := serve(t, h.chip)
	if err := ControlInject(t.Context(), addr, frame(868_100_000, lora(7))); err != nil {
		t.Fatal(err)
	}
	if n := h.chip.rx.size + h.chip.rx.taken; n != packetOverhead+4 {
		t.Errorf("%d bytes in the FIFO", n)
	}
	err := ControlInject(t.Context(), addr, frame(915_000_000, lora(7)))
	if err == nil || !strings.Contains(err.Error(), "no channel at that frequency") {
		t.Error(err)
	}
	if err := ControlInject(t.Context(), addr, Frame{Payload: make([]byte, 256)}); err == nil {
		t.Error("a frame of 256 bytes went out")
	}
}

func TestControlFaultsAndStatus(t *testing.T) {
	h := newHost(t, Config{EUI: radio.EUI{0xAA}})
	addr := serve(t, h.chip)
	want := Faults{Stall: true, AGCStuck: 3}
	if err := ControlFaults(t.Context(), addr, want); err != nil {
		t.Fatal(err)
	}
	if got := h.chip.Faults(); got != want {
		t.Errorf("%+v", got)
	}
	s, err := ControlStatus(t.Context(), addr)
	if err != nil || s.EUI != "aa00000000000000" || s.Model != "SX1302" || s.Receiving != "receiver stalled" {
		t.Errorf("%+v, %v", s, err)
	}
}

// lineSink keeps the first lines written to it and drops the rest.
type lineSink chan string

func (s lineSink) Write(b []byte) (int, error) {
	select {
	case s <- string(b):
	default:
	}
	return len(b), nil
}

func TestControlSent(t *testing.T) {
	h := newHost(t, Config{})
	h.boot()
	addr := serve(t, h.chip)
	ctx, cancel := context.WithCancel(t.Context())
	done, lines := make(chan error, 1), make(lineSink, 1)
	go func() { done <- ControlSent(ctx, addr, lines) }()
	h.loadLoRa(0, []byte{0x60, 1, 2})
	var line string
	for line == "" { // until the stream is set up, nobody hears
		h.fire(0, triggerImmediate)
		h.sent()
		select {
		case line = <-lines:
		default:
		}
	}
	var x map[string]any
	if err := json.Unmarshal([]byte(line), &x); err != nil {
		t.Fatal(err)
	}
	if x["data_rate"] != "SF9BW125" || x["payload"] != "600102" || x["invert_iq"] != true ||
		x["duration_us"] != float64(loaded.TimeOnAir(3).Microseconds()) {
		t.Errorf("%s", line)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestControlRefusesNonsense(t *testing.T) {
	h := newHost(t, Config{})
	conn, err := net.Dial("tcp", serve(t, h.chip))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	lines := bufio.NewScanner(conn)
	for _, line := range []string{`{`, `[]`, `{"do":"dance"}`, `{"do":"inject"}`, `{"do":"faults"}`,
		`{"do":"inject","frame":{"payload":"zz","sf":7,"crc":"ok"}}`,
		`{"do":"inject","frame":{"payload":"00","sf":7,"crc":"maybe"}}`,
		`{"do":"inject","frame":{"payload":"00","sf":7,"bit_rate":50000,"crc":"ok"}}`,
	} {
		fmt.Fprintln(conn, line)
		var a answer
		if !lines.Scan() || json.Unmarshal(lines.Bytes(), &a) != nil || a.Error == "" {
			t.Errorf("%s: %q", line, lines.Bytes())
		}
	}
	fmt.Fprintln(conn, strings.Repeat("x", controlLine+1))
	if lines.Scan() {
		t.Errorf("a line too long was answered: %q", lines.Bytes())
	}
}

func TestLoopbackOnly(t *testing.T) {
	for addr, want := range map[string]bool{"127.0.0.1:1": true, "[::1]:1": true, "[::ffff:127.0.0.1]:1": true,
		"192.168.1.2:1": false, "[2001:db8::1]:1": false} {
		a, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := onLoopback(a); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
}

func FuzzWireFrame(f *testing.F) {
	f.Add([]byte(`{"payload":"40aa","frequency":868100000,"sf":7,"bandwidth":125000,"rssi":-90.5,"snr":7.25,"crc":"ok"}`))
	f.Add([]byte(`{"payload":"","bit_rate":50000,"crc":"none"}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var w wireFrame
		if json.Unmarshal(data, &w) != nil {
			return
		}
		a, err := w.frame()
		if err != nil {
			return
		}
		again, err := wireFrameOf(a)
		if err != nil {
			t.Fatal(err)
		}
		b, err := again.frame()
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(a, b); d != "" {
			t.Error(d)
		}
	})
}
