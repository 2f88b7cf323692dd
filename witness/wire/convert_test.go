package wire

import (
	"google.golang.org/protobuf/proto"

	"hexspot/radio"
	"hexspot/witness"
)

// messageOf gives a body of package witness as a generated message.
func messageOf(body any) proto.Message {
	switch b := body.(type) {
	case witness.Beacon:
		return &Beacon{
			Slot: uint64(b.Slot), Sig: b.Signature[:], FrequencyHz: uint32(b.Frequency), Sf: b.SF,
			Conducted: int32(b.Conducted), CounterUs: b.Counter, SentMs: uint64(b.Sent),
		}
	case witness.Discovery:
		return &Discovery{
			Slot: uint64(b.Slot), Random: b.Random[:], FrequencyHz: uint32(b.Frequency), Sf: b.SF,
			Conducted: int32(b.Conducted), CounterUs: b.Counter, SentMs: uint64(b.Sent),
		}
	case witness.Batch:
		w := &Witness{Epoch: uint64(b.Epoch)}
		for _, o := range b.Observations {
			w.Observations = append(w.Observations, messageOfObservation(o))
		}
		return w
	case witness.Anchor:
		return messageOfAnchor(b)
	case witness.Receipt:
		return &Receipt{Record: b.Record[:], ReceiveMs: uint64(b.Received), Epoch: uint64(b.Epoch), Index: b.Index}
	case witness.HeardBy:
		m := &HeardBy{Station: b.Station.Bytes(), Observation: messageOfObservation(b.Observation)}
		if b.HasDistance {
			m.DistanceMm = proto.Uint64(uint64(b.Distance))
		}
		return m
	case witness.HighWater:
		return &HighWater{Epoch: uint64(b.Epoch), Size: b.Size, Root: b.Root[:], ReceiveMs: uint64(b.Received)}
	case witness.Site:
		return &Site{
			Owner: b.Owner[:], Cell: uint64(b.Cell), Gain: int32(b.Gain), Loss: int32(b.Loss), Class: uint32(b.Class),
			Plan: b.Plan, Nonce: b.Nonce, DeadlineMs: uint64(b.Deadline),
		}
	case witness.SiteChange:
		return messageOfSiteChange(b)
	case witness.Positions:
		return messageOfPositions(b)
	case witness.Appeal:
		return messageOfAppeal(b)
	case witness.AppealFile:
		m := &AppealFile{Appeal: messageOfSigned(b.Record)}
		for _, s := range b.Evidence {
			m.Evidence = append(m.Evidence, messageOfSigned(s))
		}
		m.Anchors, m.Values = messageOfAnchors(b.Anchors).Anchors, messageOfValues(b.Values).Values
		for _, s := range b.Receipts {
			m.Receipts = append(m.Receipts, messageOfSigned(s))
		}
		return m
	case witness.Audit:
		return &Audit{Station: b.Station.Bytes(), From: uint64(b.From), To: uint64(b.To)}
	case []witness.Value:
		return messageOfValues(b)
	case []radio.Signed:
		return messageOfAnchors(b)
	}
	panic("no such body")
}

func messageOfObservation(o witness.Observation) *Observation {
	m := &Observation{
		Frame: uint32(o.Frame.Type), Tag: o.Frame.Tag[:], Mark: o.Frame.Mark[:], FrequencyHz: uint32(o.Frequency),
		Sf: o.SF, ChannelRssi: int32(o.ChannelRSSI), Snr: int32(o.SNR), OffsetHz: int32(o.Offset),
		CounterUs: o.Counter, HeardMs: uint64(o.Heard), Copies: o.Copies,
	}
	if o.HasSignalRSSI {
		m.SignalRssi = proto.Int32(int32(o.SignalRSSI))
	}
	if o.HasFine {
		m.FineNs = proto.Uint64(uint64(o.Fine))
	}
	return m
}

func messageOfAnchor(a witness.Anchor) *Anchor {
	m := &Anchor{
		From: uint64(a.From), To: uint64(a.To), Revision: a.Revision,
		SlotMs: uint32(a.Timing.Slot), WindowSlots: uint32(a.Timing.WindowSlots), GuardSlots: uint32(a.Timing.GuardSlots),
		EpochSlots: uint32(a.Timing.EpochSlots), LeadMs: uint32(a.Timing.Lead), SpreadMs: uint32(a.Timing.Spread),
		ReportMs: uint32(a.Timing.Report), HoldMs: uint32(a.Timing.Hold),
		Parameters: a.Parameters[:], X0: a.X0[:],
	}
	for _, station := range a.Ingests {
		m.Ingests = append(m.Ingests, station.Bytes())
	}
	return m
}

