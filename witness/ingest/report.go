package ingest

import (
	"errors"

	"hexspot/radio"
	"hexspot/witness"
)

// Message is what a station has published below its up/.
type Message struct {
	Station radio.Station // that has logged in
	Kind    string        // the end of the topic
	Payload []byte
}

// Report is a record that was taken.
type Report struct {
	Signed   radio.Signed
	ID       radio.RecordID
	Own      witness.Epoch  // that it belongs to
	Received witness.Millis // by the ingest's clock
	Tag      witness.Tag    // of the beacon; of several, the first
	Count    int            // of observations, at least one: what it takes of the quota
}

// content is what the ingest looks at in a body, whatever its kind.
type content struct {
	own  witness.Epoch
	time witness.Millis // the latest that it states
	tag  witness.Tag

	count int // of observations; 1 for what is none
}

// reader reads the body of one kind.
type reader func(body []byte, t witness.Timing) (content, *fault)

// readers are the kinds that stations report.
var readers = map[radio.Kind]reader{
	radio.KindBeacon:    reading(witness.ParseBeacon, ofBeacon),
	radio.KindDiscovery: reading(witness.ParseDiscovery, ofDiscovery),
	radio.KindWitness:   reading(witness.ParseBatch, ofBatch),
}

// reading makes a reader of what a body has: a strict encoding, ranges, a content.
func reading[B interface{ CheckRange() error }](parse func([]byte) (B, error), of func(B, witness.Timing) (content, *fault)) reader {
	return func(body []byte, t witness.Timing) (content, *fault) {
		b, err := parse(body)
		if errors.Is(err, witness.ErrCount) {
			return content{}, &fault{witness.RefusedRange, err}
		}
		if err != nil {
			return content{}, &fault{witness.RefusedEncoding, err}
		}
		if err := b.CheckRange(); err != nil {
			return content{}, &fault{witness.RefusedRange, err}
		}
		return of(b, t)
	}
}

func ofBeacon(b witness.Beacon, t witness.Timing) (content, *fault) {
	return content{t.Epoch(b.Slot), max(t.Start(b.Slot), b.Sent), witness.TagOf(b.Signature), 1}, nil
}

// ofDiscovery looks at the slot alone: what is sent is announced before.
func ofDiscovery(d witness.Discovery, t witness.Timing) (content, *fault) {
	return content{t.Epoch(d.Slot), t.Start(d.Slot), d.Random, 1}, nil
}

func ofBatch(w witness.Batch, t witness.Timing) (content, *fault) {
	if err := w.CheckTiming(t); err != nil {
		return content{}, &fault{witness.RefusedRange, err}
	}
	if err := w.CheckEpoch(t); err != nil {
		return content{}, &fault{witness.RefusedEpoch, err}
	}
	latest := witness.Millis(0)
	for _, o := range w.Observations {
		latest = max(latest, o.Heard)
	}
	return content{w.Epoch, latest, w.Observations[0].Frame.Tag, len(w.Observations)}, nil
}
