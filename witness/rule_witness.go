package witness

// heardSlack is how far outside the slot an observation may be dated: what clocks
// may be off.
const heardSlack = 5_000 // ms

// hexspotWitness are the rules on an observation (protocol hexspot/1, "Verdict").
var hexspotWitness = []Rule{
	{Name: FaultBeacon, Unit: "yes", Need: "nothing of yours: the beacon itself is not valid", evidence: true, check: validBeacon},
	{Name: "self", Unit: "yes", Need: "nothing: a station does not witness itself", check: notSelf},
	{Name: "duplicate", Unit: "yes", Need: "nothing: the station's first report of this tag counts", check: firstReport},
	{Name: "unknown", Unit: "yes", Need: NeedSite, check: witnessKnown},
	{Name: "data_only", Unit: "yes", Need: "publish the site as a full one", check: witnessFull},
	{Name: "no_site", Unit: "yes", Need: NeedSite, check: witnessLocated},
	{Name: "plan", Unit: "yes", Need: "publish the channel plan of the stations around", check: samePlan},
	{Name: "range", Unit: "yes", Need: "report figures within the protocol's bounds", check: witnessRange},
	{Name: "too_late", Unit: "Unix ms", Need: "deliver the report before the case closes", check: witnessInTime},
	{Name: "outside_slot", Unit: "Unix ms", Need: "set the clock: the frame was dated outside its slot", check: heardInSlot},
	{Name: "mark", Unit: "yes", Need: "report the mark as heard", check: markHeard},
	{Name: "channel", Unit: "Hz", Need: "report the centre of the channel it was heard on", exact: true, check: channelHeard},
	{Name: "rate", Unit: "SF", Need: "report the spreading factor it was heard at", exact: true, check: rateHeard},
	{Name: "denied", Unit: "yes", Need: "ask the operator why the station or the pair is on the list", check: witnessAllowed},
	{Name: "too_near", Unit: "mm", Need: "stand further from the beaconer, or publish a finer cell", check: notTooNear},
	{Name: "too_far", Unit: "mm", Need: "check both published places", check: notTooFar},
	{Name: "too_strong", Unit: "udBm", Need: "check gain, loss and place: no path is better than free space", optional: true, evidence: true, check: notTooStrong},
	{Name: "too_weak", Unit: "udBm", Need: "check the radio's RSSI offset: nothing decodes that low", optional: true, check: notTooWeak},
	{Name: "noise", Unit: "udBm", Need: "check RSSI and SNR: together they name an impossible noise", optional: true, check: noiseBelieved},
	{Name: faultFine, Unit: "partners", Need: "check the PPS source and the published place", optional: true, check: fineTimeFits},
	{Name: "not_witnessed", Unit: "ms", Need: "have a beacon witnessed at least every 48 hours", evidence: true},
}

func validBeacon(v *view) Finding { return yes(v.beaconValid) }

func notSelf(v *view) Finding { return yes(v.w.Station != v.b.Station) }

func firstReport(v *view) Finding { return yes(v.first) }

func witnessKnown(v *view) Finding { return yes(v.w.Site.Known) }

func witnessFull(v *view) Finding { return ifKnown(&v.w.Site, v.w.Site.Full) }

func witnessLocated(v *view) Finding { return ifKnown(&v.w.Site, v.w.Site.Located) }

func samePlan(v *view) Finding {
	if !v.link.located {
		return Finding{}
	}
	return yes(v.w.Site.Plan == v.b.Site.Plan)
}

func witnessRange(v *view) Finding { return yes(v.witnessSane) }

func witnessInTime(v *view) Finding { return inTime(v, v.w.Receive, v.witnessSane) }

func heardInSlot(v *view) Finding {
	if !v.witnessSane {
		return Finding{}
	}
	return within(v.w.Heard, v.c.Start-heardSlack, v.c.End-1+heardSlack)
}

func markHeard(v *view) Finding {
	if !v.c.Value.Known {
		return Finding{}
	}
	return yes(v.w.Mark == v.c.Mark)
}

func channelHeard(v *view) Finding {
	if v.b.Drawn == nil || !v.witnessSane {
		return Finding{}
	}
	return equal(int64(v.w.Frequency), int64(v.b.Drawn.Frequency))
}

func rateHeard(v *view) Finding {
	if v.b.Drawn == nil {
		return Finding{}
	}
	return equal(int64(v.w.SF), int64(v.b.Drawn.SF))
}

func witnessAllowed(v *view) Finding { return yes(!v.w.Denied && !v.w.DeniedPair) }

// notTooNear stands for itself where there is no distance: the places are further
// apart than one coordinate.
func notTooNear(v *view) Finding {
	switch {
	case !v.link.located:
		return Finding{}
	case !v.link.ok:
		return atLeast(int64(v.link.widest-v.b.Site.Slack-v.w.Site.Slack), v.p.MinDistance)
	}
	return atLeast(int64(v.link.gap), v.p.MinDistance)
}

// notTooFar gives the largest difference of a coordinate where there is no
// distance.
func notTooFar(v *view) Finding {
	switch {
	case !v.link.located:
		return Finding{}
	case !v.link.ok:
		f := atMost(int64(v.link.widest), v.p.MaxDistance)
		f.Outcome = RuleFailed
		return f
	}
	return atMost(int64(v.link.length), v.p.MaxDistance)
}
