package demo

import (
	"context"
	"crypto/sha256"
	"strings"
	"time"

	"hexspot/cmd/internal/mqttlink"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// The topics of entropy (protocol hexspot/1, "MQTT").
const (
	anchorTopic = "hexspot/net/anchor"
	valueTopic  = "hexspot/net/value"
)

// postbox is the forger's way to the network: it reports as a registered station may.
type postbox struct {
	*foes
	resent  map[radio.RecordID]*sentTwice
	foreign map[[sha256.Size]byte]bool // payloads that were signed for another network
}

// sentTwice is a record that is sent again once it has its receipt.
type sentTwice struct {
	payload []byte
	first   *witness.Receipt
}

// connect logs in as the forger's station and learns the network's entropy.
func (f *foes) connect(ctx context.Context, url string) error {
	token, err := f.forger.key.Token(f.id.String(), f.forger.eui, time.Now())
	if err != nil {
		return err
	}
	access := mqttlink.Access{URL: url, User: f.forger.station.String(), Password: token, Client: f.forger.eui.String()}
	f.link, err = mqttlink.Open(ctx, access, []string{f.topic("ack"), anchorTopic, valueTopic}, f.hear)
	return err
}

func (f *foes) topic(end string) string { return "hexspot/" + f.forger.station.String() + "/" + end }

// hear takes a message of the network. It never blocks: the attackers are not worth it.
func (f *foes) hear(topic string, payload []byte) {
	switch {
	case topic == anchorTopic:
		f.hearAnchors(payload)
	case topic == valueTopic:
		f.hearValues(payload, time.Now())
	case strings.HasSuffix(topic, "/ack"):
		select {
		case f.acks <- payload:
		default:
		}
	}
}

func (f *foes) hearAnchors(payload []byte) {
	anchors, err := witness.ParseAnchors(payload)
	if err != nil {
		return
	}
	f.knowing(func(c *witness.Chains) {
		for _, a := range anchors {
			_ = c.AddAnchor(a) // without it there is no value, and no attack
		}
	})
}

func (f *foes) hearValues(payload []byte, at time.Time) {
	values, err := witness.ParseValues(payload)
	if err != nil {
		return
	}
	for _, v := range values {
		fresh := false
		f.knowing(func(c *witness.Chains) {
			_, known := c.Value(v.Slot)
			fresh = !known && c.AddValue(v) == nil
		})
		if !fresh {
			continue
		}
		f.proof.Value(v.Slot, at)
		f.record.Value(v, at)
		select {
		case f.slots <- v.Slot:
		default:
		}
	}
}

// beacon reports a beacon of the forger, to be sent twice.
func (m *postbox) beacon(d witness.Drawn, opening radio.Signature) error {
	record, err := m.sign(m.id, d, opening)
	if err != nil {
		return err
	}
	payload := record.Append(nil)
	m.resent[record.ID(m.id)] = &sentTwice{payload: payload}
	return m.link.Publish(m.topic("up/beacon"), payload)
}

// abroad reports a beacon to the wrong network.
func (m *postbox) abroad(d witness.Drawn, opening radio.Signature) error {
	record, err := m.sign(m.cover.foreign, d, opening)
	if err != nil {
		return err
	}
	payload := record.Append(nil)
	m.foreign[sha256.Sum256(payload)] = true
	return m.link.Publish(m.topic("up/beacon"), payload)
}

func (m *postbox) sign(network radio.Network, d witness.Drawn, opening radio.Signature) (radio.Signed, error) {
	body := witness.Beacon{Slot: d.Slot, Signature: opening, OnAir: witness.OnAir{
		Frequency: d.Frequency, SF: uint32(d.SF), Conducted: d.EIRP - radio.DBm(roofGain), Sent: d.Start,
	}}
	return radio.Sign(m.forger.key.Signer(), network, radio.KindBeacon, body.Append(nil))
}

// answered takes an answer of the network: a first receipt makes the record go out again.
func (m *postbox) answered(b []byte) error {
	if witness.IsRefusal(b) {
		r, err := witness.ParseRefusal(b)
		if err == nil && m.foreign[r.Report] {
			delete(m.foreign, r.Report)
			m.proof.Foreign(r.Reason)
			m.record.Foreign(r.Reason)
		}
		return err
	}
	receipt, err := log.ParseReceipt(b, m.id)
	if err != nil {
		return err
	}
	s := m.resent[receipt.Record]
	switch {
	case s == nil: // of a record for another network, which was taken
		m.proof.Foreign("")
		m.record.Foreign("")
	case s.first == nil:
		s.first = &receipt.Receipt
		return m.link.Publish(m.topic("up/beacon"), s.payload)
	default:
		delete(m.resent, receipt.Record)
		m.proof.Resent(receipt.Record, *s.first, receipt.Receipt)
		m.record.Resent(*s.first, receipt.Receipt)
	}
	return nil
}
