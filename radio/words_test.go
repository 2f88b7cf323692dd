package radio

import (
	"strings"
	"testing"
)

func TestUnits(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{(868_100 * KHz).String(), "868.1 MHz"},
		{Hertz(865_062_500).String(), "865.0625 MHz"},
		{LevelOf(-115.5).String(), "-115.50 dBm"},
		{RatioOf(-7.25).String(), "-7.25 dB"},
		{CodeRate4_5.String(), "4/5"}, {CodeRate4_8.String(), "4/8"}, {CodeRateNone.String(), "OFF"}, {CodeRate(5).String(), "OFF"},
		{CRCNone.String(), "none"}, {CRCBad.String(), "bad"}, {CRCOK.String(), "ok"}, {CRCStatus(3).String(), "unknown"},
		{TxIgnored.String(), "IGNORED"}, {TxDutyCycleOverflow.String(), "DUTY_CYCLE_OVERFLOW"}, {TxStatus(12).String(), "UNKNOWN"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestLevelsRound(t *testing.T) {
	for dBm, want := range map[float64]DBm{0: 0, -115.504: -11550, -115.506: -11551, 0.125: 13, -0.125: -13} {
		if got := LevelOf(dBm); got != want {
			t.Errorf("%v dBm is %d, want %d", dBm, got, want)
		}
	}
	for level, want := range map[DBm]int32{-11550: -116, -11549: -115, 50: 1, 49: 0, -50: -1} {
		if got := level.Whole(); got != want {
			t.Errorf("%v is %d whole, want %d", level, got, want)
		}
	}
	if got := RatioOf(-19.8).Float(); got != -19.8 {
		t.Errorf("-19.8 dB is %v", got)
	}
}

func TestParseEUI(t *testing.T) {
	for _, text := range []string{"0016c001ff10a235", "0016C001FF10A235"} {
		if e, err := ParseEUI(text); err != nil || e.String() != strings.ToLower(text) {
			t.Errorf("%s: %s, %v", text, e, err)
		}
	}
	for _, text := range []string{"", "0016c001ff10a23", "0016c001ff10a2355", "0016c001ff10a23g", "00-16-c0-01-ff-1"} {
		if e, err := ParseEUI(text); err == nil || e != (EUI{}) {
			t.Errorf("%q: %s, %v", text, e, err)
		}
	}
}

func FuzzParseEUI(f *testing.F) {
	f.Add("0016c001ff10a235")
	f.Add("0016C001FF10A23")
	f.Fuzz(func(t *testing.T, text string) {
		if e, err := ParseEUI(text); err == nil && !strings.EqualFold(e.String(), text) {
			t.Errorf("%q gives back %s", text, e)
		}
	})
}
