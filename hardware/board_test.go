package hardware

import (
	"math"
	"slices"
	"strings"
	"testing"

	"hexspot/radio"
)

// Every row is complete, and makes sense to a driver.
func TestBoardTable(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range Boards() {
		if b.Name == "" || b.Title == "" || seen[b.Name] {
			t.Errorf("%q (%s): no name, no title or twice", b.Name, b.Title)
		}
		seen[b.Name] = true
		if _, _, err := ParseBus(b.Bus); err != nil {
			t.Errorf("%s: %v", b.Name, err)
		}
		if b.ClockRadio != 0 && b.ClockRadio != 1 {
			t.Errorf("%s: clocked by radio %d", b.Name, b.ClockRadio)
		}
		checkPins(t, b)
		checkGain(t, b)
	}
}

func checkPins(t *testing.T, b Board) {
	t.Helper()
	used := []int{b.Pins.Reset}
	for _, pin := range []int{b.Pins.Power, b.Pins.SX1261} {
		if pin != NoPin {
			used = append(used, pin)
		}
	}
	for i, pin := range used {
		if pin < 2 || pin > 27 || slices.Contains(used[:i], pin) {
			t.Errorf("%s: pin %d is none of a Raspberry Pi's or used twice", b.Name, pin)
		}
	}
}

func checkGain(t *testing.T, b Board) {
	t.Helper()
	for i, g := range b.Gain {
		if g.Index > 22 {
			t.Errorf("%s: index %d", b.Name, g.Index)
		}
		if i > 0 && g.Power != b.Gain[i-1].Power+dBm {
			t.Errorf("%s: %v follows %v", b.Name, g.Power, b.Gain[i-1].Power)
		}
	}
	if len(b.Gain) != 16 || b.Gain[0].Power != 12*dBm {
		t.Errorf("%s: %d gains from %v", b.Name, len(b.Gain), b.Gain[0].Power)
	}
}

func TestBoardNamed(t *testing.T) {
	b, err := BoardNamed("rak5146")
	if err != nil || b.Pins.Reset != 17 {
		t.Fatalf("%+v, %v", b, err)
	}
	b.Gain[0].Index, b.RSSI[0].Offset = 99, 0
	if again, _ := BoardNamed("rak5146"); again.Gain[0].Index == 99 || again.RSSI[0].Offset == 0 {
		t.Error("the table can be changed from outside")
	}
	_, err = BoardNamed("rak9999")
	if err == nil || !strings.Contains(err.Error(), "rak9999") || !strings.Contains(err.Error(), "corecell, rak2287, rak5146") {
		t.Errorf("error does not help: %v", err)
	}
}

func TestRSSIOffset(t *testing.T) {
	b, _ := BoardNamed("corecell")
	for f, want := range map[radio.Hertz]float64{
		868_100_000: -215.4, 915_000_000: -215.4, 923_200_000: -215.4, 1_000_000_000: -215.4,
		433_175_000: -207, 470_300_000: -207, 100_000_000: -207,
	} {
		if got := b.RSSIOffset(f); got != want {
			t.Errorf("%v: %v, want %v", f, got, want)
		}
	}
}

func TestTemperatureCompensation(t *testing.T) {
	b, _ := BoardNamed("corecell")
	for celsius, want := range map[float64]float64{
		0:   0,
		25:  (20.41*625 + 2162.56*25) / 65536, // 1.02 dB
		-20: (20.41*400 - 2162.56*20) / 65536,
	} {
		if got := b.Temperature.At(celsius); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v °C: %v, want %v", celsius, got, want)
		}
	}
	all := TemperatureCompensation{1, 2, 3, 4, 5}
	if got, want := all.At(2)*65536, 16.0+16+12+8+5; math.Abs(got-want) > 1e-9 {
		t.Errorf("polynomial gives %v, want %v", got, want)
	}
}

func TestGainsFor(t *testing.T) {
	reference, _ := BoardNamed("corecell")
	rak, _ := BoardNamed("rak5146")
	for _, c := range []struct {
		gains Gains
		power radio.DBm
		want  Gain
		ok    bool
	}{
		{reference.Gain, 14 * dBm, Gain{14 * dBm, false, 17}, true},
		{reference.Gain, 14*dBm + 99, Gain{14 * dBm, false, 17}, true},
		{reference.Gain, 15*dBm - 1, Gain{14 * dBm, false, 17}, true},
		{reference.Gain, 12 * dBm, Gain{12 * dBm, false, 15}, true},
		{reference.Gain, 12*dBm - 1, Gain{}, false}, // never more than was asked for
		{reference.Gain, 0, Gain{}, false},
		{reference.Gain, 30 * dBm, Gain{27 * dBm, true, 14}, true},
		{rak.Gain, 27 * dBm, Gain{27 * dBm, true, 21}, true},
		{nil, 27 * dBm, Gain{}, false},
	} {
		if got, ok := c.gains.For(c.power); got != c.want || ok != c.ok {
			t.Errorf("%v: %+v, %v, want %+v", c.power, got, ok, c.want)
		}
	}
}

func TestParseBus(t *testing.T) {
	for _, c := range []struct{ text, kind, path string }{
		{"usb:/dev/ttyACM0", USB, "/dev/ttyACM0"},
		{"spi:/dev/spidev0.0", SPI, "/dev/spidev0.0"},
		{"usb:/tmp/a:b", USB, "/tmp/a:b"},
		{"/dev/ttyACM0", "", ""}, {"usb:", "", ""}, {"usb:ttyACM0", "", ""},
		{"USB:/dev/ttyACM0", "", ""}, {"i2c:/dev/i2c-1", "", ""}, {"", "", ""},
	} {
		kind, path, err := ParseBus(c.text)
		if kind != c.kind || path != c.path || (err != nil) != (c.kind == "") {
			t.Errorf("%q: %q, %q, %v", c.text, kind, path, err)
		}
	}
}
