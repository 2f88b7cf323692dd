package journal

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// TestInsist: a log without a leader is silent to one request, also when the caller
// has all the time in the world.
func TestInsist(t *testing.T) {
	refusal := func(status int, code jetstream.ErrorCode) error {
		return &jetstream.APIError{Code: status, ErrorCode: code}
	}
	silence := context.DeadlineExceeded
	for name, c := range map[string]struct {
		answers []error // the last one again and again
		asked   int
		took    time.Duration
	}{
		"at once":                    {[]error{nil}, 1, 0},
		"silence, then a leader":     {[]error{silence, silence, nil}, 3, 2 * (attemptTimeout + maxPause)},
		"silence":                    {[]error{silence}, 6, prepareTimeout},
		"no leader, then one":        {[]error{refusal(503, 10008), nil}, 2, maxPause},
		"too few nodes, then enough": {[]error{refusal(400, codeNoPeers), nil}, 2, maxPause},
		"refused":                    {[]error{refusal(400, 10025), nil}, 1, 0},
		"closed":                     {[]error{nats.ErrConnectionClosed, nil}, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began, asked := time.Now(), 0
				err := insist(t.Context(), func(ctx context.Context) error {
					answer := c.answers[min(asked, len(c.answers)-1)]
					asked++
					if answer == silence {
						<-ctx.Done()
					}
					return answer
				})
				if want := c.answers[min(c.asked, len(c.answers))-1]; !errors.Is(err, want) {
					t.Errorf("%v, want %v", err, want)
				}
				if took := time.Since(began); asked != c.asked || took != c.took {
					t.Errorf("asked %d times in %v, want %d in %v", asked, took, c.asked, c.took)
				}
			})
		})
	}
}
