package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
)

// attemptTimeout is how long the log may take for one group. A server of ours that
// takes longer is started again: after a failed write it would never answer.
const attemptTimeout = 5 * time.Second

// Headers of atomic batch publishing (NATS ADR-50).
const (
	headerBatch       = "Nats-Batch-Id"
	headerBatchSeq    = "Nats-Batch-Sequence"
	headerBatchCommit = "Nats-Batch-Commit"
)

// Error codes of JetStream that mean something here (nats-server errors.json).
const (
	codeNoResources    = 10023
	codeAccountFull    = 10002
	codeNoPeers        = 10005
	codeStoreFailed    = 10077 // with refuse-new: a limit is reached
	codeTooLarge       = 10054
	codeBatchDuplicate = 10201
)

func message(e entry) *nats.Msg {
	m := nats.NewMsg(e.subject)
	m.Data = e.data
	m.Header[jetstream.MsgIDHeader] = []string{e.id}
	return m
}

// each publishes entries one by one without waiting in between. An entry that the log has is an
// errDuplicate.
func (c *connection) each(ctx context.Context, entries []entry) []error {
	ctx, cancel := context.WithTimeoutCause(ctx, attemptTimeout, ErrSlow)
	defer cancel()
	outcomes := make([]error, len(entries))
	futures := make([]jetstream.PubAckFuture, len(entries))
	for i, e := range entries {
		if futures[i], outcomes[i] = c.js.PublishMsgAsync(message(e)); outcomes[i] != nil {
			outcomes[i] = meaning(outcomes[i])
		}
	}
	for i, future := range futures {
		if future == nil {
			continue
		}
		select {
		case ack := <-future.Ok():
			if ack.Duplicate {
				outcomes[i] = errDuplicate
			}
		case err := <-future.Err():
			outcomes[i] = meaning(err)
		case <-ctx.Done():
			outcomes[i] = context.Cause(ctx)
		}
	}
	return outcomes
}

// together publishes entries as one atomic batch.
func (c *connection) together(ctx context.Context, entries []entry) error {
	ctx, cancel := context.WithTimeoutCause(ctx, attemptTimeout, ErrSlow)
	defer cancel()
	batch, last := nuid.Next(), len(entries)-1
	for i, e := range entries {
		m := message(e)
		m.Header[headerBatch] = []string{batch}
		m.Header[headerBatchSeq] = []string{strconv.Itoa(i + 1)}
		if i < last {
			if err := c.nc.PublishMsg(m); err != nil {
				return meaning(err)
			}
			continue
		}
		m.Header[headerBatchCommit] = []string{"1"}
		answer, err := c.nc.RequestMsgWithContext(ctx, m)
		if err != nil {
			return meaning(err)
		}
		return committed(answer.Data, batch, len(entries))
	}
	return nil
}

// committed reads the answer to a batch: it must say that all of it is stored.
func committed(answer []byte, batch string, count int) error {
	var a struct {
		Error *jetstream.APIError `json:"error"`
		Batch string              `json:"batch"`
		Count int                 `json:"count"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return fmt.Errorf("reading the log's answer: %w", err)
	}
	switch {
	case a.Error != nil:
		return meaning(a.Error)
	case a.Batch != batch || a.Count != count:
		return fmt.Errorf("the log answers for %d entries of a batch of %d: is it older than NATS 2.12?", a.Count, count)
	}
	return nil
}

// meaning gives an error of the log its name here.
func meaning(err error) error {
	var refusal *jetstream.APIError
	switch {
	case errors.As(err, &refusal):
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout) || errors.Is(err, jetstream.ErrAsyncPublishTimeout):
		return ErrSlow
	default:
		return fmt.Errorf("publishing to the log: %w", err)
	}
	switch int(refusal.ErrorCode) {
	case codeNoResources, codeAccountFull, codeStoreFailed:
		return fmt.Errorf("%w: %s", ErrFull, refusal.Description)
	case codeTooLarge:
		return fmt.Errorf("%w: %s", ErrInvalid, refusal.Description)
	case codeBatchDuplicate:
		return errDuplicate
	}
	return fmt.Errorf("the log refuses: %w", refusal)
}
