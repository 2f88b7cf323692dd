package broker

import (
	"context"
	"testing"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/golang-jwt/jwt/v5"
)

// TestReportsAreSealed: a report is kept and acknowledged, and nobody who may read
// everything gets it; what stations publish else is passed on.
func TestReportsAreSealed(t *testing.T) {
	kept := make(chan Message, 10)
	c := Config{Accounts: []Account{server(t)}}
	c.Accounts[0].Subscribe = []string{"#"}
	b := startBroker(t, c, Options{SealReports: true, Durable: func(_ context.Context, m Message) error {
		kept <- m
		return nil
	}})
	messages, _ := subscribe(t, mustConnect(t, asServer(b)), "#")
	s := newStation(t, jwt.SigningMethodEdDSA)
	client := mustConnect(t, s.as(t, b, testEUI))
	report := "hexspot/" + s.text + "/up/beacon"
	for _, topic := range []string{report, upTopic} {
		if err := publish(t, client, topic, false, "x"); err != nil {
			t.Fatal(err)
		}
		if m := <-kept; m.Topic != topic || m.Station.String() != s.text {
			t.Errorf("kept %+v", m)
		}
	}
	if m := next(t, messages); m.Topic() != upTopic {
		t.Errorf("%s was passed on", m.Topic())
	}
}

// TestReportsHaveQoS1: a report at another QoS, or as a last will, ends the connection.
func TestReportsHaveQoS1(t *testing.T) {
	b := startBroker(t, Config{}, Options{})
	s := newStation(t, jwt.SigningMethodEdDSA)
	report := "hexspot/" + s.text + "/up/witness"
	for _, qos := range []byte{0, 2} {
		lost := make(chan struct{})
		d := s.as(t, b, testEUI)
		d.change = func(o *paho.ClientOptions) {
			o.SetConnectionLostHandler(func(paho.Client, error) { close(lost) })
		}
		mustConnect(t, d).Publish(report, qos, false, "x")
		<-lost
	}
	d := s.as(t, b, testEUI)
	d.change = func(o *paho.ClientOptions) { o.SetBinaryWill(report, []byte("x"), 1, false) }
	if _, err := d.connect(); err == nil {
		t.Error("a report was taken as a last will")
	}
	if n := b.Counters().RefusedBy[RefusedPublication]; n != 2 {
		t.Errorf("%d publications refused", n)
	}
}
