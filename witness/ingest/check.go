package ingest

import (
	"context"
	"errors"
	"fmt"

	"hexspot/radio"
	"hexspot/witness"
)

// fault is why a report is refused.
type fault struct {
	reason witness.RefusalReason
	cause  error
}

func faultf(reason witness.RefusalReason, format string, args ...any) *fault {
	return &fault{reason, fmt.Errorf(format, args...)}
}

// check looks at everything that can be looked at without journal and log. Cheap checks
// come first, and the rate before the signature.
func (i *Ingest) check(ctx context.Context, m Message, now witness.Millis) (Report, *fault, error) {
	if len(m.Payload) > radio.MaxSigned {
		return Report{}, faultf(witness.RefusedSize, "%d bytes, at most %d", len(m.Payload), radio.MaxSigned), nil
	}
	if !i.pace.allow(m.Station, now) {
		return Report{}, faultf(witness.RefusedRate, "too many reports: send it again later"), nil
	}
	signed, f := i.open(m)
	if f != nil {
		return Report{}, f, nil
	}
	c, f := i.content(signed, now)
	if f != nil {
		return Report{}, f, nil
	}
	if f, err := i.registered(ctx, signed, now); f != nil || err != nil {
		return Report{}, f, err
	}
	return Report{Signed: signed, ID: signed.ID(i.config.Network), Own: c.own, Received: now, Tag: c.tag, Count: c.count}, nil, nil
}

// open reads and verifies a record.
func (i *Ingest) open(m Message) (radio.Signed, *fault) {
	if readers[radio.Kind(m.Kind)] == nil {
		return radio.Signed{}, faultf(witness.RefusedTopic, "no reports of kind %.20q are taken", m.Kind)
	}
	s, err := radio.ParseSigned(m.Payload)
	switch {
	case errors.Is(err, radio.ErrKind):
		return s, &fault{witness.RefusedTopic, err}
	case err != nil:
		return s, &fault{witness.RefusedEncoding, err}
	case s.Station != m.Station:
		return s, faultf(witness.RefusedStation, "the record is of another station")
	case string(s.Kind) != m.Kind:
		return s, faultf(witness.RefusedTopic, "a record of kind %s where %s is reported", s.Kind, m.Kind)
	}
	if err := s.Verify(i.config.Network); err != nil {
		return s, i.unverified(s)
	}
	return s, nil
}

// unverified tells a record of another network from a forged one, as far as other
// networks are known: a record does not state its own.
func (i *Ingest) unverified(s radio.Signed) *fault {
	for _, other := range i.config.Others {
		if s.Verify(other) == nil {
			return faultf(witness.RefusedNetwork, "signed for network %s, this is %s", other, i.config.Network)
		}
	}
	return &fault{witness.RefusedSignature, errors.New("the signature is wrong, or for another network")}
}

// content reads the body and compares its time with the clock.
func (i *Ingest) content(s radio.Signed, now witness.Millis) (content, *fault) {
	t := i.config.Timing
	c, f := readers[s.Kind](s.Body, t)
	if f != nil {
		return c, f
	}
	if c.time > now+witness.ClockSlack || c.own > t.Epoch(t.SlotAt(now+witness.ClockSlack)) {
		return c, faultf(witness.RefusedFuture, "of a time more than %v ahead", witness.ClockSlack.Duration())
	}
	if oldest := i.config.Oldest(now); c.own < oldest {
		return c, faultf(witness.RefusedPast, "of epoch %d, the oldest taken is %d", c.own, oldest)
	}
	return c, nil
}

// registered asks the registry, if there is one.
func (i *Ingest) registered(ctx context.Context, s radio.Signed, now witness.Millis) (*fault, error) {
	if i.config.Registry == nil {
		return nil, nil
	}
	known, err := i.config.Registry.Known(ctx, s.Station, i.config.Timing.Epoch(i.config.Timing.SlotAt(now)))
	if err != nil {
		return nil, fmt.Errorf("asking the registry: %w", err)
	}
	if !known {
		return faultf(witness.RefusedUnknown, "the registry has no site of this station"), nil
	}
	return nil, nil
}
