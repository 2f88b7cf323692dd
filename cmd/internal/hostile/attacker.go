package hostile

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang/packets"

	"hexspot/cmd/internal/stations"
	"hexspot/hardware/keys"
	"hexspot/radio"
	"hexspot/witness"
)

// attacker is one hostile client, with a station key and an EUI that are its own.
type attacker struct {
	Target
	key    keys.Key
	eui    radio.EUI
	dialer net.Dialer
	token  string
	stolen string // a token with the victim's EUI, signed by the attacker
	number atomic.Uint32
	sent   atomic.Int64
	ends   ends
}

// newAttacker has an address of 127.1.0.0/16, which by number is its own.
func newAttacker(t Target, name string, number byte) (*attacker, error) {
	key, err := keys.Generate(keys.Ed25519)
	if err != nil {
		return nil, fmt.Errorf("making the key of %s: %w", name, err)
	}
	a := &attacker{Target: t, key: key}
	copy(a.eui[:], key.Station().Bytes()[1:])
	a.dialer = net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 1, 0, number+1)}, Timeout: patience}
	for token, eui := range map[*string]radio.EUI{&a.token: a.eui, &a.stolen: t.EUI} {
		if *token, err = key.Token(t.Network.String(), eui, time.Now()); err != nil {
			return nil, fmt.Errorf("making a token of %s: %w", name, err)
		}
	}
	return a, nil
}

// patience is how long an attacker waits for what must come.
const patience = 20 * time.Second

// writeBuffer bounds what an attacker has written and the network has not got.
const writeBuffer = 32 << 10

// topic is one of the attacker's own reports or answers.
func (a *attacker) topic(end string) string { return "hexspot/" + a.key.Station().String() + "/" + end }

// uplinkTopic is where the attacker's uplinks go.
func (a *attacker) uplinkTopic() string { return "eu868/gateway/" + a.eui.String() + "/event/up" }

// sign makes a record of the attacker's.
func (a *attacker) sign(network radio.Network, kind radio.Kind, body []byte) []byte {
	s, err := radio.Sign(a.key.Signer(), network, kind, body)
	if err != nil {
		return nil
	}
	return s.Append(nil)
}

// beacon is the body of a report on a beacon of a slot, each time another one.
func (a *attacker) beacon(slot witness.Slot, at witness.Millis) []byte {
	b := witness.Beacon{Slot: slot, OnAir: witness.OnAir{Frequency: 868_100_000, SF: 10, Counter: a.number.Add(1), Sent: at}}
	binary.BigEndian.PutUint32(b.Signature[:], b.Counter)
	return b.Append(nil)
}

func present() witness.Millis { return witness.MillisOf(time.Now()) }

// session is a connection that has logged in.
type session struct {
	net.Conn
	a      *attacker
	number uint16
	counts struct{ acks, filters bool } // PUBACKs and SUBACKs, too
}

// login is what a client says at first.
type login struct{ name, password, id string }

// own is the attacker's own login.
func (a *attacker) own() login {
	return login{a.key.Station().String(), a.token, a.eui.String()}
}

// enter connects and logs in, or counts why not. The connection ends with ctx.
func (a *attacker) enter(ctx context.Context, l login) (*session, bool) {
	conn, err := a.dial(ctx)
	if err != nil {
		return nil, false
	}
	connect := mqtt.NewControlPacket(mqtt.Connect).(*mqtt.ConnectPacket)
	connect.ProtocolName, connect.ProtocolVersion, connect.CleanSession, connect.Keepalive = "MQTT", 4, true, 30
	connect.UsernameFlag, connect.PasswordFlag, connect.ClientIdentifier = true, true, l.id
	connect.Username, connect.Password = l.name, []byte(l.password)
	if err := connect.Write(conn); err != nil {
		a.refusedDoor(ctx)
		conn.Close()
		return nil, false
	}
	answer, err := mqtt.ReadPacket(conn)
	ack, ok := answer.(*mqtt.ConnackPacket)
	switch {
	case ctx.Err() != nil:
	case err != nil || !ok:
		a.refusedDoor(ctx)
	case ack.ReturnCode != mqtt.Accepted:
		a.ends.add(LoginRefused)
	default:
		return &session{Conn: conn, a: a}, true
	}
	conn.Close()
	return nil, false
}

