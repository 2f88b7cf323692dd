package hostile

import (
	"context"
	"strings"
	"time"

	"hexspot/cmd/internal/stations"
)

// uplinks floods within its rights.
func uplinks(ctx context.Context, a *attacker) {
	s, ok := a.enter(ctx, a.own())
	if !ok {
		return
	}
	defer s.Close()
	s.counts.acks = true
	heard := s.listen(ctx)
	defer func() { <-heard }()
	defer s.Close()
	payload := make([]byte, 1000)
	copy(payload, a.eui[:])
	for ctx.Err() == nil {
		n := a.number.Add(1)
		payload[8], payload[9], payload[10], payload[11] = byte(n>>24), byte(n>>16), byte(n>>8), byte(n)
		if s.publish(a.uplinkTopic(), 1, false, payload) != nil {
			return
		}
	}
}

// once does something for which the network ends the session, and waits for that.
func once(do func(*attacker, *session) error) func(context.Context, *attacker) {
	return func(ctx context.Context, a *attacker) {
		s, ok := a.enter(ctx, a.own())
		if !ok {
			return
		}
		defer s.Close()
		if do(a, s) != nil {
			a.ends.add(Disconnected) // before it had said all of it
			return
		}
		s.lost(ctx, s.hear())
	}
}

// foreignTopics are others' topics and the network's own, in turn.
func foreignTopics(a *attacker, s *session) error {
	topics := []string{
		"hexspot/" + a.Victim.String() + "/up/beacon", "hexspot/" + a.Victim.String() + "/ack",
		"eu868/gateway/" + a.EUI.String() + "/event/up", "eu868/gateway/" + a.EUI.String() + "/command/down",
		"eu868/gateway/" + a.eui.String() + "/command/down", "mars/gateway/" + a.eui.String() + "/event/up",
		"hexspot/net/value", "hexspot/net/anchor", a.topic("ack"), a.topic("up/anchor"), a.topic("up/receipt"),
		"$SYS/broker/version", "eu868/gateway/" + a.eui.String() + "/event/up/more", strings.Repeat("a/", 1000),
	}
	n := int(a.number.Add(1))
	return s.publish(topics[n%len(topics)], byte(n/len(topics)%2), n%3 == 0, []byte("x"))
}

// largePackets says that more follows than a packet may have.
func largePackets(a *attacker, s *session) error {
	return s.publish(a.uplinkTopic(), 1, false, make([]byte, 1<<20))
}

// noPackets are bytes that are no MQTT, in turn.
func noPackets(a *attacker, s *session) error {
	list := []string{
		"\x00\x00", "\xf0\x00", "\x30\xff\xff\xff\xff\xff", "\x32\x02\x00\x08", "\x82\x03\x00\x00\x00", "\x10\x00",
		"\x62\x00", "\x32\x05\x00\x01\xff\x00\x01", "GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00",
	}
	a.sent.Add(1)
	_, err := s.Write([]byte(list[int(a.number.Add(1))%len(list)]))
	return err
}

// subscriptions asks for others' topics and wildcards, one after the other, until the
// network has had enough.
func subscriptions(ctx context.Context, a *attacker) {
	s, ok := a.enter(ctx, a.own())
	if !ok {
		return
	}
	defer s.Close()
	s.counts.filters = true
	heard := s.listen(ctx)
	defer func() { <-heard }()
	filters := []string{
		"#", "+", "+/gateway/+/event/#", "eu868/gateway/" + a.EUI.String() + "/event/up", "eu868/gateway/+/command/#",
		"eu868/gateway/" + a.EUI.String() + "/command/#", "hexspot/#", "hexspot/+/ack", "hexspot/" + a.Victim.String() + "/ack",
		"hexspot/" + a.Victim.String() + "/up/beacon", "$SYS/#", "$share/g/hexspot/+/ack", "$share/g/#",
	}
	for round := 0; ctx.Err() == nil && round < 20; round++ {
		a.sent.Add(1)
		if s.subscribe(filters...) != nil {
			return
		}
		stations.Pause(ctx, time.Millisecond)
	}
	many := make([]string, 100)
	for i := range many {
		many[i] = a.topic("ack")
	}
	a.sent.Add(1)
	_ = s.subscribe(many...)
	<-heard
}
