package sx1302

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"hexspot/radio"
)

// get takes a field out of the register file, by numbers.
func (f *file) get(address uint16, bit, width uint8) byte {
	return f[address-fileBase] >> bit & (1<<width - 1)
}

// hertz takes two bytes, the first of 5 bits, as a signed IF in hertz.
func (f *file) hertz(address uint16) float64 {
	v := int(f.get(address, 0, 5))<<8 | int(f.get(address+1, 0, 8))
	if v >= 1<<12 {
		v -= 1 << 13
	}
	return float64(v) * 15625 / 32
}

// What the registers say is what the plan says, for every plan.
func TestRegistersSayThePlan(t *testing.T) {
	for _, plan := range radio.Plans() {
		t.Run(plan.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bus := newRecorder(0xA5)
				if _, err := bootOn(t, bus, Config{Plan: plan}); err != nil {
					t.Fatal(err)
				}
				checkChannels(t, &bus.file, plan)
				checkDrift(t, &bus.file, plan)
				checkRadios(t, bus.trace, plan)
			})
		})
	}
}

func checkChannels(t *testing.T, f *file, plan radio.Plan) {
	t.Helper()
	near := func(name string, want radio.Hertz, address uint16, radioB byte) {
		t.Helper()
		got := float64(plan.Radios[radioB]) + f.hertz(address)
		if off := got - float64(want); off > 489 || off < -489 {
			t.Errorf("%s is at %.0f Hz, want %v", name, got, want)
		}
		if off := f.hertz(address); off > 400_000 || off < -400_000 {
			t.Errorf("%s is %.0f Hz away from its radio", name, off)
		}
	}
	for i, want := range plan.MultiSF {
		near(fmt.Sprint("channel ", i), want, 0x5800+2*uint16(i), f.get(0x5810, uint8(i), 1))
	}
	enabled := byte(1<<len(plan.MultiSF) - 1)
	if a, b := f.get(0x5820, 0, 8), f.get(0x5821, 0, 8); a != enabled || b != enabled {
		t.Errorf("channels enabled: %08b and %08b", a, b)
	}
	for i := len(plan.MultiSF); i < 8; i++ {
		if f.hertz(0x5800+2*uint16(i)) != 0 || f.get(0x5810, uint8(i), 1) != 0 {
			t.Errorf("channel %d is not at rest", i)
		}
	}
	if plan.Service != nil {
		near("service", plan.Service.Frequency, 0x5B00, f.get(0x5B02, 0, 1))
		bw := map[radio.Hertz]byte{125_000: 4, 250_000: 5, 500_000: 6}[plan.Service.Bandwidth]
		if f.get(0x5B21, 0, 8) != bw<<4|byte(plan.Service.SF) || f.get(0x5B23, 4, 1) != 1 {
			t.Errorf("service rate %02X", f.get(0x5B21, 0, 8))
		}
	} else if f.get(0x5B23, 4, 1) != 0xA5>>4&1 || f.hertz(0x5B00) != 0 {
		t.Error("there is a service channel")
	}
	if plan.FSK != nil {
		near("FSK", plan.FSK.Frequency, 0x5B50, f.get(0x5B54, 1, 1))
	} else if f.hertz(0x5B50) != 0 || f.get(0x5B5D, 0, 8) != 0xA5 {
		t.Error("there is an FSK channel")
	}
}

// checkDrift: the mantissa has its top bit set, and shifted back it is bandwidth over
// frequency times 2^20, rounded down.
func checkDrift(t *testing.T, f *file, plan radio.Plan) {
	t.Helper()
	mantissa := int(f.get(0x58A0, 0, 4))<<8 | int(f.get(0x58A1, 0, 8))
	exponent := f.get(0x58A2, 0, 3)
	want := int(125e3 * (1 << 20) / float64(plan.Radios[0]))
	if mantissa < 2048 || mantissa>>exponent != want {
		t.Errorf("drift %03X, %d: want %d", mantissa, exponent, want)
	}
}

