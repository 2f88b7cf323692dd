package witness

import (
	"encoding/hex"
	"strconv"
)

// AppendText appends the verdict as lines, the same for equal verdicts:
//
//	case TAG SLOT START
//	beacon STATION ID RECEIVE OUTCOMES REASON OVER FIGURES
//	witness STATION ID INDEX RECEIVE OUTCOMES REASON FIGURES
//
// An outcome is p (passed), f (failed) or - (not evaluated) for each rule in the
// table's order; a reason is - for a valid report, and begins with beacon: where
// it is the beacon's own. Figures are value/limit/margin of each evaluated rule
// whose unit is not "yes", joined by commas, - if none.
func (v *Verdict) AppendText(b []byte, set *Set) []byte {
	b = append(b, "case "...)
	b = hex.AppendEncode(b, v.Tag[:])
	b = append(b, ' ')
	b = append(strconv.AppendUint(b, v.Slot, 10), ' ')
	b = append(strconv.AppendInt(b, v.Start, 10), '\n')
	for i := range v.Beacons {
		b = v.Beacons[i].appendBeacon(b, set.Beacon)
	}
	for i := range v.Witnesses {
		b = v.Witnesses[i].appendWitness(b, set.Witness)
	}
	return b
}

// AppendVerdicts appends verdicts in the order they are in, which FrozenEpoch.Judge makes
// the canonical one.
func AppendVerdicts(b []byte, set *Set, verdicts []Verdict) []byte {
	for i := range verdicts {
		b = verdicts[i].AppendText(b, set)
	}
	return b
}

func (j *Judged) appendBeacon(b []byte, rules []Rule) []byte {
	b = j.appendIdentity(append(b, "beacon "...))
	b = appendNumber(b, j.Receive)
	b = j.appendOutcomes(b)
	b = appendNumber(b, int64(j.Over))
	return append(j.appendFigures(b, rules), '\n')
}

func (j *Judged) appendWitness(b []byte, rules []Rule) []byte {
	b = j.appendIdentity(append(b, "witness "...))
	b = appendNumber(b, int64(j.Index))
	b = appendNumber(b, j.Receive)
	b = j.appendOutcomes(b)
	return append(j.appendFigures(b, rules), '\n')
}

func (j *Judged) appendIdentity(b []byte) []byte {
	b = append(j.Station.AppendHex(b), ' ')
	return append(hex.AppendEncode(b, j.ID[:]), ' ')
}

func appendNumber(b []byte, n int64) []byte { return append(strconv.AppendInt(b, n, 10), ' ') }

func (j *Judged) appendOutcomes(b []byte) []byte {
	for _, f := range j.Findings {
		b = append(b, "-pf"[f.Outcome])
	}
	if len(j.Findings) == 0 {
		b = append(b, '-')
	}
	b = append(b, ' ')
	switch {
	case j.Valid():
		b = append(b, '-')
	case j.OfBeacon:
		b = append(append(b, "beacon:"...), j.Reason...)
	default:
		b = append(b, j.Reason...)
	}
	return append(b, ' ')
}

func (j *Judged) appendFigures(b []byte, rules []Rule) []byte {
	start := len(b)
	for i, f := range j.Findings {
		if rules[i].Unit == "yes" || f.Outcome == RuleNotEvaluated {
			continue
		}
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(strconv.AppendInt(b, f.Value, 10), '/')
		b = append(strconv.AppendInt(b, f.Limit, 10), '/')
		b = strconv.AppendInt(b, f.Margin, 10)
	}
	if len(b) == start {
		b = append(b, '-')
	}
	return b
}
