package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Query says which records to read.
type Query struct {
	From     uint64    // first sequence number; 0: the first there is
	Since    time.Time // if From is 0, what the log took from then on; zero: all
	Subjects []string  // "rec.beacon.*", "pkt.>"; none: all
	Follow   bool      // go on with what comes, until ctx ends
}

// consumer is where in the log a reading begins.
func (q Query) consumer() jetstream.OrderedConsumerConfig {
	c := jetstream.OrderedConsumerConfig{FilterSubjects: q.Subjects}
	if q.From == 0 && !q.Since.IsZero() {
		c.DeliverPolicy, c.OptStartTime = jetstream.DeliverByStartTimePolicy, &q.Since
		return c
	}
	c.DeliverPolicy, c.OptStartSeq = jetstream.DeliverByStartSequencePolicy, max(q.From, 1)
	return c
}

// readAhead bounds what a reader holds in memory, in records.
const readAhead = 256

// errStop ends a reading without an error.
var errStop = errors.New("enough")

// Read calls each with records in order, until all that were there at the call have
// been, or ctx ends, or each fails. ErrRolled: the log begins after From.
func (j *Journal) Read(ctx context.Context, q Query, each func(Record) error) error {
	conn, err := j.keeper.take(ctx)
	if err != nil {
		return err
	}
	state, err := j.Status(ctx)
	if err != nil {
		return err
	}
	if q.From != 0 && q.From < state.First {
		return fmt.Errorf("%w: asked from %d, it begins with %d", ErrRolled, q.From, state.First)
	}
	var consumer jetstream.Consumer
	err = insist(ctx, func(ctx context.Context) (err error) {
		consumer, err = conn.js.OrderedConsumer(ctx, streamName, q.consumer())
		return err
	})
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	if info := consumer.CachedInfo(); !q.Follow && (info == nil || info.NumPending == 0) {
		return nil
	}
	err = receive(ctx, consumer, q.Follow, state.Last, each)
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// receive hands records on up to last, or for ever.
func receive(ctx context.Context, consumer jetstream.Consumer, follow bool, last uint64, each func(Record) error) error {
	messages, err := consumer.Messages(jetstream.PullMaxMessages(readAhead))
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	defer messages.Stop()
	for {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return fmt.Errorf("reading the journal: %w", err)
		}
		meta, err := m.Metadata()
		if err != nil {
			return fmt.Errorf("reading the journal: %w", err)
		}
		if meta.Sequence.Stream > last && !follow {
			return errStop
		}
		if err := each(record(m, meta)); err != nil {
			return err
		}
		if !follow && (meta.Sequence.Stream >= last || meta.NumPending == 0) {
			return errStop
		}
	}
}

func record(m jetstream.Msg, meta *jetstream.MsgMetadata) Record {
	return Record{
		Seq: meta.Sequence.Stream, Time: meta.Timestamp.UTC(), Subject: m.Subject(),
		ID: m.Headers().Get(jetstream.MsgIDHeader), Data: m.Data(),
	}
}
