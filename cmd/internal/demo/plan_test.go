package demo

import (
	"strings"
	"testing"

	"hexspot/radio"
)

func TestChoosePlan(t *testing.T) {
	for _, c := range []struct {
		region string
		used   []channel
		want   string // the plan's name, or a part of the error
	}{
		{"", []channel{{868_100_000, "SF7BW125"}}, "EU868"},
		{"", []channel{{868_300_000, "SF7BW250"}}, "EU868"},
		{"", []channel{{868_300_000, "SF8BW250"}}, "no channel plan has a channel for 868.3 MHz SF8BW250"},
		{"", []channel{{868_800_000, "FSK50000"}}, "EU868"},
		{"", []channel{{868_800_000, "FSK49999"}}, "no channel plan"},
		{"", []channel{{903_900_000, "SF10BW125"}, {904_600_000, "SF8BW500"}}, "US915_1"},
		{"", []channel{{904_600_000, "SF8BW500"}}, "US915_1"},
		{"", []channel{{865_402_500, "SF9BW125"}}, "IN865"},
		{"", []channel{{433_175_000, "SF9BW125"}}, "EU433"},
		{"", []channel{{923_200_000, "SF9BW125"}}, "AU915_5"}, // its first channel, and AS923's
		{"as923", []channel{{923_200_000, "SF9BW125"}}, "AS923"},
		{"eu868", []channel{{868_100_000, "SF7BW125"}, {902_300_000, "SF7BW125"}}, "plan EU868 has no channel for 902.3 MHz SF7BW125"},
		{"EU869", []channel{{868_100_000, "SF7BW125"}}, `region "EU869"`},
	} {
		plan, err := choosePlan(c.region, c.used)
		got := plan.Name
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s %v: %s, want %s", c.region, c.used, got, c.want)
		}
	}
}

func TestListedIsBounded(t *testing.T) {
	many := make([]channel, 100)
	for i := range many {
		many[i] = channel{radio.Hertz(i) * radio.MHz, "SF7BW125"}
	}
	if got := listed(many); !strings.HasSuffix(got, "11 MHz SF7BW125 and 88 more") {
		t.Error(got)
	}
}
