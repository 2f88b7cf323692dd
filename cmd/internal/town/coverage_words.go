package town

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"hexspot/radio"
	"hexspot/witness"
)

// figureUnits are the units of findings as people read them, with what divides a value.
var figureUnits = map[string]struct {
	unit    string
	divisor float64
}{
	"yes": {"", 1}, "udBm": {"dBm", 1e6}, "mm": {"m", 1e3}, "ms": {"ms", 1}, "Unix ms": {"ms", 1}, "Hz": {"MHz", 1e6}, "SF": {"SF", 1},
	"slot": {"slot", 1}, "reports": {"reports", 1}, "partners": {"partners", 1},
}

// figures are the rules that could be evaluated on a report, with their values.
func figures(rules []witness.Rule, findings []witness.Finding) []Figure {
	list := []Figure{}
	for i, f := range findings {
		if f.Outcome == witness.RuleNotEvaluated {
			continue
		}
		u := figureUnits[rules[i].Unit]
		if u.divisor == 0 {
			u.unit, u.divisor = rules[i].Unit, 1
		}
		figure := Figure{Rule: string(rules[i].Name), Outcome: f.Outcome.String(), Unit: u.unit}
		if u.unit != "" {
			figure.Value, figure.Limit, figure.Margin = float64(f.Value)/u.divisor, float64(f.Limit)/u.divisor, float64(f.Margin)/u.divisor
		}
		list = append(list, figure)
	}
	return list
}

// faultWords say why a report did not hold, where no figure is needed.
var faultWords = map[witness.Fault]string{
	"unknown":           "It has no site in this epoch; one counts from the next epoch on",
	"data_only":         "Its site is for data only",
	"no_site":           "It has no site in this epoch; one counts from the next epoch on",
	"no_plan":           "The network's rules do not name its channel plan",
	"range":             "A figure is out of the protocol's bounds",
	"value_late":        "The network published the slot's value too late",
	"not_due":           "Sent in another slot than the one drawn",
	"opening":           "The signature does not open the tag",
	"channel":           "Another channel than the one drawn",
	"rate":              "Another spreading factor than the one drawn",
	"outside_slot":      "Dated outside its slot",
	"second_beacon":     "The station reported two beacons in one window",
	"denied":            "The station is on the operator's list",
	"not_witnessing":    "It had not witnessed others in 48 h",
	"self":              "A station does not witness itself",
	"duplicate":         "The station's first report of this tag counts",
	"plan":              "Another channel plan than the beacon's",
	"mark":              "Another mark than the slot's",
	"fine_time":         "Its fine time does not fit the others'",
	"not_witnessed":     "Nobody had heard it in 48 h, so its reports wait",
	witness.FaultOrphan: "Nobody opened this tag",
	witness.FaultBeacon: "The beacon itself did not hold",
	"too_loud":          "Louder than the plan allows",
	"too_late":          "The report came after the case had closed",
	"too_near":          "Closer than a witness may be",
	"too_far":           "Further than a witness may be",
	"too_strong":        "Louder than physics allows",
	"too_weak":          "Too weak to be decoded",
	"noise":             "Noise no receiver has",
}

// reportWords say why a report did not hold, with the figure of the rule.
func reportWords(rules []witness.Rule, j *witness.Judged) string {
	if j.Valid() {
		return ""
	}
	words := cmp.Or(faultWords[j.Reason], string(j.Reason))
	for _, f := range figures(rules, j.Findings) {
		if f.Rule == string(j.Reason) && f.Unit != "" && f.Outcome == witness.RuleFailed.String() {
			return words + figureText(f)
		}
	}
	return words
}

// figureText is a value with its limit, empty where the value says nothing to people.
func figureText(f Figure) string {
	switch f.Unit {
	case "dBm":
		return fmt.Sprintf(": %s\u00a0dBm, limit %s\u00a0dBm", signed(f.Value, 1), signed(f.Limit, 1))
	case "m":
		return fmt.Sprintf(": %s, limit %s", metres(f.Value), metres(f.Limit))
	case "MHz":
		return fmt.Sprintf(": %.3f\u00a0MHz, drawn %.3f\u00a0MHz", f.Value, f.Limit)
	case "SF", "slot":
		return fmt.Sprintf(": %s, drawn %s", number(int(f.Value)), number(int(f.Limit)))
	case "ms":
		if late := -f.Margin; late < 3_600_000 {
			return fmt.Sprintf(", by %.1f\u00a0s", late/1000)
		}
	}
	return ""
}

// signed is a number with U+2212 for minus.
func signed(x float64, decimals int) string {
	text := fmt.Sprintf("%.*f", decimals, math.Abs(x))
	if x < 0 && strings.Trim(text, "0.") != "" {
		return "\u2212" + text
	}
	return text
}

// metres is a distance as people say it.
func metres(m float64) string {
	switch {
	case m < 1000:
		return fmt.Sprintf("%.0f\u00a0m", m)
	case m < 10_000:
		return fmt.Sprintf("%.2f\u00a0km", m/1000)
	}
	return fmt.Sprintf("%.1f\u00a0km", m/1000)
}

// cure is what would make a report hold, as the rule says it.
func cure(rules []witness.Rule, reason witness.Fault) string {
	for _, r := range rules {
		if r.Name == reason {
			return strings.ToUpper(r.Need[:1]) + r.Need[1:]
		}
	}
	return ""
}

// faultReason is a reason with its words for a list.
func faultReason(code string, count int) Reason {
	return Reason{Code: code, Words: cmp.Or(faultWords[witness.Fault(code)], code), Count: count}
}

// skipWords say why a due beacon was not sent, by witness.Reason's name.
var skipWords = map[string]string{
	"no_plan": "No channel plan", "no_site": "No site", "other_plan": "The site is for another channel plan", "data_only": "The site is for data only",
	"clock_unset": "The clock was not set", "clock_off": "The clock was off the network's", "no_anchor": "No anchor for this time",
	"no_entropy": "The slot's value had not come", "no_level": "No power level within the cap", "slot_over": "The slot ended before the beacon could",
	"duty_cycle": "The duty cycle was used up", "channel_busy": "The channel was busy until the slot ended", "refused": "The downlink queue refused it",
	"not_emitted": "It gave way to a downlink", "no_answer": "The radio did not answer", "fault": "It could not be signed or stored",
}

// refusalWords say why a network does not take a report.
var refusalWords = map[witness.RefusalReason]string{
	witness.RefusedSize: "Too long", witness.RefusedRate: "More reports than one station may send", witness.RefusedEncoding: "Not the one encoding of a record",
	witness.RefusedTopic: "Of another kind than its topic", witness.RefusedStation: "Of another station than its sender",
	witness.RefusedNetwork: "Signed for another network", witness.RefusedSignature: "The signature is wrong", witness.RefusedRange: "A value out of bounds",
	witness.RefusedEpoch: "An observation of another epoch", witness.RefusedFuture: "Of a time ahead", witness.RefusedPast: "Of an epoch put away",
	witness.RefusedUnknown: "The registry has no site of the station", witness.RefusedQuota: "More of its epoch than one station may report",
}

// dropWords say why a hotspot did not take what its chip heard.
var dropWords = map[string]string{
	"mark": "Dropped: no mark of this network and time", "sent": "Dropped: this tag was reported already", "own": "Dropped: the hotspot's own tag",
}

func sf(m radio.Modulation) uint8 {
	l, _ := m.(radio.LoRa)
	return uint8(l.SF)
}
