package radio

import "testing"

func TestParseDataRate(t *testing.T) {
	for text, want := range map[string]Modulation{
		"SF7BW125":  LoRa{SF: 7, Bandwidth: 125 * KHz},
		"SF12BW500": LoRa{SF: 12, Bandwidth: 500 * KHz},
		"SF5BW250":  LoRa{SF: 5, Bandwidth: 250 * KHz},
		"FSK50000":  FSK{BitRate: 50_000},
	} {
		if got, err := ParseDataRate(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func TestParseDataRateRefuses(t *testing.T) {
	for _, text := range []string{
		"", "SF", "SF7", "BW125", "7BW125", "SF07BW125", "SF7BW0125", "SF7BW125 ", " SF7BW125", "sf7bw125",
		"SF7BW125BW125", "SF4BW125", "SF13BW125", "SF7BW200", "SF+7BW125", "SF7BW", "SFBW125", "SF263BW125",
		"SFSF7BW125", "SF7BW65661", "FSK", "FSK050000", "FSK0", "FSK4294967346", "50000", "FSK-50000", "FSK1e5",
	} {
		if m, err := ParseDataRate(text); err == nil || m != nil {
			t.Errorf("%q: %v, %v", text, m, err)
		}
	}
}

func FuzzParseDataRate(f *testing.F) {
	for _, s := range []string{"SF7BW125", "FSK50000", "SF12BW500", "SF07BW125", "", "FSK"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if m, err := ParseDataRate(text); err == nil && m.String() != text {
			t.Errorf("%q gives back %q", text, m)
		}
	})
}
