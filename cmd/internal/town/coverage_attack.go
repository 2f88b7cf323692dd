package town

import (
	"hexspot/cmd/internal/proof"
	"hexspot/witness"
)

// attackWords say what each kind of attack is.
var attackWords = map[string]Attack{
	"random_tag": {Kind: "random_tag", Title: "Beacon with an invented tag",
		Does: "Right mark of the slot, 18 random bytes as its tag. Hotspots hear and report it; nobody can open it."},
	"false_opening": {Kind: "false_opening", Title: "Beacon with a false opening",
		Does: "A registered station sends in its drawn slot, on its drawn channel, a tag made of 64 random bytes, and reports those as its signature."},
	"stale_replay": {Kind: "stale_replay", Title: "Beacon of an earlier slot, sent again",
		Does: "A hotspot's frame, recorded and sent again slots later. Its mark is that of the earlier slot."},
	"relay": {Kind: "relay", Title: "Beacon sent again in its slot, beside a far hotspot",
		Does: "The frame is right and in time. It is sent again a metre from a hotspot that could not hear it, to make a witness of it."},
	"foreign_beacon": {Kind: "foreign_beacon", Title: "Beacon of another network",
		Does: "A sound beacon of another network: another mark."},
	"resent": {Kind: "resent", Title: "Report sent twice",
		Does: "The forger's own record is sent again after its receipt, to be counted twice."},
	"foreign_report": {Kind: "foreign_report", Title: "Report for another network",
		Does: "A record that is signed for another network, sent to this one."},
}

// expected are the fates that an attack must have.
var expected = map[string]map[string]bool{
	"random_tag":     {string(witness.FaultOrphan): true},
	"false_opening":  {"opening": true, string(witness.FaultBeacon): true},
	"stale_replay":   {"mark": true, "own": true},
	"relay":          {"too_strong": true, "sent": true},
	"foreign_beacon": {"mark": true},
	"foreign_report": {string(witness.RefusedNetwork): true},
	"resent":         {"again": true},
}

// attackRows are all kinds with what became of them. Frames that hotspots drop for their
// mark are counted by the hotspots, not each by itself: of stale and foreign ones, by
// chips, as many as they say.
func (r *Covering) attackRows(dropped map[string]uint64) []Attack {
	var list []Attack
	for _, by := range proof.Sources {
		a := *r.attacks[by]
		a.Fates = append([]Reason{}, a.Fates...)
		switch by {
		case proof.StaleReplay, proof.ForeignBeacon:
			mine := a.marked()
			other := r.attacks[proof.StaleReplay].marked() + r.attacks[proof.ForeignBeacon].marked() - mine
			if n := min(mine, max(0, int(dropped["mark"])-other)); n > 0 {
				a.Fates = append(a.Fates, Reason{"mark", dropWords["mark"], n})
			}
		case proof.Relay:
			if n := int(dropped["sent"]); n > 0 {
				a.Fates = append(a.Fates, Reason{"sent", dropWords["sent"], n})
			}
		}
		list = append(list, a.concluded())
	}
	again := r.resent
	again.Fates = []Reason{}
	if again.Taken > 0 {
		again.Fates = append(again.Fates, Reason{"again", "Got its first receipt again", again.Taken})
	}
	if changed := again.Sent - again.Taken; changed > 0 {
		again.Fates = append(again.Fates, Reason{"changed", "Got another receipt", changed})
	}
	foreign := r.foreign
	foreign.Fates = append([]Reason{}, foreign.Fates...)
	return append(list, again.concluded(), foreign.concluded())
}

// marked is how many frames, of those that chips took, are to be dropped for their mark:
// not those that are the hotspot's own.
func (a *Attack) marked() int {
	n := a.Taken
	for _, f := range a.Fates {
		if f.Code == "own" {
			n -= f.Count
		}
	}
	return n
}

// concluded says how an attack stands.
func (a Attack) concluded() Attack {
	ends := 0
	for _, f := range a.Fates {
		if !expected[a.Kind][f.Code] {
			a.State, a.Word = Bad, "Not as it must be"
			return a
		}
		ends += f.Count
	}
	switch {
	case a.Sent == 0:
		a.State, a.Word = Off, "Not yet"
	case ends == 0:
		a.State, a.Word = Off, "Case open"
	case a.Kind == "resent":
		a.State, a.Word = OK, "Not counted twice"
	case a.Fates[0].Code == "mark" || a.Fates[0].Code == "sent" || a.Fates[0].Code == "own":
		a.State, a.Word = OK, "Dropped"
	case a.Kind == "foreign_report":
		a.State, a.Word = OK, "Refused"
	default:
		a.State, a.Word = OK, "Rejected"
	}
	return a
}
