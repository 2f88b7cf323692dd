package simulate

// Tally is what came of one kind of station.
type Tally struct {
	Kind     Kind
	Stations int
	// Claimed are the units (10^-8) that the reports would be worth if all were
	// believed: of a kind of cheaters those of false links, of honest stations those of
	// links between honest stations. Paid is what rules and weights leave of them,
	// ByRules what the rules alone leave.
	Claimed, ByRules, Paid uint64
	// Hurt are the stations that lost more than a tenth of an epoch's units at least
	// once.
	Hurt int
	// Reports are all beacon reports and observations of the stations, Refused those
	// that failed a rule: of honest stations mostly what they truly heard of cheaters.
	Reports, Refused uint64
	// HurtBy are the stations that were hurt by what took most of them the first time:
	// "rule", or the name of a clue.
	HurtBy map[string]int
}

// byRule is the cause of what a rule takes.
const byRule = "rule"

// Cut is the share of the claimed units that was not paid, 0 to 1.
func (t Tally) Cut() float64 { return lost(t.Claimed, t.Paid) }

// CutByRules is the share that the rules alone took.
func (t Tally) CutByRules() float64 { return lost(t.Claimed, t.ByRules) }

func lost(claimed, paid uint64) float64 {
	if claimed == 0 {
		return 0
	}
	return 1 - float64(paid)/float64(claimed)
}

// account is one station's epoch, and how it fared before.
type account struct {
	claimed, byRules, paid uint64
	hurt                   bool
	causes                 map[string]uint64 // of what was not paid
}

// add books the units of a link for its two stations.
func (a *account) add(claimed, byRules, paid uint64, cause string) {
	a.claimed += claimed
	a.byRules += byRules
	a.paid += paid
	if paid < claimed && cause != "" {
		if a.causes == nil {
			a.causes = map[string]uint64{}
		}
		a.causes[cause] += claimed - paid
	}
}

// worst is the cause that took most.
func (a *account) worst() (cause string) {
	for c, lost := range a.causes {
		if most := a.causes[cause]; lost > most || lost == most && c < cause {
			cause = c
		}
	}
	return cause
}

// isHurt says that the station lost more than a tenth of its epoch.
func (a *account) isHurt() bool { return a.claimed > 0 && a.paid < a.claimed/10*9 }

// count adds a station's epoch to its kind's tally and starts the next.
func (t *Tally) count(a *account) {
	t.Claimed += a.claimed
	t.ByRules += a.byRules
	t.Paid += a.paid
	if a.isHurt() && !a.hurt {
		a.hurt = true
		t.Hurt++
		t.HurtBy[a.worst()]++
	}
	*a = account{hurt: a.hurt}
}
