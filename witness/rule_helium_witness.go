package witness

import (
	"hexspot/coverage"
	"hexspot/radio"
)

// heliumWitness are Helium's rules on a witness report, in its order, with its
// reason codes. An invalid beacon comes before them: its reason is the
// witness's.
var heliumWitness = []Rule{
	{Name: FaultBeacon, Unit: "yes", Need: "nothing of yours: the beacon itself is not valid", check: validBeacon},
	{Name: "duplicate", Code: 20, Unit: "yes", Need: "nothing: the first report counts", check: firstReport},
	{Name: "gateway_not_found", Code: 8, Unit: "yes", Need: NeedSite, check: witnessKnown},
	{Name: "not_asserted", Code: 2, Unit: "yes", Need: "publish a site", check: witnessLocated},
	{Name: "denied", Code: 9, Unit: "yes", Need: "leave the deny list", check: func(v *view) Finding { return yes(!v.w.Denied) }},
	{Name: "denied_edge", Code: 21, Unit: "yes", Need: "leave the deny list as a pair", check: func(v *view) Finding { return yes(!v.w.DeniedPair) }},
	{Name: "self_witness", Code: 15, Unit: "yes", Need: "nothing: a station does not witness itself", check: notSelf},
	{Name: "entropy_expired", Code: 3, Unit: "s", Need: "deliver the report while the entropy lives", check: witnessEntropyAlive},
	{Name: "too_late", Code: 22, Unit: "ms", Need: "deliver the report sooner", check: witnessLag},
	{Name: "invalid_packet", Code: 10, Unit: "yes", Need: "report the frame as heard", check: witnessPacket},
	{Name: "invalid_capability", Code: 5, Unit: "yes", Need: "publish the site as a full one", check: witnessFull},
	{Name: "invalid_frequency", Code: 14, Unit: "Hz", Need: "report the channel it was heard on", check: frequencyNear},
	{Name: "invalid_region", Code: 12, Unit: "yes", Need: "publish the region of the stations around", check: samePlan},
	{Name: "below_min_distance", Code: 19, Unit: "cells", Need: "stand further from the beaconer", check: enoughSteps},
	{Name: "max_distance_exceeded", Code: 13, Unit: "km", Need: "check both published places", check: withinKilometres},
	{Name: "bad_rssi", Code: 11, Unit: "udBm", Need: "check gain and place: the signal beats free space", check: notOverFreeSpace},
	{Name: "gateway_no_valid_beacons", Code: 23, Unit: "ms", Need: "have a beacon heard every 48 hours"},
}

func witnessEntropyAlive(v *view) Finding { return entropyAlive(v, v.w.Receive, v.witnessSane) }

// witnessLag counts from the beacon report, or from the first witness report where
// that came before it.
func witnessLag(v *view) Finding {
	switch {
	case !v.witnessSane || !v.beaconSane:
		return Finding{Outcome: RuleFailed, Margin: -1}
	case v.b.Receive <= v.earliest:
		return atMost(v.w.Receive-v.b.Receive, v.p.BeaconLag)
	}
	return atMost(v.w.Receive-v.earliest, v.p.WitnessLag)
}

// witnessPacket compares what was heard: the tag is the case's, so the mark is
// left.
func witnessPacket(v *view) Finding { return yes(v.w.Mark == v.c.Mark) }

func frequencyNear(v *view) Finding {
	if !v.witnessSane || !v.beaconSane {
		return Finding{Outcome: RuleFailed, Limit: v.p.FrequencySlip, Margin: -1}
	}
	slip := v.w.Frequency - v.b.Frequency
	return atMost(int64(max(slip, -slip)), v.p.FrequencySlip)
}

// stepsAt is the resolution whose cells the distance is counted in.
const stepsAt = 11

// enoughSteps counts cells between the sites. Where they cannot be counted (a
// coarser site, cells too far apart) the rule fails, as it did.
func enoughSteps(v *view) Finding {
	if !v.link.located {
		return Finding{}
	}
	a, wrong := v.b.Site.Cell.Parent(stepsAt)
	b, bad := v.w.Site.Cell.Parent(stepsAt)
	if wrong != nil || bad != nil {
		return Finding{Outcome: RuleFailed, Limit: v.p.MinSteps, Margin: -v.p.MinSteps}
	}
	n, err := a.GridDistance(b)
	if err != nil {
		return Finding{Outcome: RuleFailed, Limit: v.p.MinSteps, Margin: -v.p.MinSteps}
	}
	return atLeast(int64(n), v.p.MinSteps)
}

// withinKilometres rounds to metres and cuts to kilometres: 100 999 m passes.
func withinKilometres(v *view) Finding {
	if !v.link.located {
		return Finding{}
	}
	if !v.link.ok {
		f := atMost(int64(v.link.widest/coverage.Kilometre), v.p.MaxDistance)
		f.Outcome = RuleFailed
		return f
	}
	return atMost(int64(metres(v.link.length)/1000), v.p.MaxDistance)
}

func metres(d coverage.Millimetres) int64 { return int64((d + coverage.Metre/2) / coverage.Metre) }

// notOverFreeSpace takes gains in whole dB, cut towards zero, leaves the cable out,
// and lets any signal pass at no distance.
func notOverFreeSpace(v *view) Finding {
	if !v.link.ok || !v.beaconSane || !v.witnessSane {
		return Finding{Outcome: RuleFailed, Margin: -1}
	}
	signal := v.w.ChannelRSSI
	if v.w.SignalRSSI != nil {
		signal = *v.w.SignalRSSI
	}
	d := coverage.Millimetres(metres(v.link.length)) * coverage.Metre
	if d == 0 {
		return Finding{Outcome: RulePassed, Value: int64(levelOf(signal))}
	}
	loss := freeSpaceLoss(d, v.w.Frequency, heliumLossOffset)
	limit := levelOf(v.b.Conducted) + wholeGain(v.b.Site.Gain) + wholeGain(v.w.Site.Gain) - loss
	return atMost(int64(levelOf(signal)), int64(limit))
}

func wholeGain(g radio.DB) microdB { return microdB(g/100) * decibel }