// dial connects. The connection ends with ctx.
func (a *attacker) dial(ctx context.Context) (net.Conn, error) {
	conn, err := a.dialer.DialContext(ctx, "tcp", a.Address.String())
	if err != nil {
		a.refusedDoor(ctx)
		return nil, err
	}
	_ = conn.(*net.TCPConn).SetWriteBuffer(writeBuffer) // what is in the kernel attacks nobody
	_ = conn.SetDeadline(time.Now().Add(patience))
	context.AfterFunc(ctx, func() { conn.Close() })
	return conn, nil
}

// crowded is how long who was not let in stays away.
const crowded = 20 * time.Millisecond

func (a *attacker) refusedDoor(ctx context.Context) {
	if ctx.Err() == nil {
		a.ends.add(NotLetIn)
		stations.Pause(ctx, crowded)
	}
}

// lost counts the end of a session that the network ended.
func (s *session) lost(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil || err == nil:
	case errors.Is(err, os.ErrDeadlineExceeded):
		s.a.ends.add(notReadAnymore)
	default:
		s.a.ends.add(Disconnected)
	}
}

// publish writes a PUBLISH without waiting for anything.
func (s *session) publish(topic string, qos byte, retain bool, payload []byte) error {
	if s.number++; s.number == 0 {
		s.number = 1
	}
	p := mqtt.NewControlPacket(mqtt.Publish).(*mqtt.PublishPacket)
	p.TopicName, p.Qos, p.Retain, p.MessageID, p.Payload = topic, qos, retain, s.number, payload
	s.a.sent.Add(1)
	return s.write(p)
}

func (s *session) subscribe(filters ...string) error {
	p := mqtt.NewControlPacket(mqtt.Subscribe).(*mqtt.SubscribePacket)
	s.number++
	p.MessageID, p.Topics, p.Qoss = max(s.number, 1), filters, make([]byte, len(filters))
	for i := range p.Qoss {
		p.Qoss[i] = 1
	}
	return s.write(p)
}

func (s *session) write(p mqtt.ControlPacket) error {
	if err := s.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	return p.Write(s)
}

// hear reads until the connection ends and counts what comes. It acknowledges nothing: the
// network reads from who floods it long after that was written.
func (s *session) hear() error {
	for {
		if err := s.SetReadDeadline(time.Now().Add(patience)); err != nil {
			return err
		}
		p, err := mqtt.ReadPacket(s)
		if err != nil {
			return err
		}
		switch p := p.(type) {
		case *mqtt.PublishPacket:
			s.a.ends.add(s.answer(p))
		case *mqtt.PubackPacket:
			if s.counts.acks {
				s.a.ends.add(Acknowledged)
			}
		case *mqtt.SubackPacket:
			if s.counts.filters {
				s.countFilters(p.ReturnCodes)
			}
		}
	}
}

func (s *session) countFilters(codes []byte) {
	const refused = 0x80 // MQTT 3.1.1, 3.9.3
	for _, code := range codes {
		if code == refused {
			s.a.ends.add(FilterRefused)
		} else {
			s.a.ends.add(FilterGranted)
		}
	}
}

// answer is what a message to the attacker means.
func (s *session) answer(p *mqtt.PublishPacket) End {
	if p.TopicName != s.a.topic("ack") {
		return HeardFrom
	}
	if r, err := witness.ParseRefusal(p.Payload); err == nil {
		return RefusedAs(r.Reason)
	}
	if r, err := radio.ParseSigned(p.Payload); err == nil && r.Kind == radio.KindReceipt {
		return Received
	}
	return NotUnderstood
}
