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
// been, or ctx ends, or each fails. ErrRolled: the log begins after From. It goes on
// behind the last record when the log is started again meanwhile.
func (j *Journal) Read(ctx context.Context, q Query, each func(Record) error) error {
	r := reading{journal: j, query: q, each: each}
	for {
		conn, err := j.keeper.take(ctx)
		if err != nil {
			return err
		}
		err = r.from(ctx, conn)
		switch {
		case errors.Is(err, errStop):
			return nil
		case err == nil || !conn.nc.IsClosed() || ctx.Err() != nil || r.failed != nil:
			return err
		}
		j.keeper.drop(conn) // nobody else may have noticed yet
	}
}

// reading is a Read under way, over one connection or several.
type reading struct {
	journal *Journal
	query   Query // of what is left
	each    func(Record) error
	last    uint64 // record there at the call
	begun   bool
	failed  error // of each
}

// from reads what is left over a connection. errStop: there is no more.
func (r *reading) from(ctx context.Context, conn *connection) error {
	info, err := r.journal.status(ctx, conn)
	if err != nil {
		return err
	}
	if !r.begun {
		r.begun, r.last = true, info.Last
	}
	if r.query.From != 0 && r.query.From < info.First {
		return fmt.Errorf("%w: asked from %d, it begins with %d", ErrRolled, r.query.From, info.First)
	}
	if !r.query.Follow && r.query.From > r.last {
		return errStop
	}
	var consumer jetstream.Consumer
	err = insist(ctx, func(ctx context.Context) (err error) {
		consumer, err = conn.js.OrderedConsumer(ctx, streamName, r.query.consumer())
		return err
	})
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	if info := consumer.CachedInfo(); !r.query.Follow && (info == nil || info.NumPending == 0) {
		return errStop
	}
	return r.receive(ctx, consumer)
}

// receive hands records on up to the last, or for ever.
func (r *reading) receive(ctx context.Context, consumer jetstream.Consumer) error {
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
		if meta.Sequence.Stream > r.last && !r.query.Follow {
			return errStop
		}
		if r.failed = r.each(record(m, meta)); r.failed != nil {
			return r.failed
		}
		r.query.From = meta.Sequence.Stream + 1
		if !r.query.Follow && (meta.Sequence.Stream >= r.last || meta.NumPending == 0) {
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
