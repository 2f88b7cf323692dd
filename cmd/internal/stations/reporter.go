package stations

import (
	"bytes"
	"context"
	"crypto/sha256"
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"hexspot/hardware/keys"
	"hexspot/witness"
	"hexspot/witness/log"
)

// reporter is a station's part in proof of coverage. It has one report in flight, beside
// the uplinks.
type reporter struct {
	key   keys.Key
	fleet *Fleet

	number uint32
	open   *record // reported, and without its receipt yet

	mu       sync.Mutex
	recent   []taken // the last that have one
	receipts []log.Receipt
	again    int // reports that were sent again though they had their receipt
	paced    int // refused for their pace
	took     []time.Duration
}

// taken is a record with its receipt.
type taken struct {
	record
	receipt []byte
}

// repeated is how many records with a receipt are sent again in each session.
const repeated = 2

func newReporter(key keys.Key, f *Fleet) *reporter {
	return &reporter{key: key, fleet: f}
}

// session reports until the connection is lost: first again what has its receipt, which
// must be answered by the very same one, then what is open, then what is new.
func (r *reporter) session(ctx context.Context, c paho.Client) {
	answers, ok := r.subscribe(ctx, c)
	if !ok {
		return
	}
	for _, t := range r.recent {
		if !r.repeat(ctx, c, answers, t) {
			return
		}
	}
	for ctx.Err() == nil {
		begun := time.Now()
		if !r.report(ctx, c, answers) {
			return
		}
		Pause(ctx, time.Until(begun.Add(r.fleet.config.Reports)))
	}
}

// answersAhead is room for more answers than can be on their way.
const answersAhead = 16

// subscribe gives the answers of the ingest, and has entropy looked at.
func (r *reporter) subscribe(ctx context.Context, c paho.Client) (answers chan []byte, ok bool) {
	answers = make(chan []byte, answersAhead)
	for _, s := range []struct {
		filter string
		hear   func([]byte)
	}{
		{r.topic("ack"), func(b []byte) {
			select {
			case answers <- bytes.Clone(b):
			default:
				r.fleet.faults.add("answers that nobody asked for")
			}
		}},
		{"hexspot/net/anchor", r.fleet.entropy.hearAnchors},
		{"hexspot/net/value", r.fleet.entropy.hearValues},
	} {
		token := c.Subscribe(s.filter, 1, func(_ paho.Client, m paho.Message) { s.hear(m.Payload()) })
		if !done(ctx, token) {
			return nil, false
		}
	}
	return answers, true
}

func (r *reporter) topic(end string) string { return "hexspot/" + r.key.Station().String() + "/" + end }

// report reports the record that is open, or a new one. It is false when the session is over.
func (r *reporter) report(ctx context.Context, c paho.Client, answers <-chan []byte) bool {
	if r.open == nil {
		next, err := r.nextRecord()
		if err != nil {
			r.fleet.faults.add("making a record: %v", err)
			return false
		}
		r.open = &next
	}
	begun := time.Now()
	answer, ok := r.send(ctx, c, answers, r.open)
	if ok {
		r.answered(answer, time.Since(begun))
	}
	return ok
}

// send publishes a record and waits for PUBACK and answer.
func (r *reporter) send(ctx context.Context, c paho.Client, answers <-chan []byte, record *record) (answer []byte, ok bool) {
	token := c.Publish(r.topic("up/"+string(record.kind)), 1, false, record.payload)
	if !done(ctx, token) {
		return nil, false
	}
	if record.acked == 0 {
		record.acked = present()
	}
	timer := time.NewTimer(answerTimeout)
	defer timer.Stop()
	select {
	case answer = <-answers:
		return answer, true
	case <-ctx.Done():
	case <-timer.C:
		r.fleet.faults.add("a report was acknowledged, and there is no answer after %v", answerTimeout)
	}
	return nil, false
}

// repeat sends a record again that has its receipt.
func (r *reporter) repeat(ctx context.Context, c paho.Client, answers <-chan []byte, t taken) bool {
	answer, ok := r.send(ctx, c, answers, &t.record)
	switch {
	case !ok:
		return false
	case r.isPaced(answer, t.record):
	case !bytes.Equal(answer, t.receipt):
		r.fleet.faults.add("record %s had the receipt %x, and gets the answer %x when it is sent again", t.id, t.receipt, answer)
	default:
		r.mu.Lock()
		r.again++
		r.mu.Unlock()
	}
	return true
}

// isPaced says whether an answer asks for the record again later.
func (r *reporter) isPaced(answer []byte, sent record) bool {
	refusal, err := witness.ParseRefusal(answer)
	if err != nil || refusal.Reason != witness.RefusedRate || refusal.Report != sha256.Sum256(sent.payload) {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.paced++
	return true
}

// answered takes the answer to the open record.
func (r *reporter) answered(answer []byte, took time.Duration) {
	sent := *r.open
	if r.isPaced(answer, sent) {
		return
	}
	r.open = nil
	receipt, err := log.ParseReceipt(answer, r.fleet.network)
	switch {
	case err != nil:
		r.fleet.faults.add("record %s is answered by %.200q: %v", sent.id, answer, err)
		return
	case receipt.Record != sent.id:
		r.fleet.faults.add("record %s is answered by the receipt of %s", sent.id, receipt.Record)
		return
	case receipt.Received > sent.acked:
		r.fleet.faults.add("record %s was acknowledged at %d and has no receipt before %d", sent.id, sent.acked, receipt.Received)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.recent = append(r.recent, taken{sent, receipt.Bytes()})
	r.recent = r.recent[max(0, len(r.recent)-repeated):]
	r.receipts = append(r.receipts, receipt)
	r.took = append(r.took, took)
}
