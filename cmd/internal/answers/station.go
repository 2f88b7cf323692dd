package answers

import (
	"context"
	"fmt"

	"hexspot/cmd/internal/verify"
	"hexspot/radio"
	"hexspot/witness"
)

// Station is what an epoch made of a station.
type Station struct {
	Epoch      witness.Epoch
	Parameters *witness.Parameters
	verify.Station
	Cause *witness.Cause // nil: it got something
	Clues []witness.ClueNote
	Links []Link
	// Provisions are the weights below one half that are to do with the station.
	Provisions []Provision
	// Appeals are the epoch's about the station and its links, Turns what became of their weights.
	Appeals []witness.Explanation
	Turns   []witness.Turning
	// Released is what this epoch's appeals gave back, which is in its shares.
	Released witness.Holding
}

// Link is a link of the station with its weight and its own clues in words.
type Link struct {
	Partner radio.Station
	Weight  uint64 // ten-thousandths
	Clues   []witness.ClueNote
}

// Provision is a weight below one half.
type Provision struct {
	Subject witness.Subject
	witness.Provision
	Ends  witness.Epoch
	Clues []witness.ClueNote
	Held  witness.Holding // of this station
}

// ErrNotRegistered is ErrUnknown of a station that an epoch has neither a site nor a report of.
var ErrNotRegistered = fmt.Errorf("%w: %s %s", ErrUnknown, notRegistered.Says, notRegistered.Cure)

var notRegistered = witness.NotRegistered()

// Station answers for a station; epoch nil: the newest. ErrNotRegistered: it is neither in the
// registry nor has it reported, which a search in the list of stations tells.
func (b *Book) Station(ctx context.Context, s radio.Station, epoch *witness.Epoch) (Station, error) {
	number, err := b.newestOr(epoch)
	if err != nil {
		return Station{}, err
	}
	e, err := b.at(number)
	if err != nil {
		return Station{}, err
	}
	found, ok, err := e.result.Station(s)
	if err != nil {
		return Station{}, err
	}
	from, later := b.later(ctx, s, number, ok, &found)
	if !ok && later {
		return Station{}, notYetError{number, from}
	}
	if !ok {
		return Station{}, fmt.Errorf("epoch %d: %w", number, ErrNotRegistered)
	}
	a := Station{Epoch: number, Parameters: e.result.Parameters(), Station: found}
	if err := b.explain(ctx, &a, e); err != nil {
		return Station{}, fmt.Errorf("station %v in epoch %d: %w", s, number, err)
	}
	if later && a.Cause != nil {
		cause := witness.NotYet(from)
		a.Cause = &cause
	}
	return a, nil
}

// later is with which epoch the first site of a station begins that has none in an epoch.
func (b *Book) later(ctx context.Context, s radio.Station, number witness.Epoch, found bool, has *verify.Station) (witness.Epoch, bool) {
	if found && has.Tally.Presence != witness.PresenceNone {
		return 0, false
	}
	return b.begins(ctx, s, number)
}

// notYetError is ErrNotRegistered of a station whose first site begins later.
type notYetError struct{ epoch, from witness.Epoch }

func (e notYetError) Error() string {
	c := witness.NotYet(e.from)
	return fmt.Sprintf("epoch %d: %s %s", e.epoch, c.Says, c.Cure)
}

func (notYetError) Is(other error) bool { return other == ErrNotRegistered || other == ErrUnknown }

func (b *Book) newestOr(epoch *witness.Epoch) (witness.Epoch, error) {
	if epoch != nil {
		return *epoch, nil
	}
	return b.Latest()
}

func (b *Book) explain(ctx context.Context, a *Station, e *epoch) error {
	cause, poor, err := e.cause(ctx, &a.Tally)
	if err != nil {
		return err
	}
	if poor {
		a.Cause = &cause
	}
	a.Clues = witness.ExplainClues(a.Station.Clues, a.Tally.Station)
	for _, l := range a.Station.Links {
		a.Links = append(a.Links, Link{l.Partner, l.Weight, witness.ExplainClues(l.Clues, radio.Station{})})
	}
	if err := a.addProvisions(e); err != nil {
		return err
	}
	outcomes, err := e.result.OutcomesOf(a.Tally.Station)
	if err != nil {
		return err
	}
	a.addOutcomes(&outcomes)
	return b.weigh(a, e)
}

// weigh shows the weights that appeals are against, as the epoch before published them.
func (b *Book) weigh(a *Station, e *epoch) error {
	if len(a.Appeals) == 0 {
		return nil
	}
	before, err := b.provisionsBefore(e, a.Tally.Station)
	for i := range a.Appeals {
		a.Appeals[i].Weighed(before)
	}
	return err
}

func (a *Station) addProvisions(e *epoch) error {
	all, err := e.result.ProvisionsOf(a.Tally.Station)
	if err != nil {
		return err
	}
	for s, p := range all {
		held := p.Held[a.Tally.Station]
		if !a.concerns(s) && held == (witness.Holding{}) {
			continue
		}
		of := s.A
		if s.IsLink() {
			of = radio.Station{}
		}
		a.Provisions = append(a.Provisions, Provision{s, p, p.Ends(&a.Parameters.Figures), witness.ExplainClues(p.Clues, of), held})
	}
	sortProvisions(a.Provisions)
	return nil
}

// concerns says that a subject is the station or one of its links.
func (a *Station) concerns(s witness.Subject) bool {
	return s.A == a.Tally.Station || s.B == a.Tally.Station
}

func (a *Station) addOutcomes(o *witness.Outcomes) {
	for _, j := range o.Appeals {
		if a.concerns(j.Subject) {
			a.Appeals = append(a.Appeals, witness.ExplainAppeal(&j))
		}
	}
	for _, t := range o.Turns {
		if a.concerns(t.Subject) {
			a.Turns = append(a.Turns, t)
		}
	}
	a.Released = o.Released[a.Tally.Station]
}
