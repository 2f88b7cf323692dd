package witness

// hexspot1 is the network's own set (protocol hexspot/1, "Verdict").
var hexspot1 = &Set{Name: "hexspot-1", Beacon: hexspotBeacon, Witness: hexspotWitness, rows: hexspotRows, later: hexspotLater}

// helium202605 are the rules of Helium's last verifier of coverage, on our facts,
// for comparison. Its results depended on the order of processing in two places;
// here the rules about other events look at all of them alike.
var helium202605 = &Set{
	Name: "helium-2026-05", Beacon: heliumBeacon, Witness: heliumWitness, rows: heliumRows,
	anyWitness: true, inherit: true, byArrival: true, interval: true, exactScale: true,
}