func checkRadios(t *testing.T, trace []traced, plan radio.Plan) {
	t.Helper()
	for i, f := range plan.Radios {
		steps := uint32(float64(f) * (1 << 20) / 1e6)
		command := fmt.Sprintf("%c> 86 %02X %02X %02X %02X", 'A'+i, steps>>24, steps>>16&0xFF, steps>>8&0xFF, steps&0xFF)
		if !commanded(trace, command) {
			t.Errorf("no command %q", command)
		}
		image := map[bool]string{true: "D7 DB", false: "E1 E9"}[f < 900*radio.MHz]
		if f < 600*radio.MHz {
			image = map[bool]string{true: "6B 6F", false: "75 81"}[f < 450*radio.MHz]
		}
		if command := fmt.Sprintf("%c> 98 %s", 'A'+i, image); !commanded(trace, command) {
			t.Errorf("no command %q", command)
		}
	}
}

func commanded(trace []traced, command string) bool {
	return slices.ContainsFunc(trace, func(e traced) bool { return e.what == command })
}

func TestServiceModemByRate(t *testing.T) {
	// Typed: fine sync 5B23:5, LDRO 5B22:4+2, preamble 5B27, gains 5B32:0+3 and
	// 5B33:6+2, sync word 5B2E, rate 5B21.
	for _, c := range []struct {
		sf                                               radio.SpreadingFactor
		khz                                              radio.Hertz
		fine, ldro, preamble, gain, integral, sync, rate byte
	}{
		{5, 125, 1, 0, 12, 4, 0, 2, 0x45},
		{6, 500, 1, 0, 12, 4, 0, 2, 0x66},
		{7, 125, 0, 0, 8, 6, 0, 6, 0x47},
		{10, 500, 0, 0, 8, 6, 0, 6, 0x6A},
		{11, 125, 0, 1, 8, 7, 1, 6, 0x4B},
		{11, 250, 0, 0, 8, 7, 2, 6, 0x5B},
		{11, 500, 0, 0, 8, 7, 3, 6, 0x6B},
		{12, 125, 0, 1, 8, 7, 1, 6, 0x4C},
		{12, 250, 0, 1, 8, 7, 2, 6, 0x5C},
		{12, 500, 0, 0, 8, 7, 3, 6, 0x6C},
	} {
		synctest.Test(t, func(t *testing.T) {
			plan := testPlan(t, "EU868")
			plan.Service.SF, plan.Service.Bandwidth = c.sf, c.khz*radio.KHz
			bus := newRecorder(0xA5)
			if _, err := bootOn(t, bus, Config{Plan: plan}); err != nil {
				t.Fatal(err)
			}
			f := &bus.file
			got := [...]byte{f.get(0x5B23, 5, 1), f.get(0x5B22, 4, 2), f.get(0x5B27, 0, 8), f.get(0x5B32, 0, 3),
				f.get(0x5B33, 6, 2), f.get(0x5B2E, 0, 5), f.get(0x5B21, 0, 8)}
			want := [...]byte{c.fine, c.ldro, c.preamble, c.gain, c.integral, c.sync, c.rate}
			if got != want {
				t.Errorf("SF%d at %d kHz: %v, want %v", c.sf, c.khz, got, want)
			}
		})
	}
}

func TestBootOptions(t *testing.T) {
	type place struct {
		address    uint16
		bit, width uint8
		value      byte
	}
	for _, c := range []struct {
		name   string
		config Config
		want   []place
		says   string
	}{
		{
			name: "private network", config: Config{Private: true},
			want: []place{{0x588A, 0, 5, 2}, {0x588E, 0, 5, 2}, {0x588F, 0, 5, 4}, {0x5B2E, 0, 5, 2}, {0x5B2F, 0, 5, 4}},
		},
		{
			name: "fine timestamps", config: Config{FineTimestamp: true},
			want: []place{{0x58C0, 2, 1, 0}, {0x58C1, 0, 8, 32}, {0x58B3, 3, 1, 1}, {0x58B3, 0, 3, 0}, {0x608C, 0, 8, 0xFF}},
		},
		{
			name: "clock of radio B", config: Config{Board: Board{ClockRadio: 1}},
			want: []place{{0x57C0, 0, 1, 0}, {0x57C0, 1, 1, 1}, {0x57C0, 2, 1, 1}},
		},
		{name: "single input", config: Config{Board: Board{SingleInput: true}}, says: "B> 0D 08 E2 0D"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bus := newRecorder(0xA5)
				bus.model = 3
				c.config.Plan = testPlan(t, "EU868")
				s, err := bootOn(t, bus, c.config)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range c.want {
					if got := bus.get(p.address, p.bit, p.width); got != p.value {
						t.Errorf("%04X:%d+%d is %02X, want %02X", p.address, p.bit, p.width, got, p.value)
					}
				}
				if c.says != "" && !commanded(bus.trace, c.says) {
					t.Errorf("no command %q", c.says)
				}
				if s.rxSetup().fine != c.config.FineTimestamp || s.info.Model != SX1303 {
					t.Errorf("%+v", s.info)
				}
			})
		})
	}
}

