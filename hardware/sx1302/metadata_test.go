package sx1302

import (
	"math"
	"testing"

	"hexspot/radio"
)

// What the public C HAL V2.1.0 computes, measured by running its expressions. Its
// offset is receiver less transmitter, the negative of ours.
func TestFrequencyOffsetOfTheModem(t *testing.T) {
	for _, c := range []struct {
		steps               int32
		at125, at250, at500 radio.Hertz
	}{
		{0, 0, 0, 0},
		{1, 0, 0, 0},
		{8, 0, 1, 3},
		{9, 1, 2, 4},
		{-9, -1, -2, -4},
		{8388, 999, 1999, 3999},
		{8389, 1000, 2000, 4000},
		{-12345, -1471, -2943, -5886},
		{524287, 62499, 124999, 249999},
		{-524288, -62500, -125000, -250000},
		{200003, 23842, 47684, 95368},
	} {
		for bandwidth, want := range map[radio.Hertz]radio.Hertz{125_000: c.at125, 250_000: c.at250, 500_000: c.at500} {
			if got := (rxChannel{bandwidth: bandwidth}).frequencyOffset(c.steps); got != -want {
				t.Errorf("%d steps at %v: %d Hz, want %d", c.steps, bandwidth, got, -want)
			}
		}
	}
}

func TestFrequencyOffsetOfTheRegister(t *testing.T) {
	for intermediate, want := range map[radio.Hertz]radio.Hertz{
		0: 0, -400_000: -98, 400_000: 98, -200_000: -293, 200_000: 293, 300_000: 196, -73_437: -195,
	} {
		if got := (rxChannel{intermediate: intermediate, bandwidth: 125_000}).frequencyOffset(0); got != -want {
			t.Errorf("IF %d: %d Hz, want %d", intermediate, got, -want)
		}
	}
}

// TestFrequencyOffsetIsTransmitterLessReceiver follows a frame through the chip: a
// transmitter 10 ppm above 868.1 MHz, a channel at IF -400 kHz. The IF register has
// -819 steps of 488.28125 Hz, which is -399,902 Hz: the modem listens 98 Hz above the
// channel. To it the frame is 8,681 - 98 = 8,583 Hz high, and it says by how much its
// own centre is above the frame: -8,583 Hz, 72,000 steps of 125 kHz / 2^20.
func TestFrequencyOffsetIsTransmitterLessReceiver(t *testing.T) {
	c := rxChannel{frequency: 868_100_000, intermediate: -400_000, bandwidth: 125_000}
	for transmitter, steps := range map[radio.Hertz]int32{8681: -72_000, 0: 822, -8681: 73_644} {
		centre := c.frequency - c.intermediate + registerIF(c.intermediate)
		frame := c.frequency + transmitter
		if measured := float64(centre-frame) * (1 << 20) / 125_000; math.Abs(measured-float64(steps)) > 1 {
			t.Fatalf("%d Hz high: the modem says %.1f steps, not %d", transmitter, measured, steps)
		}
		if got := c.frequencyOffset(steps); got < transmitter-1 || got > transmitter+1 {
			t.Errorf("%d steps: %d Hz, want %d", steps, got, transmitter)
		}
	}
}

func TestRSSIOverTemperature(t *testing.T) {
	usual := rssiCurve{0, 0, 20.41, 2162.56, 0}
	all := rssiCurve{0.001, -0.02, 20.41, 2162.56, -500}
	for _, c := range []struct {
		curve         rssiCurve
		celsius, want float64
	}{
		{usual, -40, -0.8216},
		{usual, 0, 0},
		{usual, 25, 1.0196},
		{usual, 85, 5.0549},
		{all, 30, 1.2667},
		{rssiCurve{}, 85, 0},
	} {
		if got := c.curve.at(c.celsius); math.Abs(got-c.want) > 1e-4 {
			t.Errorf("%v at %v °C: %.4f dB, want %.4f", c.curve, c.celsius, got, c.want)
		}
	}
}

func TestRSSIOfFSK(t *testing.T) {
	for raw, want := range map[uint8]float64{0: 90.6364, 51: 127.1926, 102: 180.1403, 204: 252.4360, 255: 230.3968} {
		if got := fskLevel(raw); math.Abs(got-want) > 1e-4 {
			t.Errorf("%d: %.4f, want %.4f", raw, got, want)
		}
	}
}

func TestTemperatureMovesTheLevels(t *testing.T) {
	chip := &fakeChip{buffer: fifoOf(aPacket("warm"))}
	r := newTestReceiver(t, chip, europeRX())
	warm := mustPoll(t, r).uplinks[0]
	r.setTemperature(85)
	chip.buffer = fifoOf(aPacket("hot"))
	hot := mustPoll(t, r).uplinks[0]
	if hot.RSSI-warm.RSSI != 403 || hot.SignalRSSI-warm.SignalRSSI != 403 {
		t.Errorf("RSSI %v then %v, of the signal %v then %v", warm.RSSI, hot.RSSI, warm.SignalRSSI, hot.SignalRSSI)
	}
}

// Code rates that no LoRa header means are none.
func TestCodeRateOfTheHeader(t *testing.T) {
	s := europeRX()
	for raw, want := range []radio.CodeRate{0, 1, 2, 3, 4, 0, 0, 0} {
		p := aPacket("x")
		p.CodeRate = uint8(raw)
		if got := s.lora(&p).CodeRate; got != want {
			t.Errorf("%d: %v, want %v", raw, got, want)
		}
	}
}
