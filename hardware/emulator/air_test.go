package emulator

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hexspot/hardware"
	"hexspot/radio"
	"hexspot/radio/ether"
)

// scene is one chip and one device 500 m from it, in still air.
type scene struct {
	*host
	air      *Air
	chipID   ether.ID
	deviceID ether.ID
	heard    []ether.Arrival // by the device
	outcomes []error         // of arrivals at the chip
}

// inScene runs a test with fake time, and the air's pump beside it.
func inScene(t *testing.T, config Config, test func(s *scene)) {
	synctest.Test(t, func(t *testing.T) {
		s := &scene{host: newHost(t, config)}
		air, err := NewAir(ether.Config{Shadowing: ether.None, Fading: ether.None}, func(x ether.Arrival, err error) {
			if x.To == s.chipID {
				s.outcomes = append(s.outcomes, err)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		s.air = air
		s.chipID = air.Join(s.chip, ether.Station{Name: "roof", Gain: 200})
		s.deviceID = air.Add(ether.Station{Name: "sensor", Place: ether.Place{X: 500}},
			func(x ether.Arrival) { s.heard = append(s.heard, x) })
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- air.Run(ctx) }()
		test(s)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// send begins a frame of the device at an instant of the air.
func (s *scene) send(at time.Duration, m radio.Modulation, payload ...byte) ether.SignalID {
	s.t.Helper()
	id, err := s.air.Transmit(ether.Signal{From: s.deviceID, Start: at, Frequency: 868_100 * radio.KHz, Modulation: m, EIRP: 1400, Payload: payload})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// sleep lets time pass, and all that is due then happen.
func (s *scene) sleep(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// The timestamp is that of the end of the frame on the air plus what the modem
// takes, to the tick, although the air tells the chip a millisecond later and the
// start is at no round time.
func TestAirUplink(t *testing.T) {
	inScene(t, Config{CounterStart: 7 * time.Second}, func(s *scene) {
		s.boot()
		const start = 333_333_333 * time.Nanosecond
		payload := []byte{0x40, 1, 2, 3, 4}
		s.send(start, lora(7), payload...)
		end := start + lora(7).TimeOnAir(len(payload))
		s.sleep(time.Until(s.air.When(end)))
		if got := s.poll(); got != nil {
			t.Fatalf("there before its end: % x", got)
		}
		s.sleep(settling + time.Millisecond)
		got := s.poll()
		if len(got) != packetOverhead+len(payload) || !slices.Equal(got[9:14], payload) {
			t.Fatalf("% x", got)
		}
		tail := got[14:]
		stamp := uint32(tail[6]) | uint32(tail[7])<<8 | uint32(tail[8])<<16 | uint32(tail[9])<<24
		delay := reception{125_000, 7, 1, true, len(payload)}.legacyDelay()
		if want := uint32(ticksOf(7*time.Second) + ticksOf(end) + uint64(delay)*ticksPerMicro); stamp != want {
			t.Errorf("timestamp %d, want %d: %d ticks off", stamp, want, int32(stamp-want))
		}
		if tail[0]&1 != 0 || got[4]&1 != 1 {
			t.Error("no good CRC")
		}
		// 14 dBm less 109.96 dB at 500 m and plus 2 dB of antenna is -93.96 dBm.
		if tail[2] != 121 { // -93.96 + 215.4
			t.Errorf("RSSI %d", tail[2])
		}
		if snr := int8(tail[1]); snr != 52 {
			t.Errorf("SNR %d/4, want no more than 13 dB", snr)
		}
		s.clean()
	})
}

// A frame that ended before it was injected has the timestamp of its end.
func TestInjectWithEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, Config{CounterStart: time.Second})
		h.boot()
		began := time.Now()
		time.Sleep(time.Second)
		stamp := func(end time.Time) uint32 {
			t.Helper()
			f := frame(868_100_000, lora(7))
			f.End = end
			if err := h.chip.TryInject(f); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			got := h.poll()
			tail := got[9+len(f.Payload):]
			return uint32(tail[6]) | uint32(tail[7])<<8 | uint32(tail[8])<<16 | uint32(tail[9])<<24
		}
		delay := uint32(reception{125_000, 7, 1, true, 4}.legacyDelay()) * ticksPerMicro
		for _, after := range []time.Duration{0, 123_456 * time.Microsecond, 999_999 * time.Microsecond} {
			if got, want := stamp(began.Add(after)), uint32(ticksOf(time.Second+after))+delay; got != want {
				t.Errorf("%v after the start: %d, want %d", after, got, want)
			}
		}
		f := frame(868_100_000, lora(7))
		f.End = began.Add(-time.Nanosecond)
		var not *NotHeardError
		if err := h.chip.Inject(t.Context(), f); !errors.As(err, &not) {
			t.Errorf("of another session: %v", err)
		}
	})
}

// What the chip emits is on the air from its first symbol on, as strong as the
// board makes it, and ends at the microsecond.
func TestAirDownlink(t *testing.T) {
	inScene(t, Config{CounterStart: 10 * time.Second}, func(s *scene) {
		s.boot()
		payload := []byte{0x60, 1, 2, 3}
		s.loadLoRa(0, payload)
		s.fireAt(0, 10_500_000)
		s.air.Listen(s.deviceID, ether.Window{Frequency: 869_525 * radio.KHz, Modulation: loaded,
			From: 495 * time.Millisecond, To: 550 * time.Millisecond})
		s.sleep(2 * time.Second)
		if len(s.heard) != 1 {
			t.Fatalf("%+v", s.heard)
		}
		got := s.heard[0]
		start := got.Signal.Start
		want := ether.Arrival{To: s.deviceID, Fate: ether.Heard, By: ether.Nobody, Locked: true, End: start + loaded.TimeOnAir(len(payload)),
			RSSI: got.RSSI, SNR: got.SNR, Signal: ether.Signal{From: s.chipID, Start: start, Frequency: 869_524_902,
				Modulation: loaded, EIRP: 2500, Payload: payload}}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if off := start - 500*time.Millisecond; off.Abs() > time.Microsecond {
			t.Errorf("began %v off", off)
		}
		// 23 dBm and 2 dB of antenna less 109.96 dB at 500 m.
		if got.RSSI.Whole() != -85 {
			t.Errorf("RSSI %v", got.RSSI)
		}
	})
}

// A chip hears another one's frame, with a timestamp of its own counter, if it is sent
// as devices send. The sender does not hear itself.
func TestAirBetweenChips(t *testing.T) {
	inScene(t, Config{CounterStart: 10 * time.Second}, func(s *scene) {
		s.boot()
		s.sleep(100 * time.Millisecond)
		other := newHost(t, Config{CounterStart: 50 * time.Second})
		s.air.Join(other.chip, ether.Station{Name: "tower", Place: ether.Place{X: 2000}})
		other.boot()
		s.loadLoRa(0, []byte{0xE0, 1, 2})
		steps := uint64(868_300_000) << 18 / 32_000_000
		s.write(addrTxTop+txFrequency, byte(steps>>16), byte(steps>>8), byte(steps))
		s.write(addrTxTop+txLoRaShape, 0x60) // IQ not inverted
		s.fireAt(0, 10_500_000)
		s.sleep(time.Second)
		got := other.poll()
		if len(got) != packetOverhead+3 || got[3] != 1 || !slices.Equal(got[9:12], []byte{0xE0, 1, 2}) {
			t.Fatalf("% x", got)
		}
		tail := got[12:]
		stamp := uint32(tail[6]) | uint32(tail[7])<<8 | uint32(tail[8])<<16 | uint32(tail[9])<<24
		sent := s.sent()
		m := sent.Modulation.(radio.LoRa)
		delay := reception{125_000, int(m.SF), 1, !m.NoCRC, 3}.legacyDelay()
		// The other chip's counter began 100 ms after the first one's, at 50 s.
		want := 50*time.Second + 400*time.Millisecond + m.TimeOnAir(3) + time.Duration(delay)*time.Microsecond
		if off := int32(stamp - uint32(ticksOf(want))); off < -ticksPerMicro || off > ticksPerMicro {
			t.Errorf("timestamp %d ticks off", off)
		}
		if s.poll() != nil {
			t.Error("the sender heard itself")
		}
	})
}

func TestAirAbort(t *testing.T) {
	inScene(t, Config{CounterStart: 10 * time.Second}, func(s *scene) {
		s.boot()
		s.air.Listen(s.deviceID, ether.Window{Frequency: 869_525 * radio.KHz, Modulation: loaded, To: time.Hour})
		s.loadLoRa(0, []byte{1})
		s.fire(0, triggerImmediate)
		s.write(addrTxTop, 0) // before the first symbol
		s.sleep(time.Second)
		if len(s.heard) != 0 {
			t.Errorf("%+v of an emission that never was", s.heard)
		}
		s.fire(0, triggerImmediate)
		s.sleep(60 * time.Millisecond)
		s.write(addrTxTop, 0)
		s.sleep(time.Second)
		if len(s.heard) != 1 || s.heard[0].Fate != ether.Broken || (s.heard[0].End-s.heard[0].Signal.Start).Round(time.Millisecond) != 59*time.Millisecond {
			t.Errorf("%+v", s.heard)
		}
		s.write(addrTxTop+txInterface, sourceCarrier)
		s.fire(0, triggerImmediate)
		s.sleep(time.Second)
		s.chip.Reset()
		s.sleep(time.Second)
		s.air.mu.Lock()
		defer s.air.mu.Unlock()
		if next, any := s.air.ether.Next(); any {
			t.Errorf("something ends at %v, after the reset", next)
		}
	})
}

// While it emits, the chip hears nothing.
func TestAirHalfDuplex(t *testing.T) {
	inScene(t, Config{}, func(s *scene) {
		s.boot()
		s.loadLoRa(0, []byte{1})
		s.fire(0, triggerImmediate)
		s.send(50*time.Millisecond, lora(7), 0x40)
		s.send(500*time.Millisecond, lora(7), 0x40, 1)
		s.sleep(time.Second)
		if got := s.poll(); len(got) != packetOverhead+2 {
			t.Errorf("% x", got)
		}
	})
}

// A frame that is destroyed after a modem has locked on it has a bad CRC; one that
// no channel hears, or that the chip has no room for, is reported so.
func TestAirLosses(t *testing.T) {
	inScene(t, Config{}, func(s *scene) {
		s.boot()
		id := s.send(100*time.Millisecond, lora(9), 0x40, 1, 2, 3)
		s.air.Cut(id, 190*time.Millisecond)
		s.sleep(time.Second)
		got := s.poll()
		if len(got) != packetOverhead+4 || got[13]&1 != 1 || slices.Equal(got[9:13], []byte{0x40, 1, 2, 3}) {
			t.Errorf("% x", got)
		}
		s.chip.Reset()
		s.send(2*time.Second, lora(9), 0x40)
		s.sleep(2 * time.Second)
		s.boot()
		if _, err := s.air.Transmit(ether.Signal{From: s.deviceID, Start: 4 * time.Second, Frequency: 915 * radio.MHz, Modulation: lora(7), EIRP: 1400}); err != nil {
			t.Fatal(err)
		}
		s.sleep(4 * time.Second)
		var not *NotHeardError
		if len(s.outcomes) != 3 || s.outcomes[0] != nil || !errors.Is(s.outcomes[1], ErrNotReceiving) || !errors.As(s.outcomes[2], &not) {
			t.Errorf("%v", s.outcomes)
		}
	})
}

func TestConducted(t *testing.T) {
	board, err := hardware.BoardNamed("rak5146")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		p    Power
		want radio.DBm
	}{
		{Power{Amplifier: true, Index: 6}, 1200},
		{Power{Amplifier: true, Index: 21}, 2700},
		{Power{Amplifier: true, Index: 30}, 2700},
		{Power{Amplifier: true, Index: 0}, 1200},
		{Power{Index: 10}, 1600},
	} {
		if got := c.p.conducted(board.Gain); got != c.want {
			t.Errorf("%+v: %v, want %v", c.p, got, c.want)
		}
	}
}
