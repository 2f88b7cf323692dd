package witness

// heliumBeacon are Helium's rules on a beacon report, in its order, with its
// reason codes.
var heliumBeacon = []Rule{
	{Name: "gateway_not_found", Code: 8, Unit: "yes", Need: NeedSite, check: beaconKnown},
	{Name: "not_asserted", Code: 2, Unit: "yes", Need: "publish a site in a known region", check: beaconAsserted},
	{Name: "denied", Code: 9, Unit: "yes", Need: "leave the deny list", check: beaconAllowed},
	{Name: "entropy_expired", Code: 3, Unit: "s", Need: "deliver the report while the entropy lives", check: beaconEntropyAlive},
	{Name: "invalid_capability", Code: 5, Unit: "yes", Need: "publish the site as a full one", check: beaconFull},
	{Name: "irregular_interval", Code: 7, Unit: "windows", Need: "beacon once a window", check: beaconRegular},
	{Name: "invalid_packet", Code: 10, Unit: "yes", Need: "send what the entropy gives", check: beaconPacket},
	{Name: "gateway_no_valid_witnesses", Code: 24, Unit: "ms", Need: "witness another station every 48 hours"},
}

func beaconAsserted(v *view) Finding { return ifKnown(&v.b.Site, v.b.Site.Located && v.plan) }

func beaconEntropyAlive(v *view) Finding { return entropyAlive(v, v.b.Receive, v.beaconSane) }

// entropyAlive compares whole seconds.
func entropyAlive(v *view, receive int64, sane bool) Finding {
	if !v.c.Value.Known || !sane || v.c.Value.Published < 0 {
		return Finding{Outcome: RuleFailed, Limit: v.p.EntropyLife, Margin: -1}
	}
	return within(receive/1000-v.c.Value.Published/1000, 0, v.p.EntropyLife)
}

// beaconRegular wants a later window than that of the station's beacon before,
// valid or not. Windows go by arrival.
func beaconRegular(v *view) Finding {
	switch {
	case !v.beaconSane:
		return Finding{Outcome: RuleFailed, Limit: 1, Margin: -1}
	case v.b.Before < 0:
		return Finding{RulePassed, 1, 1, 0}
	}
	return atLeast(v.b.Receive/v.p.BeaconWindow-v.b.Before/v.p.BeaconWindow, 1)
}

// beaconPacket stands for the comparison with a recomputed beacon: opening,
// channel and rate. Power was not compared.
func beaconPacket(v *view) Finding {
	d := v.b.Drawn
	return yes(d != nil && v.beaconSane && v.b.Opens && v.b.Frequency == d.Frequency && v.b.SF == uint32(d.SF))
}
