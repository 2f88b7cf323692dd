package witness

// earlySlack is how much before the drawn start a beacon may say it was sent.
const earlySlack = 5_000 // ms

// hexspotBeacon are the rules on a beacon report (protocol hexspot/1, "Verdict").
var hexspotBeacon = []Rule{
	{Name: "unknown", Unit: "yes", Need: NeedSite, check: beaconKnown},
	{Name: "data_only", Unit: "yes", Need: "publish the site as a full one", check: beaconFull},
	{Name: "no_site", Unit: "yes", Need: NeedSite, check: beaconLocated},
	{Name: "no_plan", Unit: "yes", Need: "publish a channel plan that the network's parameters name", check: beaconPlan},
	{Name: "range", Unit: "yes", Need: "report figures within the protocol's bounds", check: beaconRange},
	{Name: "value_late", Unit: "Unix ms", Need: "nothing of yours: the network has to publish the slot's value in time", check: valueInTime},
	{Name: "not_due", Unit: "slot", Need: "beacon in the slot drawn for the window", exact: true, check: beaconDue},
	{Name: "opening", Unit: "yes", Need: "open the tag with the station's own signature for this slot and value", check: beaconOpens},
	{Name: "channel", Unit: "Hz", Need: "send on the drawn channel", exact: true, check: beaconChannel},
	{Name: "rate", Unit: "SF", Need: "send at the drawn spreading factor", exact: true, check: beaconRate},
	{Name: "too_loud", Unit: "udBm", Need: "stay within the plan's cap: check the published gain and loss", check: beaconPower},
	{Name: "outside_slot", Unit: "Unix ms", Need: "send within the slot and not before the drawn start: check the clock", check: beaconTime},
	{Name: "too_late", Unit: "Unix ms", Need: "deliver the report before the case closes", check: beaconInTime},
	{Name: "second_beacon", Unit: "reports", Need: "report one beacon a window, from one hotspot: a key must not be in two", check: onlyBeacon},
	{Name: "denied", Unit: "yes", Need: "ask the operator why the station is on the list", check: beaconAllowed},
	{Name: "not_witnessing", Unit: "ms", Need: "hear a valid beacon of another station at least every 48 hours", evidence: true},
}

func beaconKnown(v *view) Finding { return yes(v.b.Site.Known) }

func beaconFull(v *view) Finding { return ifKnown(&v.b.Site, v.b.Site.Full) }

func beaconLocated(v *view) Finding { return ifKnown(&v.b.Site, v.b.Site.Located) }

// ifKnown is a fact of a site, which only a registered station has.
func ifKnown(s *SiteFacts, fact bool) Finding {
	if !s.Known {
		return Finding{}
	}
	return yes(fact)
}

func beaconPlan(v *view) Finding {
	if !v.b.Site.Located {
		return Finding{}
	}
	return yes(v.plan)
}

func beaconRange(v *view) Finding { return yes(v.beaconSane) }

// valueInTime fails for a value that was never published with its age in
// place of a time.
func valueInTime(v *view) Finding {
	value := v.c.Value
	if !value.Known {
		return Finding{Outcome: RuleFailed, Limit: value.Latest, Margin: -value.Latest}
	}
	return atMost(value.Published, value.Latest)
}

func beaconDue(v *view) Finding {
	if v.b.Drawn == nil || v.c.Slot >= rangeOfSlots {
		return Finding{}
	}
	return equal(int64(v.c.Slot), int64(v.b.Drawn.Due))
}

func beaconOpens(v *view) Finding {
	if !v.c.Value.Known {
		return Finding{}
	}
	return yes(v.b.Opens)
}

func beaconChannel(v *view) Finding {
	if v.b.Drawn == nil || !v.beaconSane {
		return Finding{}
	}
	return equal(int64(v.b.Frequency), int64(v.b.Drawn.Frequency))
}

func beaconRate(v *view) Finding {
	if v.b.Drawn == nil {
		return Finding{}
	}
	return equal(int64(v.b.SF), int64(v.b.Drawn.SF))
}

func beaconPower(v *view) Finding {
	if !v.plan || !v.b.Site.Located || !v.beaconSane {
		return Finding{}
	}
	return atMost(int64(eirp(v.b)), int64(levelOf(v.cap)))
}

func beaconTime(v *view) Finding {
	if v.b.Drawn == nil || !v.beaconSane {
		return Finding{}
	}
	return within(v.b.Sent, max(v.c.Start, v.b.Drawn.Start-earlySlack), v.c.End-1)
}

func beaconInTime(v *view) Finding { return inTime(v, v.b.Receive, v.beaconSane) }

// inTime is received before the case closes.
func inTime(v *view, receive int64, sane bool) Finding {
	if !sane {
		return Finding{}
	}
	return atMost(receive, v.c.Close-1)
}

func onlyBeacon(v *view) Finding { return atMost(int64(v.b.OthersInWindow), 0) }

func beaconAllowed(v *view) Finding { return yes(!v.b.Denied) }
