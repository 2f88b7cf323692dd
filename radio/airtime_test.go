package radio

import (
	"testing"
	"time"
)

var airtimes = []struct {
	name  string
	m     Modulation
	size  int
	micro float64
}{
	// Measured on the public HAL.
	{"HAL SF7", LoRa{SF: 7, Bandwidth: 125 * KHz, CodeRate: 1}, 17, 51456},
	{"HAL SF12 without CRC", LoRa{SF: 12, Bandwidth: 125 * KHz, CodeRate: 1, NoCRC: true}, 8, 991232},
	{"HAL 250 kHz", LoRa{SF: 7, Bandwidth: 250 * KHz, CodeRate: 1}, 20, 28288},
	{"HAL SF5", LoRa{SF: 5, Bandwidth: 125 * KHz, CodeRate: 1, Preamble: 12}, 10, 13120},
	{"HAL SF12 at 500 kHz", LoRa{SF: 12, Bandwidth: 500 * KHz, CodeRate: 1}, 20, 329728},
	// The HAL turns the low data rate on for every SF12 and would say 370688
	// here (at 20 bytes it makes no difference), but a symbol of SF12 at 500 kHz
	// lasts 8.192 ms and the modem leaves it off.
	{"SF12 at 500 kHz", LoRa{SF: 12, Bandwidth: 500 * KHz, CodeRate: 1}, 24, 329728},
	// Protocol hexspot/1, "why the numbers are what they are".
	{"beacon", LoRa{SF: 10, Bandwidth: 125 * KHz, CodeRate: 1}, 24, 370688},
	{"beacon and a byte", LoRa{SF: 10, Bandwidth: 125 * KHz, CodeRate: 1}, 25, 411648},
	// Worked by hand from SX1276 datasheet 4.1.1.7.
	{"class B beacon", LoRa{SF: 9, Bandwidth: 125 * KHz, CodeRate: 1, Preamble: 10, ImplicitHeader: true, NoCRC: true}, 17, 152576},
	{"SF11 at 125 kHz", LoRa{SF: 11, Bandwidth: 125 * KHz, CodeRate: 1}, 51, 1314816},
	{"SF6", LoRa{SF: 6, Bandwidth: 125 * KHz, CodeRate: 1}, 22, 31872},
	{"4/8", LoRa{SF: 7, Bandwidth: 125 * KHz, CodeRate: 4}, 17, 69888},
	{"code rate not stated", LoRa{SF: 7, Bandwidth: 125 * KHz}, 17, 51456},
	{"nothing", LoRa{SF: 12, Bandwidth: 125 * KHz, CodeRate: 1, NoCRC: true, ImplicitHeader: true}, 0, 663552},
	{"negative size", LoRa{SF: 12, Bandwidth: 125 * KHz, CodeRate: 1, NoCRC: true, ImplicitHeader: true}, -5, 663552},
	{"inverted IQ lasts as long", LoRa{SF: 7, Bandwidth: 125 * KHz, CodeRate: 1, InvertIQ: true}, 17, 51456},
	{"FSK", FSK{BitRate: 50_000}, 20, (5 + 3 + 1 + 20 + 2) * 8 * 20},
	{"FSK without CRC", FSK{BitRate: 50_000, Preamble: 10, NoCRC: true}, 20, (10 + 3 + 1 + 20) * 8 * 20},
	{"FSK, negative size", FSK{BitRate: 50_000}, -1, (5 + 3 + 1 + 2) * 8 * 20},
	{"slowest FSK, longest frame", FSK{BitRate: 500}, 255, (5 + 3 + 1 + 255 + 2) * 8 * 2000},
	{"invalid", LoRa{}, 20, 0},
	{"invalid bandwidth", LoRa{SF: 7, Bandwidth: 1}, 20, 0},
	{"invalid FSK", FSK{}, 20, 0},
}

func TestTimeOnAir(t *testing.T) {
	for _, c := range airtimes {
		want := time.Duration(c.micro * float64(time.Microsecond))
		if got := c.m.TimeOnAir(c.size); got != want {
			t.Errorf("%s: %s with %d bytes lasts %v, want %v", c.name, c.m, c.size, got, want)
		}
	}
}

func TestFSKRoundsUp(t *testing.T) {
	// 88 bits at 30,000 bit/s: 2.933333… ms.
	if got := (FSK{BitRate: 30_000}).TimeOnAir(0); got != 2_933_334*time.Nanosecond {
		t.Errorf("%v, want 2.933334ms", got)
	}
}

func TestLowDataRate(t *testing.T) {
	on := map[string]bool{"SF11BW125": true, "SF12BW125": true, "SF12BW250": true}
	for sf := SpreadingFactor(5); sf <= 12; sf++ {
		for _, b := range []Hertz{125 * KHz, 250 * KHz, 500 * KHz} {
			m := LoRa{SF: sf, Bandwidth: b}
			if m.LowDataRate() != on[m.String()] {
				t.Errorf("%s: low data rate %v, symbol %v", m, m.LowDataRate(), m.SymbolTime())
			}
		}
	}
	if (LoRa{}).LowDataRate() {
		t.Error("an invalid modulation has a low data rate")
	}
}

func TestSymbolTime(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"SF7BW125": 1024 * time.Microsecond, "SF5BW500": 64 * time.Microsecond,
		"SF11BW125": 16384 * time.Microsecond, "SF12BW250": 16384 * time.Microsecond,
	} {
		m, err := ParseDataRate(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.(LoRa).SymbolTime(); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
