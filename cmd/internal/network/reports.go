package network

import (
	"context"
	"fmt"

	"hexspot/gateway/broker"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/ingest"
	"hexspot/witness/log"
)

// recordJournal is the journal as an ingest wants it.
type recordJournal struct{ provingParts }

func (j recordJournal) Keep(ctx context.Context, r ingest.Report) error {
	return j.keep(ctx, string(r.Signed.Kind), r.Tag[0], r.ID.String(), r.Received, r.Signed.Append(nil))
}

// reports is what stations report on its way into journal and log, and the answers.
type reports struct {
	provingParts
	ingest  *ingest.Ingest
	surveys *surveys
	timing  witness.Timing
	began   witness.Millis // before it takes anything
}

// ownTopics begin the topics that are not ChirpStack's.
const ownTopics = "hexspot/"

// take returns nil when a report that came then is kept or refused, and its station has been
// told.
func (r *reports) take(ctx context.Context, m broker.Message, kind string, now witness.Millis) error {
	answer, err := r.ingest.Take(ctx, ingest.Message{Station: m.Station, Kind: kind, Payload: m.Payload}, now)
	if err != nil {
		return err
	}
	text, err := r.encode(answer)
	if err != nil {
		return err
	}
	if answer.Refusal != nil {
		r.log.Debug("report refused", "station", m.Station, "kind", kind, "reason", answer.Refusal.Reason)
	}
	if err := r.publish(stationTopic(m.Station, "ack"), text, false); err != nil {
		return err
	}
	if answer.Refusal == nil {
		r.surveys.take(ctx, m.Payload, answer.Receipt.Received)
	}
	return nil
}

// stationTopic is a topic on which the network speaks to a station.
func stationTopic(s radio.Station, name string) string { return ownTopics + s.String() + "/" + name }

func (r *reports) encode(a ingest.Answer) ([]byte, error) {
	if a.Refusal != nil {
		return a.Refusal.Append(nil), nil
	}
	receipt, err := log.SignReceipt(r.signer, r.network, a.Receipt)
	if err != nil {
		return nil, fmt.Errorf("signing a receipt: %w", err)
	}
	return receipt.Bytes(), nil
}
