package mqtt

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"github.com/mochi-mqtt/server/v2/packets"
	"google.golang.org/protobuf/proto"

	"hexspot/gateway"
	"hexspot/radio"
)

// running runs a client and a forwarder, which connects it again and again.
func running(t *testing.T, c *Client) (f *gateway.Forwarder, stop func()) {
	t.Helper()
	f = gateway.NewForwarder(c, c.config.Limits(), quiet())
	stopRun, stopForwarder := start(t, c.Run), start(t, f.Run)
	return f, func() { stopForwarder(); stopRun() }
}

// connected runs a client of a server.
func connected(t *testing.T, server string) *Client {
	t.Helper()
	c, err := New(Config{Server: server}, testStation(t), quiet())
	if err != nil {
		t.Fatal(err)
	}
	running(t, c)
	return c
}

func ackIDs(t *testing.T, messages []packets.Packet) (ids []uint32) {
	t.Helper()
	for _, m := range on(ackTopic, messages) {
		var ack gw.DownlinkTxAck
		if err := proto.Unmarshal(m.Payload, &ack); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, ack.DownlinkId)
	}
	return ids
}

// firsts are numbers without those that came before.
func firsts(ids []uint32) (list []uint32) {
	for _, id := range ids {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

func upTo(n int) (list []uint32) {
	for i := range n {
		list = append(list, uint32(i))
	}
	return list
}

// TestAcksOverCutConnections cuts the connection with acknowledgements in flight: each
// arrives, in order.
func TestAcksOverCutConnections(t *testing.T) {
	broker := startBroker(t, "127.0.0.1:0")
	door := openDoor(t, broker.address())
	c := connected(t, door.url())
	statuses := []radio.TxStatus{radio.TxOK}
	for i := range 100 {
		c.acknowledge(uint32(i), statuses)
	}
	broker.await("the first acknowledgements", func(m []packets.Packet) bool { return len(on(ackTopic, m)) >= 20 })
	door.swallowAnswers(true)
	for i := 100; i < 300; i++ {
		c.acknowledge(uint32(i), statuses)
	}
	broker.await("many in flight", func([]packets.Packet) bool {
		c.outbox.mu.Lock()
		defer c.outbox.mu.Unlock()
		return c.outbox.sent > maxPosted/2
	})
	door.slam()
	door.swallowAnswers(false)
	messages := broker.await("all", func(m []packets.Packet) bool { return len(firsts(ackIDs(t, m))) == 300 })
	if ids := ackIDs(t, messages); !slices.Equal(firsts(ids), upTo(300)) || len(ids) > 300+maxPosted {
		t.Errorf("%d acknowledgements arrived: %v", len(ids), ids)
	}
	for _, m := range on(ackTopic, messages) {
		if m.FixedHeader.Qos != 1 || m.FixedHeader.Retain {
			t.Fatalf("QoS %d, retained %v", m.FixedHeader.Qos, m.FixedHeader.Retain)
		}
	}
	if n := c.outbox.drops(); n != 0 {
		t.Errorf("%d dropped", n)
	}
}

// TestAcksWaitForBroker: what is said while there is no broker is said when there is.
func TestAcksWaitForBroker(t *testing.T) {
	broker := startBroker(t, kept)
	address := broker.address()
	c := connected(t, "tcp://"+address)
	c.acknowledge(0, nil)
	broker.await("the first", func(m []packets.Packet) bool { return len(on(ackTopic, m)) == 1 })
	broker.stop()
	for i := 1; i < 10; i++ {
		c.acknowledge(uint32(i), nil)
	}
	again := startBroker(t, address)
	messages := again.await("the rest", func(m []packets.Packet) bool { return slices.Contains(ackIDs(t, m), 9) })
	if ids := firsts(ackIDs(t, messages)); !slices.Equal(ids[len(ids)-9:], upTo(10)[1:]) {
		t.Errorf("%v", ids)
	}
}

// TestOldAcksAreNotSent: nobody wants to know after five minutes whether a frame was
// scheduled; the output of a program is of use for longer.
func TestOldAcksAreNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := newPipeBroker(t)
		broker.behave(manners{refuse: true})
		client := pipeClient(t, broker, Config{})
		_, stop := running(t, client)
		client.acknowledge(1, nil)
		client.tellExecuted(1, gateway.Executed{Error: "late"})
		time.Sleep(5 * time.Minute)
		broker.behave(manners{})
		time.Sleep(2 * time.Minute)
		if n := client.outbox.drops(); n != 1 || len(client.outbox.letters) != 0 {
			t.Errorf("%d dropped, %d wait; want the acknowledgement dropped and the output sent", n, len(client.outbox.letters))
		}
		stop()
	})
}

// TestCommandsNeverBlock: with a connection that takes nothing, commands are heard and
// answered at once, and the outbox stays bounded.
func TestCommandsNeverBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := newPipeBroker(t)
		broker.behave(manners{deafAfter: 1})
		client := pipeClient(t, broker, Config{})
		f, stop := running(t, client)
		f.Offer(numbered(0)) // after which the broker is deaf
		time.Sleep(time.Second)
		begin := time.Now()
		s := &session{client: client}
		for i := range 3 * maxLetters {
			s.command(nil, message{topic: downTopic, payload: command(uint32(i), item())})
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("commands took %v", took)
		}
		if n := len(client.outbox.letters); n > maxLetters {
			t.Errorf("%d letters wait", n)
		}
		stop()
	})
}

// TestPoisonousLetter: a broker that ends the connection at each emission report gets
// three of each, and everything else.
func TestPoisonousLetter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := newPipeBroker(t)
		broker.behave(manners{cutAt: reportTopic})
		client := pipeClient(t, broker, Config{})
		_, stop := running(t, client)
		client.tellEmission(gateway.Report{ID: 1})
		client.acknowledge(1, nil)
		time.Sleep(time.Minute / 3)
		if n, dials := client.outbox.drops(), len(broker.asked()); n != 1 || len(client.outbox.letters) != 0 || dials > maxLosses+1 {
			t.Errorf("%d dropped, %d wait, after %d connections", n, len(client.outbox.letters), dials)
		}
		stop()
	})
}