func messageOfValues(values []witness.Value) *Values {
	m := &Values{}
	for _, v := range values {
		m.Values = append(m.Values, &Value{Slot: uint64(v.Slot), Revision: v.Revision, Value: v.Entropy[:]})
	}
	return m
}

func messageOfAnchors(anchors []radio.Signed) *Anchors {
	m := &Anchors{}
	for _, s := range anchors {
		m.Anchors = append(m.Anchors, messageOfSigned(s))
	}
	return m
}

func messageOfSigned(s radio.Signed) *Signed {
	return &Signed{Station: s.Station.Bytes(), Kind: string(s.Kind), Body: s.Body, Signature: s.Signature[:]}
}

func messageOfSiteChange(c witness.SiteChange) *SiteChange {
	m := &SiteChange{Record: messageOfSigned(c.Record), Owner: c.Owner[:]}
	if c.Former != nil {
		m.Former = c.Former[:]
	}
	return m
}

func messageOfPositions(p witness.Positions) *Positions {
	m := &Positions{}
	for _, f := range p.Fixes {
		m.Positions = append(m.Positions, &Position{
			AtMs: uint64(f.At), X: int64(f.Position.X), Y: int64(f.Position.Y), Z: int64(f.Position.Z), AccuracyMm: uint32(f.Accuracy),
		})
	}
	return m
}

func messageOfAppeal(a witness.Appeal) *Appeal {
	m := &Appeal{Epoch: uint64(a.Epoch)}
	if !a.Partner.IsZero() {
		m.Partner = a.Partner.Bytes()
	}
	for _, id := range a.Evidence {
		m.Evidence = append(m.Evidence, id[:])
	}
	return m
}

// codec is the strict reader and writer of a message.
type codec struct {
	name  string
	parse func([]byte) (any, error)
	empty func() proto.Message
}

var codecs = []codec{
	{"beacon", func(b []byte) (any, error) { return witness.ParseBeacon(b) }, func() proto.Message { return &Beacon{} }},
	{"discovery", func(b []byte) (any, error) { return witness.ParseDiscovery(b) }, func() proto.Message { return &Discovery{} }},
	{"witness", func(b []byte) (any, error) { return witness.ParseBatch(b) }, func() proto.Message { return &Witness{} }},
	{"anchor", func(b []byte) (any, error) { return witness.ParseAnchor(b) }, func() proto.Message { return &Anchor{} }},
	{"receipt", func(b []byte) (any, error) { return witness.ParseReceipt(b) }, func() proto.Message { return &Receipt{} }},
	{"high_water", func(b []byte) (any, error) { return witness.ParseHighWater(b) }, func() proto.Message { return &HighWater{} }},
	{"site", func(b []byte) (any, error) { return witness.ParseSite(b) }, func() proto.Message { return &Site{} }},
	{"site change", func(b []byte) (any, error) { return witness.ParseSiteChange(b) }, func() proto.Message { return &SiteChange{} }},
	{"positions", func(b []byte) (any, error) { return witness.ParsePositions(b) }, func() proto.Message { return &Positions{} }},
	{"appeal", func(b []byte) (any, error) { return witness.ParseAppeal(b) }, func() proto.Message { return &Appeal{} }},
	{"appeal file", func(b []byte) (any, error) { return witness.ParseAppealFile(b) }, func() proto.Message { return &AppealFile{} }},
	{"audit", func(b []byte) (any, error) { return witness.ParseAudit(b) }, func() proto.Message { return &Audit{} }},
	{"values", func(b []byte) (any, error) { return witness.ParseValues(b) }, func() proto.Message { return &Values{} }},
	{"heard_by", func(b []byte) (any, error) { return witness.ParseHeardBy(b) }, func() proto.Message { return &HeardBy{} }},
	{"anchors", func(b []byte) (any, error) { return witness.ParseAnchors(b) }, func() proto.Message { return &Anchors{} }},
}

// appendStrict writes what a codec has read.
func appendStrict(body any) []byte {
	switch b := body.(type) {
	case []witness.Value:
		return witness.AppendValues(nil, b)
	case []radio.Signed:
		return witness.AppendAnchors(nil, b)
	}
	return body.(interface{ Append([]byte) []byte }).Append(nil)
}
