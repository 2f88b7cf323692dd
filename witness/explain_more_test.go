package witness

import (
	"strings"
	"testing"
)

// TestTellPlans: a beacon on a channel of another plan is told which; one of its own plan is
// told the channel that was drawn.
func TestTellPlans(t *testing.T) {
	p := DefaultParameters(hexspot1)
	for sent, want := range map[int64]string{
		903_900_000: "the site says EU868, and the hotspot sent on 903.9 MHz, a channel of US915_",
		868_300_000: "send on the drawn channel; it was 868.3 MHz, not 868.1 MHz",
		1:           "send on the drawn channel",
	} {
		e := Explanation{Beacon: true, Reason: "channel"}
		for i := range hexspot1.Beacon {
			if r := &hexspot1.Beacon[i]; r.Name == "channel" {
				e.Rules = append(e.Rules, r.note(Finding{Outcome: RuleFailed, Value: sent, Limit: 868_100_000}, false))
			}
		}
		e.Rules[0].Decides = true
		e.Summary = e.summary()
		e.TellPlans(p, "EU868")
		if !strings.Contains(e.Summary, want) || !strings.Contains(e.Rules[0].Need, want) {
			t.Errorf("%d: %s", sent, e.Summary)
		}
	}
}

// TestReasonOfTheBeacon: the row that is marked is named, too.
func TestReasonOfTheBeacon(t *testing.T) {
	e := Explanation{Reason: "irregular_interval", OfBeacon: true, Rules: []RuleNote{{Rule: FaultBeacon, Decides: true, Need: "x"}}}
	if got := e.summary(); !strings.Contains(got, "because of rule beacon (the beacon failed irregular_interval)") {
		t.Error(got)
	}
}
