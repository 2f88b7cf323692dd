package emulator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hexspot/radio"
)

func TestPacketLayout(t *testing.T) {
	p := packet{payload: []byte{0xAA, 0xBB, 0xCC}, channel: 5, modem: 11, sf: 9, codeRate: 2, crcOn: true,
		freqError: -2 & 0xFFFFF, snr: -29, rssi: 118, rssiSig: 117, ticks: 0x12345678}
	// Worked out by hand: 0x01 | 2<<1 | 9<<4 = 0x95; the CRC is what is left of
	// AABBCC divided by 11021; the last byte is the sum of those before.
	want := []byte{0xA5, 0xC0, 3, 5, 0x95, 11, 0xFE, 0xFF, 0x0F, 0xAA, 0xBB, 0xCC,
		0x00, 0xE3, 118, 117, 0, 0, 0x78, 0x56, 0x34, 0x12, 0x6C, 0xAF, 0, 0x47}
	got := p.append(nil)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(got) != p.size() {
		t.Errorf("%d bytes, size() is %d", len(got), p.size())
	}
}

func TestPayloadCRC(t *testing.T) {
	for _, c := range []struct {
		payload []byte
		want    uint16
	}{
		{[]byte{0x40, 0xaa, 0xbb, 0xcc, 0xdd, 0x80, 0x01, 0x00, 0x01, 0xa1, 0xb2, 0xc3, 0xd4, 0xde, 0xad, 0xbe, 0xef}, 0x6122},
		{[]byte{0x01}, 0x0001},
		{nil, 0},
	} {
		if got := payloadCRC(c.payload); got != c.want {
			t.Errorf("% x: %04X, want %04X", c.payload, got, c.want)
		}
	}
}

// The corrections of the public HAL, measured; the delays are their negatives.
func TestDelays(t *testing.T) {
	for _, c := range []struct {
		r            reception
		legacy, fine int64
	}{
		{reception{125_000, 9, 1, true, 17}, 1978, -81901},
		{reception{250_000, 7, 1, true, 5}, 235, -5109},
		{reception{125_000, 12, 1, true, 17}, 15399, 0},
		{reception{500_000, 8, 1, true, 5}, 221, 0},
		{reception{125_000, 7, 1, true, 2}, 453, 0},
		// By hand: 3 blocks of 48 bits, for there is no low data rate at 500 kHz.
		{reception{500_000, 12, 1, true, 17}, 0, -122_873},
		{reception{125_000, 12, 1, false, 0}, 14139, 0},
	} {
		if got := c.r.legacyDelay(); c.legacy != 0 && got != c.legacy {
			t.Errorf("%+v: legacy %d, want %d", c.r, got, c.legacy)
		}
		if got := c.r.fineDelay(); c.fine != 0 && got != c.fine {
			t.Errorf("%+v: fine %d, want %d", c.r, got, c.fine)
		}
	}
	if got := fskDelay(50_000); got != 7 {
		t.Errorf("FSK: %d, want 7", got)
	}
}

func TestHeardBy(t *testing.T) {
	bw250 := radio.LoRa{SF: 7, Bandwidth: 250 * radio.KHz}
	inverted, implicit := lora(7), lora(7)
	inverted.InvertIQ, implicit.ImplicitHeader = true, true
	private := frame(868_100_000, lora(7))
	private.Private = true
	for _, c := range []struct {
		name    string
		frame   Frame
		channel byte
		reason  string
	}{
		{"first channel", frame(868_100_000, lora(7)), 0, ""},
		{"radio A", frame(867_900_000, lora(12)), 7, ""},
		{"SF5 has the private word", frame(868_500_000, lora(5)), 2, ""},
		{"quarter of the bandwidth away", frame(868_131_000, lora(7)), 0, ""},
		{"too far away", frame(868_140_000, lora(7)), 0, "no channel at that frequency"},
		{"other band", frame(915_000_000, lora(7)), 0, "no channel at that frequency"},
		{"service", frame(868_300_000, bw250), 8, ""},
		{"service, other SF", frame(868_300_000, radio.LoRa{SF: 8, Bandwidth: 250 * radio.KHz}), 0, "the LoRa service channel has another rate"},
		{"FSK", frame(868_800_000, radio.FSK{BitRate: 50_000}), 9, ""},
		{"FSK, other rate", frame(868_800_000, radio.FSK{BitRate: 100_000}), 0, "the FSK channel has another bit rate"},
		{"downlink", frame(868_100_000, inverted), 0, "another sync word or inverted IQ"},
		{"private network", private, 0, "another sync word or inverted IQ"},
		{"no header", frame(868_100_000, implicit), 0, "multi-SF modems need a header"},
		{"SF out of range", frame(868_100_000, lora(4)), 0, "SF4 is not enabled"},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t, Config{})
			h.boot()
			h.clean()
			err := h.chip.TryInject(c.frame)
			var not *NotHeardError
			if errors.As(err, &not) && not.Reason == c.reason {
				return
			}
			if err != nil || c.reason != "" {
				t.Fatalf("%s: %v, want reason %q", c.name, err, c.reason)
			}
			time.Sleep(time.Second)
			if got := h.poll()[3]; got != c.channel {
				t.Errorf("%s: heard by channel %d, want %d", c.name, got, c.channel)
			}
		})
	}
}

