package mqttlink

import (
	"strings"
	"testing"

	"hexspot/cmd/internal/mqttlink/linktest"
)

func startBroker(t *testing.T) (at Access, stop func()) {
	url, stop := linktest.Broker(t)
	return Access{URL: url}, stop
}

func TestRefusedSubscription(t *testing.T) {
	at, _ := startBroker(t)
	_, err := Open(t.Context(), at, []string{"open", "secret/#"}, func(string, []byte) {})
	if err == nil || !strings.Contains(err.Error(), "secret/#") {
		t.Errorf("%v", err)
	}
}

func TestNoBroker(t *testing.T) {
	at, stop := startBroker(t)
	stop()
	if _, err := Open(t.Context(), at, nil, nil); err == nil || !strings.Contains(err.Error(), at.URL) {
		t.Errorf("%v", err)
	}
}

// TestLostConnection: who watches learns of it.
func TestLostConnection(t *testing.T) {
	at, stop := startBroker(t)
	l, err := Open(t.Context(), at, []string{"open"}, func(string, []byte) {})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	watched := make(chan error, 1)
	go func() { watched <- l.Watch(t.Context()) }()
	stop()
	if err := <-watched; err == nil || !strings.Contains(err.Error(), "lost") {
		t.Errorf("%v", err)
	}
}

// TestManyUnacknowledged: what nobody watches cannot pile up for ever.
func TestManyUnacknowledged(t *testing.T) {
	at, _ := startBroker(t)
	l, err := Open(t.Context(), at, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for i := range unackedMost {
		if err := l.Publish("open", nil); err != nil {
			t.Fatal(i, err)
		}
	}
	if err := l.Publish("open", nil); err == nil {
		t.Error("one more was taken")
	}
}
