package answers

import (
	"context"

	"hexspot/cmd/internal/verify"
	"hexspot/witness"
)

// epoch is a verified epoch that is open.
type epoch struct {
	number witness.Epoch
	result *verify.Result
}

// cause is why a station got nothing, false if it got something.
func (e *epoch) cause(ctx context.Context, t *witness.Tally) (witness.Cause, bool, error) {
	if t.Shares() > 0 {
		return witness.Cause{}, false, nil
	}
	around, err := e.result.Surroundings(ctx, t.Station)
	if err != nil {
		return witness.Cause{}, false, err
	}
	cause, ok := e.result.Parameters().Set.CauseOf(t, around)
	return cause, ok, nil
}