// Each of these takes one thing away that a started chip has.
func TestHalfConfiguredIsDeaf(t *testing.T) {
	for _, c := range []struct {
		name    string
		take    func(h *host)
		waiting bool // ErrNotReceiving, not NotHeardError
	}{
		{"global enable", func(h *host) { h.modify(regGenEnable, genGlobal, 0) }, true},
		{"radio clock", func(h *host) { h.modify(regCommonCtrl, clock32RIF, 0) }, true},
		{"clock select", func(h *host) { h.modify(regClockSelect, clockRadioA, 0) }, true},
		{"ARB", func(h *host) { h.modify(regARBCtrl, mcuClear, mcuClear) }, true},
		{"AGC", func(h *host) { h.modify(regAGCCtrl, mcuClear, mcuClear) }, true},
		{"host owns radios", func(h *host) { h.modify(regCommonCtrl, hostRadioControl, hostRadioControl) }, true},
		{"reset", func(h *host) { h.chip.Reset() }, true},
		{"stall", func(h *host) { h.chip.SetFaults(Faults{Stall: true}) }, true},
		{"radio B", func(h *host) { h.modify(regRFEnableB, radioEnable, 0) }, false},
		{"concentrator modem", func(h *host) { h.modify(regGenEnable, genConcentrator, 0) }, false},
		{"modem enable", func(h *host) { h.write(regModemEnable0, 0, 0) }, false},
		{"channel", func(h *host) { h.modify(regRxChannels, 1, 0) }, false},
		{"SF", func(h *host) { h.modify(regRxSFMask, 1<<2, 0) }, false},
		{"radio select", func(h *host) { h.write(regRxRadioSelect, 0) }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t, Config{})
			h.boot()
			if err := h.chip.TryInject(frame(868_100_000, lora(7))); err != nil {
				t.Fatal("before:", err)
			}
			c.take(h)
			err := h.chip.TryInject(frame(868_100_000, lora(7)))
			var not *NotHeardError
			if got := errors.Is(err, ErrNotReceiving); got != c.waiting || !got && !errors.As(err, &not) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestReceivedFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{CounterStart: 5 * time.Second, Temperature: 25})
		h.boot()
		time.Sleep(time.Second)
		f := frame(868_100_500, lora(12))
		f.Payload = make([]byte, 17)
		f.SNR = -1225
		if err := h.chip.TryInject(f); err != nil {
			t.Fatal(err)
		}
		if got := h.poll(); got != nil {
			t.Fatalf("there before the modem was done: % x", got)
		}
		time.Sleep(16 * time.Millisecond)
		got := h.poll()
		if len(got) != packetOverhead+17 {
			t.Fatalf("%d bytes", len(got))
		}
		tail := got[9+17:]
		// 868100500 is 402 Hz above the register's 868100098 (less 0.5 Hz of the
		// synthesizer): 3372 steps of 0.1192 Hz.
		steps := int32(got[6]) | int32(got[7])<<8 | int32(got[8])<<16
		if steps < 3360 || steps > 3385 {
			t.Errorf("frequency error %d steps", steps)
		}
		if snr := int8(tail[1]); snr != -49 {
			t.Errorf("SNR %d/4", snr)
		}
		// -90 + 215.4 - 1.02
		if tail[2] != 124 {
			t.Errorf("channel RSSI %d", tail[2])
		}
		// 12.25 dB below the noise the signal is 12.5 dB below the sum.
		if tail[3] != 112 {
			t.Errorf("signal RSSI %d", tail[3])
		}
		stamp := uint32(tail[6]) | uint32(tail[7])<<8 | uint32(tail[8])<<16 | uint32(tail[9])<<24
		if want := uint32(6_000_000+15399) * 32; stamp != want {
			t.Errorf("timestamp %d, want %d", stamp, want)
		}
		h.clean()
	})
}

