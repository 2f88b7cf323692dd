package proof

import "fmt"

// The faults of proof of coverage.
const (
	BrokenRecord        Fault = "broken_record"        // of the journal, that cannot be read
	BeaconUnreported    Fault = "beacon_unreported"    // sent by a chip and not reported, or more than once
	BeaconMisreported   Fault = "beacon_misreported"   // the report is not what the chip sent
	BeaconUnsent        Fault = "beacon_unsent"        // reported, and no chip sent it
	BeaconUnexplained   Fault = "beacon_unexplained"   // a window without a beacon and without a reason
	BeaconTwice         Fault = "beacon_twice"         // in one window
	TakingUnreported    Fault = "taking_unreported"    // taken by a chip and not reported, or more than once
	TakingMisreported   Fault = "taking_misreported"   // the observation is not what the chip took
	ObservationInvented Fault = "observation_invented" // reported, and the chip never took it
	WrongVerdict        Fault = "wrong_verdict"        // not what the air implies
	NoVerdict           Fault = "no_verdict"           // a reported beacon that nobody judged
	AttackAccepted      Fault = "attack_accepted"
	AttackMisjudged     Fault = "attack_misjudged"  // it failed for another reason than its own
	AttackMiscounted    Fault = "attack_miscounted" // dropped, and not counted as such
	ReceiptChanged      Fault = "receipt_changed"   // a record sent again got another receipt than the first
	CountedTwice        Fault = "counted_twice"     // a record sent again is there twice
	ForeignNotRefused   Fault = "foreign_not_refused"
)

// Valid is the reason of a report that no rule failed.
const Valid = "valid"

// CoverageVerdict is what became of beacons, by those who are not judged.
type CoverageVerdict struct {
	Due         int            `json:"due"`       // hotspots times windows of which all is known
	Emitted     int            `json:"emitted"`   // by chips, in any window
	Missing     int            `json:"missing"`   // of those due, without a beacon
	SkippedBy   map[string]int `json:"skipped"`   // by the hotspots' reasons, since all could send
	BeaconsBy   map[string]int `json:"beacons"`   // honest ones whose case has closed, by reason
	Taken       int            `json:"taken"`     // of them, by chips
	WitnessesBy map[string]int `json:"witnesses"` // of what was taken, by reason
	HeldUp      int            `json:"held_up"`   // of the beacons judged, failed because the machine had no time
	Misdated    int            `json:"misdated"`  // reports of a machine that was held up, by less than 2 s
	Final       int            `json:"final"`     // honest beacons of epochs that were frozen and verified

	Attacks []AttackVerdict `json:"attacks"`
	Resent  int             `json:"records_sent_again"`
	Foreign map[string]int  `json:"foreign_reports"` // by what they were refused as

	Faults map[Fault]int `json:"faults"`
	Texts  []string      `json:"fault_texts,omitempty"` // the first few
}

// AttackVerdict is what became of one kind of attack.
type AttackVerdict struct {
	Attack string         `json:"attack"`
	Sent   int            `json:"sent"`
	Taken  int            `json:"taken"` // by chips
	Fates  map[string]int `json:"fates"` // of reports and of what was taken
}

func newCoverageVerdict() *CoverageVerdict {
	return &CoverageVerdict{
		SkippedBy: map[string]int{}, BeaconsBy: map[string]int{}, WitnessesBy: map[string]int{}, Foreign: map[string]int{}, Faults: map[Fault]int{},
	}
}

func (v *CoverageVerdict) fault(f Fault, format string, args ...any) {
	v.Faults[f]++
	if len(v.Texts) < textsMost {
		v.Texts = append(v.Texts, fmt.Sprintf("%s: %s", f, fmt.Sprintf(format, args...)))
	}
}

// Clean says that nothing happened that must not.
func (v *CoverageVerdict) Clean() bool { return len(v.Faults) == 0 }

// Judged is how many honest beacons' cases have closed.
func (v *CoverageVerdict) Judged() int { return sum(v.BeaconsBy) }

func sum(counts map[string]int) (n int) {
	for _, count := range counts {
		n += count
	}
	return n
}
