package mqtt

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hexspot/gateway"
)

// manners are how a pipeBroker treats a connection.
type manners struct {
	refuse     bool   // no connection
	hang       bool   // no connection and no answer either
	silent     bool   // no CONNACK
	noAck      bool   // no PUBACK for uplinks
	deafAtOnce bool   // stops reading after the CONNECT
	deafAfter  int    // stops reading after so many uplinks; 0: never
	cutAfter   int    // hangs up on so many uplinks, the last unacknowledged; 0: never
	cutAt      string // hangs up on a publication to this topic
}

// pipeBroker is a broker in this process, so that time may be synctest's. Its
// connections are pipes, which have no buffer: a write that nobody reads blocks.
type pipeBroker struct {
	over chan struct{} // closed at the end of the test

	mu        sync.Mutex
	next      manners     // of the next connection
	dials     []time.Time // when connections were asked for
	uplinks   [][]byte    // payloads, in order of arrival
	farewells int         // DISCONNECT packets
	connects  []*packets.ConnectPacket
}

// newPipeBroker makes a broker. At the end of the test a minute passes, in which
// everything must end: synctest fails the test otherwise.
func newPipeBroker(t *testing.T) *pipeBroker {
	b := &pipeBroker{over: make(chan struct{})}
	t.Cleanup(func() {
		close(b.over)
		time.Sleep(time.Minute)
	})
	return b
}

// behave decides how the next connections are treated.
func (b *pipeBroker) behave(m manners) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next = m
}

func (b *pipeBroker) heard() [][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([][]byte(nil), b.uplinks...)
}

func (b *pipeBroker) goodbyes() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.farewells
}

// login is the latest CONNECT packet.
func (b *pipeBroker) login() *packets.ConnectPacket {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.connects[len(b.connects)-1]
}

func (b *pipeBroker) asked() []time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]time.Time(nil), b.dials...)
}

func (b *pipeBroker) open(ctx context.Context, _ *url.URL, _ *tls.Config) (net.Conn, error) {
	b.mu.Lock()
	b.dials = append(b.dials, time.Now())
	m := b.next
	b.mu.Unlock()
	switch {
	case m.refuse:
		return nil, errors.New("connection refused")
	case m.hang:
		<-ctx.Done()
		return nil, ctx.Err()
	}
	ours, theirs := net.Pipe()
	go b.serve(theirs, m)
	return ours, nil
}

// serve answers a connection until it ends.
func (b *pipeBroker) serve(conn net.Conn, m manners) {
	defer conn.Close()
	for uplinks := 0; ; {
		packet, err := packets.ReadPacket(conn)
		if err != nil {
			return
		}
		if b.isUplink(packet) {
			uplinks++
		}
		if uplinks > 0 && uplinks == m.cutAfter {
			return
		}
		if p, ok := packet.(*packets.PublishPacket); ok && p.TopicName == m.cutAt {
			return
		}
		if answer := answerTo(packet, m); answer != nil && answer.Write(conn) != nil {
			return
		}
		if m.deafAtOnce || uplinks > 0 && uplinks == m.deafAfter {
			<-b.over
			return
		}
	}
}

// isUplink remembers packets, and says whether one is an uplink.
func (b *pipeBroker) isUplink(packet packets.ControlPacket) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch p := packet.(type) {
	case *packets.ConnectPacket:
		b.connects = append(b.connects, p)
	case *packets.DisconnectPacket:
		b.farewells++
	}
	p, ok := packet.(*packets.PublishPacket)
	if !ok || p.TopicName != upTopic {
		return false
	}
	b.uplinks = append(b.uplinks, bytes.Clone(p.Payload))
	return true
}

// answerTo is what a broker answers, nil for nothing.
func answerTo(packet packets.ControlPacket, m manners) packets.ControlPacket {
	switch p := packet.(type) {
	case *packets.ConnectPacket:
		if m.silent {
			return nil
		}
		return packets.NewControlPacket(packets.Connack)
	case *packets.SubscribePacket:
		a := packets.NewControlPacket(packets.Suback).(*packets.SubackPacket)
		a.MessageID, a.ReturnCodes = p.MessageID, []byte{1}
		return a
	case *packets.PublishPacket:
		if m.noAck && p.TopicName == upTopic {
			return nil
		}
		a := packets.NewControlPacket(packets.Puback).(*packets.PubackPacket)
		a.MessageID = p.MessageID
		return a
	case *packets.PingreqPacket:
		return packets.NewControlPacket(packets.Pingresp)
	}
	return nil
}

// pipeClient makes a client to a broker over pipes.
func pipeClient(t *testing.T, b *pipeBroker, config Config) *Client {
	t.Helper()
	config.Server = "tcp://pipe:1883"
	client, err := New(config, testStation(t), quiet())
	if err != nil {
		t.Fatal(err)
	}
	client.open = b.open
	return client
}

// overPipes starts a client and a forwarder to a broker over pipes.
func overPipes(t *testing.T, b *pipeBroker, config Config) (f *gateway.Forwarder, stop func()) {
	t.Helper()
	return running(t, pipeClient(t, b, config))
}