func TestFineTimestamp(t *testing.T) {
	for _, c := range []struct {
		model   Model
		metrics byte
		timing  byte
	}{{SX1302, 0, 0}, {SX1303, 16, 0x10}} {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t, Config{Model: c.model, CounterStart: time.Second})
			h.boot()
			h.write(regRxBuffer, 0, 32)
			f := frame(868_100_000, lora(10))
			if err := h.chip.TryInject(f); err != nil {
				t.Fatal(err)
			}
			got := h.poll() // at once: the timestamp lies in the past
			if want := packetOverhead + len(f.Payload) + 2*int(c.metrics); len(got) != want {
				t.Fatalf("%d bytes, want %d", len(got), want)
			}
			if n := got[21+len(f.Payload)]; n != c.metrics {
				t.Errorf("%d pairs, want %d", n, c.metrics)
			}
			if flags := got[9+len(f.Payload)]; flags != c.timing {
				t.Errorf("flags %02X, want %02X", flags, c.timing)
			}
			if sum := checksum(got[:len(got)-1]); sum != got[len(got)-1] {
				t.Errorf("checksum %02X, want %02X", got[len(got)-1], sum)
			}
		})
	}
}

func TestInjectWaitsForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{})
		h.boot()
		f := frame(868_100_000, lora(7))
		f.Payload = make([]byte, 255)
		n := 0
		for ; h.chip.TryInject(f) == nil; n++ {
		}
		if want := fifoSize / (packetOverhead + 255); n != want {
			t.Fatalf("%d frames fit, want %d", n, want)
		}
		done := make(chan error, 1)
		go func() { done <- h.chip.Inject(t.Context(), f) }()
		synctest.Wait()
		select {
		case err := <-done:
			t.Fatal("did not wait:", err)
		default:
		}
		time.Sleep(time.Second)
		if got := len(h.poll()); got != n*(packetOverhead+255) {
			t.Fatalf("read %d bytes", got)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		h.clean()
	})
}

func TestInjectWaitsForBoot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{})
		done := make(chan error, 1)
		go func() { done <- h.chip.Inject(t.Context(), frame(868_100_000, lora(7))) }()
		synctest.Wait()
		h.boot()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		h.chip.Reset()
		err := h.chip.Inject(ctx, frame(868_100_000, lora(7)))
		if !errors.Is(err, ErrNotReceiving) || !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

func TestCRCStates(t *testing.T) {
	for _, c := range []struct {
		crc         radio.CRCStatus
		on, flagged bool
		right       bool
	}{
		{radio.CRCNone, false, false, true},
		{radio.CRCOK, true, false, true},
		{radio.CRCBad, true, true, false},
	} {
		t.Run(fmt.Sprint(c.crc), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t, Config{})
				h.boot()
				f := frame(868_100_000, lora(7))
				f.CRC = c.crc
				if err := h.chip.TryInject(f); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
				b := h.poll()
				end := b[9+len(f.Payload):]
				if b[4]&1 == 1 != c.on || end[0]&1 == 1 != c.flagged {
					t.Errorf("CRC on %v, error %v", b[4]&1 == 1, end[0]&1 == 1)
				}
				crc := uint16(end[10]) | uint16(end[11])<<8
				if crc == payloadCRC(f.Payload) != c.right {
					t.Errorf("CRC %04X", crc)
				}
			})
		})
	}
}

func TestFIFOKeepsOrderOfReadiness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{})
		h.boot()
		for _, sf := range []radio.SpreadingFactor{12, 7} {
			if err := h.chip.TryInject(frame(868_100_000, lora(sf))); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second)
		b := h.poll()
		half := len(b) / 2
		if got := []byte{b[4] >> 4, b[half+4] >> 4}; !slices.Equal(got, []byte{7, 12}) {
			t.Errorf("spreading factors %v", got)
		}
	})
}

func TestFIFOFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{})
		h.boot()
		read := func(f Faults) []byte {
			t.Helper()
			h.chip.SetFaults(f)
			if err := h.chip.TryInject(frame(868_100_000, lora(7))); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			return h.poll()
		}
		sound := read(Faults{})
		bad := read(Faults{FIFOChecksum: true})
		if checksum(bad[:len(bad)-1]) == bad[len(bad)-1] {
			t.Error("the checksum holds")
		}
		if dirty := read(Faults{FIFOGarbage: true}); len(dirty) != len(sound)+len(garbage) || dirty[0] == 0xA5 {
			t.Errorf("no garbage: % x", dirty)
		}
		if err := h.chip.PushFIFO([]byte{1, 2, 3}); err != nil {
			t.Fatal(err)
		}
		if got := h.poll(); !slices.Equal(got, []byte{1, 2, 3}) {
			t.Errorf("pushed 1 2 3, read % x", got)
		}
		if err := h.chip.PushFIFO(make([]byte, fifoSize+1)); !errors.Is(err, ErrFull) {
			t.Error(err)
		}
	})
}