// Faults that the emulator does not have.
func TestBootErrors(t *testing.T) {
	plan := "EU868"
	for _, c := range []struct {
		name  string
		spoil func(*recorder)
		want  error
	}{
		{"nothing on the bus", func(r *recorder) { r.version = 0xFF }, &NoChipError{Bus: "recorder", Version: 0xFF}},
		{"radios do not listen", func(r *recorder) { r.deafRadio, r.modes = true, [2]byte{} },
			&RadioError{Radio: 'A', Problem: "in mode 0 instead of standby (2): the reset pin is wrong or the board has no power"}},
		{"calibration", func(r *recorder) { r.imageFails = true },
			&RadioError{Radio: 'A', Problem: "the image calibration for 867.5 MHz failed"}},
		{"parity", func(r *recorder) { r.parity = true }, &ParityError{MCU: "AGC"}},
		{"another parameter", func(r *recorder) { r.echo = 1 },
			&EchoError{MCU: "AGC", Step: "gains of radio A", Byte: 0, Got: 0, Want: 255}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bus := newRecorder(0)
				c.spoil(bus)
				_, err := bootOn(t, bus, Config{Plan: testPlan(t, plan)})
				got := err
				for got != nil && !cmp.Equal(got, c.want) {
					got = errors.Unwrap(got)
				}
				if got == nil {
					t.Errorf("%v, want %v", err, c.want)
				}
			})
		})
	}
}

func TestConfigRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*Config)
		want  string
	}{
		{"no firmware", func(c *Config) { c.Firmware.ARB = Image{} }, "firmware images"},
		{"no region", func(c *Config) { c.Plan = radio.Plan{} }, "set the region"},
		{"clock of a third radio", func(c *Config) { c.Board.ClockRadio = 2 }, "clock from radio 2"},
		{"no radio B", func(c *Config) { c.Plan.Radios[1] = 0 }, "radio B at 0 MHz"},
		{"a band edge", func(c *Config) { c.Plan.Radios[0] = 863 * radio.MHz }, "radio A at 863 MHz"},
		{"no channels", func(c *Config) { c.Plan.MultiSF = nil }, "0 multi-SF channels"},
		{"nine channels", func(c *Config) { c.Plan.MultiSF = make([]radio.Hertz, 9) }, "9 multi-SF channels"},
		{"a far channel", func(c *Config) { c.Plan.MultiSF[3] = 866 * radio.MHz }, "at 866 MHz is out of reach"},
		{"a far service channel", func(c *Config) { c.Plan.Service.Frequency = 0 }, "at 0 MHz is out of reach"},
		{"SF13", func(c *Config) { c.Plan.Service.SF = 13 }, "LoRa service channel"},
		{"200 kHz", func(c *Config) { c.Plan.Service.Bandwidth = 200 * radio.KHz }, "LoRa service channel"},
		{"wide FSK", func(c *Config) { c.Plan.FSK.Bandwidth = 250 * radio.KHz }, "FSK channel has a bandwidth"},
		{"slow FSK", func(c *Config) { c.Plan.FSK.BitRate = 400 }, "400 bit/s"},
	} {
		config := Config{Plan: testPlan(t, "EU868"), Firmware: testFirmware(t)}
		if err := config.Validate(); err != nil {
			t.Fatal(err)
		}
		c.spoil(&config)
		if err := config.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if _, err := New(nil, config, nil); err == nil {
			t.Errorf("%s: New takes it", c.name)
		}
	}
}

func TestBoardValues(t *testing.T) {
	zero := Board{}.chains()
	for i, c := range zero {
		if at := c.curve.at(25); c.rssiOffset != -215.4 || at < 1.01 || at > 1.03 {
			t.Errorf("radio %d: %v, %v dB at 25 °C", i, c.rssiOffset, at)
		}
	}
	own := Board{RSSIOffset: [2]float64{1: -207}, RSSICurve: &RSSICurve{4: 65536}}.chains()
	if own[0].rssiOffset != -215.4 || own[1].rssiOffset != -207 || own[1].curve.at(40) != 1 {
		t.Errorf("%+v", own)
	}
}
