package witness

import "fmt"

// Reason says why no beacon can be or was sent. The zero Reason is none.
type Reason uint8

// The reasons, those that hold until something changes first.
const (
	NoSpool Reason = iota + 1
	NoPlan
	NoSite
	Unregistered
	OtherPlan
	DataOnly
	NoLevel
	NoChip
	ClockUnset
	ClockOff
	NotConnected
	NoAnchor
	NoEntropy
	SlotOver
	DutyCycle
	ChannelBusy
	Refused
	NotEmitted
	NoAnswer
	Faulty
)

// reasons are a name for programs and words for people.
var reasons = [...]struct{ name, words string }{
	NoSpool:      {"no_spool", "the spool cannot be used, in which a beacon is written down before it is sent"},
	NoPlan:       {"no_plan", "no channel plan with beacon channels is set"},
	NoSite:       {"no_site", "no site of this station can be read"},
	Unregistered: {"unregistered", "the network's registry has no site of this station"},
	OtherPlan:    {"other_plan", "the site is for another channel plan than the radio's"},
	DataOnly:     {"data_only", "the site is registered for data only"},
	NoLevel:      {"no_level", "the radio has no power level within the cap for this antenna"},
	NoChip:       {"no_chip", "the concentrator does not run"},
	ClockOff:     {"clock_off", "the host clock is 5 s or more off the network's, or the network is late with its values"},
	ClockUnset:   {"clock_unset", "the host clock is not set, or not known to be right"},
	NotConnected: {"not_connected", "the network is not connected: no entropy comes"},
	NoAnchor:     {"no_anchor", "the network has published no anchor for this time"},
	NoEntropy:    {"no_entropy", "the entropy of the slot has not come"},
	SlotOver:     {"slot_over", "the slot ended before the beacon could"},
	DutyCycle:    {"duty_cycle", "the duty cycle is used up"},
	ChannelBusy:  {"channel_busy", "the channel was busy"},
	Refused:      {"refused", "the downlink queue refused the beacon"},
	NotEmitted:   {"not_emitted", "the radio did not emit the beacon"},
	NoAnswer:     {"no_answer", "the radio did not say what became of the beacon"},
	Faulty:       {"fault", "the beacon could not be signed or stored"},
}

// Name is the reason for programs, "no_plan"; empty if there is none.
func (r Reason) Name() string {
	if int(r) < len(reasons) {
		return reasons[r].name
	}
	return "unknown"
}

// String is the reason in words; empty if there is none.
func (r Reason) String() string {
	if int(r) < len(reasons) {
		return reasons[r].words
	}
	return "unknown"
}

// Outcome is what became of the beacon of a due slot, or of a discovery beacon. The
// zero Outcome is none yet.
type Outcome struct {
	Frame  FrameType
	Slot   Slot
	Reason Reason // zero: it was emitted
	Detail string // of the reason, in words; may be empty
}

// String tells the outcome in words.
func (o Outcome) String() string {
	what := "beacon"
	switch o.Frame {
	case 0:
		return "no beacon yet"
	case FrameDiscovery:
		what = "discovery beacon"
	}
	text := fmt.Sprintf("%s of slot %d: ", what, o.Slot)
	switch {
	case o.Reason == 0:
		return text + "emitted"
	case o.Detail == "":
		return text + o.Reason.String()
	}
	return text + o.Reason.String() + " (" + o.Detail + ")"
}
