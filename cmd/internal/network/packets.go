package network

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"hexspot/gateway/broker"
	"hexspot/internal/journal"
)

// JournalConfig is the section of the journal.
type JournalConfig struct {
	journal.Config
	QoS0 bool `toml:"qos0"` // keep packets too whose station waits for no answer
	Lost bool `toml:"-"`    // of what it had: begin (ErrJournalLost) and verify (ErrRecordsGone) all the same; no file can set it
}

// kinds are the messages of gateways that are kept, by the end of their topic. The
// others are of the moment: a connection's state is retained, not history.
var kinds = map[string]string{
	"event/up":        "up",
	"event/stats":     "stats",
	"event/ack":       "ack",
	"report/emission": "report",
}

// packets is what stations publish on its way to the journal.
type packets struct {
	journal interface {
		Append(ctx context.Context, subject, id string, data []byte) error
	}
	unacknowledged bool // QoS 0 too
}

// keep is the broker's Durable: when it returns nil, the message may be acknowledged.
func (p packets) keep(ctx context.Context, m broker.Message) error {
	if !p.keeps(m) {
		return nil
	}
	kind, _ := kindOf(m.Topic)
	return p.journal.Append(ctx, journal.PacketSubject(m.EUI, kind), contentID(m), m.Payload)
}

// keeps says whether a message is one that is kept.
func (p packets) keeps(m broker.Message) bool {
	_, ok := kindOf(m.Topic)
	return ok && (m.QoS > 0 || p.unacknowledged)
}

// kindOf looks at what follows [REGION/]gateway/EUI/.
func kindOf(topic string) (kind string, ok bool) {
	_, rest, _ := strings.Cut("/"+topic, "/gateway/")
	_, end, _ := strings.Cut(rest, "/")
	kind, ok = kinds[end]
	return kind, ok
}

// contentID names a message by what it says. A station that has no PUBACK sends the
// same bytes again; two uplinks differ in their uplink_id or context.
func contentID(m broker.Message) string {
	sum := sha256.New()
	sum.Write([]byte(m.Topic))
	sum.Write([]byte{0})
	sum.Write(m.Payload)
	return hex.EncodeToString(sum.Sum(nil)[:16])
}
