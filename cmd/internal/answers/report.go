package answers

import (
	"context"
	"errors"
	"slices"

	"hexspot/radio"
	"hexspot/witness"
)

// Report is what an epoch made of a record: of a beacon report one explanation, of a
// witness report one for each observation.
type Report struct {
	Epoch        witness.Epoch
	Explanations []witness.Explanation
}

// mayChange says whether the answer may be another one later: a first site may be entered, and
// is told.
func (r *Report) mayChange() bool {
	return slices.ContainsFunc(r.Explanations, func(x witness.Explanation) bool { return x.Reason == "unknown" })
}

// Report answers for a record; epoch nil: in the newest epoch that has it, of the newest
// MostSearched. ErrUnknown: none has. One that cannot be read is an error only where it is
// asked for.
func (b *Book) Report(ctx context.Context, id radio.RecordID, epoch *witness.Epoch) (Report, error) {
	epochs, unread, err := b.epochsOf(ctx, id, epoch)
	if err != nil {
		return Report{}, err
	}
	for _, number := range epochs {
		r, err := b.reportIn(ctx, id, number)
		switch {
		case err == nil && len(r.Explanations) > 0:
			return r, nil
		case err == nil:
		case epoch != nil:
			return Report{}, err
		case !errors.Is(err, ErrUnknown): // else it was removed meanwhile
			b.passOver(number, err)
			unread++
		}
	}
	if epoch != nil && !b.has(*epoch) {
		return Report{}, notVerified(*epoch)
	}
	return Report{}, noVerdictError{id, epoch, unread}
}

func (b *Book) reportIn(ctx context.Context, id radio.RecordID, number witness.Epoch) (Report, error) {
	e, err := b.at(number)
	if err != nil {
		return Report{}, err
	}
	reports, err := e.result.Report(id)
	if err != nil {
		return Report{}, err
	}
	answer := Report{Epoch: number}
	set := e.result.Parameters().Set
	for i := range reports {
		r := &reports[i]
		explain := set.ExplainWitness
		if r.Beacon {
			explain = set.ExplainBeacon
		}
		x := explain(&r.Case, &r.Judged)
		if err := b.complete(ctx, e, &x); err != nil {
			return Report{}, err
		}
		answer.Explanations = append(answer.Explanations, x)
	}
	if len(reports) > 0 {
		return answer, nil
	}
	return answer, b.addAppeal(&answer, e, id)
}

// complete adds what the verdict does not say: the plan of the site beside that which was
// sent, and when a first site begins.
func (b *Book) complete(ctx context.Context, e *epoch, x *witness.Explanation) error {
	if x.Reason == "" {
		return nil
	}
	if from, ok := b.begins(ctx, x.Station, e.number); ok {
		x.Begins(from)
	}
	around, err := e.result.Surroundings(ctx, x.Station)
	if err != nil {
		return err
	}
	x.TellPlans(e.result.Parameters(), around.PlanName)
	return nil
}

// addAppeal looks for the record among the epoch's appeals.
func (b *Book) addAppeal(r *Report, e *epoch, id radio.RecordID) error {
	judged, ok, err := e.result.Appeal(id)
	if err != nil || !ok {
		return err
	}
	x := witness.ExplainAppeal(&judged)
	before, err := b.provisionsBefore(e, judged.Subject.A)
	if err != nil {
		return err
	}
	x.Weighed(before)
	r.Explanations = append(r.Explanations, x)
	return nil
}

// provisionsBefore are the weights below one half that an epoch began with and that name a station;
// none if the epoch before is not kept any more.
func (b *Book) provisionsBefore(e *epoch, s radio.Station) (witness.Provisions, error) {
	before := e.result.Summary().Before
	if before == nil {
		return nil, nil
	}
	was, err := b.at(*before)
	if errors.Is(err, ErrUnknown) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return was.result.ProvisionsOf(s)
}
