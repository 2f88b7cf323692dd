package radio

import "time"

// Transmission is one frame as a transmitter is told to send it: legality, power
// and instant are decided.
type Transmission struct {
	PHYPayload []byte
	Frequency  Hertz
	Conducted  DBm // at the antenna connector; a transmitter steps down to a level that it has
	Modulation Modulation
	Trigger    Trigger
}

// Trigger says what starts a transmission: the counter if At is set, else the
// next GPS pulse if OnPulse, else nothing is waited for.
type Trigger struct {
	At      Timestamp // of the first symbol
	OnPulse bool
}

// TimeOnAir is how long the frame lasts.
func (t Transmission) TimeOnAir() time.Duration { return t.Modulation.TimeOnAir(len(t.PHYPayload)) }

// Emission is what became of a Transmission.
type Emission struct {
	Outcome   EmissionOutcome
	Cause     string        // in words, why the frame was not emitted; empty if it was
	Start     Timestamp     // of the first symbol; none if there was no emission
	Airtime   time.Duration // really spent on the air, less than the frame's if it was cut short
	Conducted DBm           // really used, at the antenna connector; of the load if there was no emission
	Loaded    Timestamp     // when the transmitter held the frame; none if it never did
}

// Lead is the time that was left between loading and the first symbol. It is false
// if there was no emission.
func (e Emission) Lead() (time.Duration, bool) { return e.Start.Sub(e.Loaded) }

// EmissionOutcome is how a transmission ended.
type EmissionOutcome uint8

// The outcomes of a transmission. Zero is none of them.
const (
	Emitted   EmissionOutcome = iota + 1 // all of it was on the air
	Aborted                              // ended on demand, before or during emission
	Blocked                              // the channel was busy (listen before talk)
	Missed                               // loaded too late: the trigger was past
	Faulted                              // the transmitter failed or was started anew
	Displaced                            // not sent: another transmission took its time
	Unusable                             // never loaded: what the transmitter cannot send
)

var emissionNames = [...]string{
	Emitted: "EMITTED", Aborted: "ABORTED", Blocked: "BLOCKED", Missed: "MISSED",
	Faulted: "FAULTED", Displaced: "DISPLACED", Unusable: "UNUSABLE",
}

// String gives the name of the outcome in emission reports, "EMITTED".
func (o EmissionOutcome) String() string {
	if int(o) < len(emissionNames) && emissionNames[o] != "" {
		return emissionNames[o]
	}
	return "UNKNOWN"
}
