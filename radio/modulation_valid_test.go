package radio

import (
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	good := LoRa{SF: 7, Bandwidth: 125 * KHz, CodeRate: CodeRate4_5}
	cases := []struct {
		m     interface{ Validate() error }
		fault string // "" is good
	}{
		{good, ""},
		{LoRa{SF: 5, Bandwidth: 500 * KHz, CodeRate: CodeRate4_8}, ""},
		{LoRa{SF: 4, Bandwidth: 125 * KHz, CodeRate: 1}, "spreading factor 4"},
		{LoRa{SF: 13, Bandwidth: 125 * KHz, CodeRate: 1}, "spreading factor 13"},
		{LoRa{SF: 7, Bandwidth: 125, CodeRate: 1}, "bandwidth 125 Hz"},
		{LoRa{SF: 7, CodeRate: 1}, "bandwidth 0 Hz"},
		{LoRa{SF: 7, Bandwidth: 125 * KHz}, "code rate"},
		{LoRa{SF: 7, Bandwidth: 125 * KHz, CodeRate: 5}, "code rate"},
		{FSK{BitRate: 500}, ""},
		{FSK{BitRate: 250_000, Deviation: 25 * KHz}, ""},
		{FSK{BitRate: 499}, "bit rate 499"},
		{FSK{BitRate: 250_001}, "bit rate 250001"},
		{FSK{BitRate: 50_000, Deviation: 999}, "deviation 999"},
		{FSK{BitRate: 50_000, Deviation: 201 * KHz}, "deviation 201000"},
		{FSK{BitRate: 50_000, Deviation: -25 * KHz}, "deviation -25000"},
	}
	for _, c := range cases {
		err := c.m.Validate()
		if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%+v: %v, want %q", c.m, err, c.fault)
		}
	}
}
