package broker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/golang-jwt/jwt/v5"
)

// TestLater: what is taken only later is not acknowledged, and what the station says next is heard: its
// report, and where it is. From then on all is taken, but nothing more of this session, which ends; with
// the next one all is taken in order.
func TestLater(t *testing.T) {
	const hold = 5 * time.Second // time enough for what is published meanwhile
	var welcome atomic.Bool
	c := Config{Limits: Limits{Hold: Duration(hold)}}
	b, messages := withServer(t, c, Options{SealReports: true, Durable: func(_ context.Context, m Message) error {
		switch {
		case isReport(m.Topic):
			welcome.Store(true)
		case strings.HasSuffix(m.Topic, "/event/up") && !welcome.Load():
			return fmt.Errorf("%w: who are you?", ErrLater)
		}
		return nil
	}})
	s := newStation(t, jwt.SigningMethodEdDSA)
	d := s.as(t, b, testEUI)
	lost := losing(&d)
	client := mustConnect(t, d)
	begun := time.Now()
	first := client.Publish(upTopic, 1, false, "one")
	for _, topic := range []string{"hexspot/" + s.text + "/up/site", connTopic} {
		if err := publish(t, client, topic, false, "x"); err != nil {
			t.Fatalf("%s: %v", topic, err)
		}
	}
	second := client.Publish(upTopic, 1, false, "two")
	if stayed := mustLose(t, lost).Sub(begun); stayed < hold {
		t.Errorf("the station could stay for %v", stayed)
	}
	for _, token := range []paho.Token{first, second} {
		if token.WaitTimeout(patience) && token.Error() == nil {
			t.Error("what was not taken is acknowledged")
		}
	}
	client = mustConnect(t, s.as(t, b, testEUI))
	for _, text := range []string{"one", "two"} {
		if err := publish(t, client, upTopic, false, text); err != nil {
			t.Fatal(err)
		}
		if m := next(t, messages); string(m.Payload()) != text {
			t.Errorf("%q was passed on, want %q", m.Payload(), text)
		}
	}
	if c := b.Counters(); c.RefusedBy[RefusedWaiting] != 2 || c.Refused != 2 {
		t.Errorf("refused %v", c.RefusedBy)
	}
}

// TestLaterAtQoS0: who waits for no acknowledgement sends nothing again, so the session goes on, and what
// comes when there is room is taken.
func TestLaterAtQoS0(t *testing.T) {
	var room atomic.Bool
	b, messages := withServer(t, Config{Limits: Limits{Hold: Duration(100 * time.Millisecond)}}, Options{Durable: func(context.Context, Message) error {
		if !room.Load() {
			return ErrLater
		}
		return nil
	}})
	s := newStation(t, jwt.SigningMethodEdDSA)
	client := mustConnect(t, s.as(t, b, testEUI))
	client.Publish(upTopic, 0, false, "one")
	await(t, func() string {
		if n := b.Counters().RefusedBy[RefusedWaiting]; n != 1 {
			return fmt.Sprintf("%d refused", n)
		}
		return ""
	})
	room.Store(true)
	if err := publish(t, client, upTopic, false, "two"); err != nil {
		t.Error(err)
	}
	if m := next(t, messages); string(m.Payload()) != "two" {
		t.Errorf("%q was passed on", m.Payload())
	}
}

// TestLaterEndsWithTheSession: whoever leaves before has nothing of the broker's left behind, and a message
// that cannot be kept ends the session at once.
func TestLaterEndsWithTheSession(t *testing.T) {
	b := startBroker(t, Config{}, Options{Durable: func(_ context.Context, m Message) error {
		if isReport(m.Topic) {
			return errors.New("disk full")
		}
		return ErrLater
	}})
	s := newStation(t, jwt.SigningMethodEdDSA)
	d := s.as(t, b, testEUI)
	lost := losing(&d)
	client := mustConnect(t, d)
	client.Publish(upTopic, 1, false, "one")
	client.Publish("hexspot/"+s.text+"/up/beacon", 1, false, "x")
	mustLose(t, lost)
	await(t, func() string {
		if n := b.records(); n != 0 {
			return fmt.Sprintf("%d records", n)
		}
		return ""
	})
}
