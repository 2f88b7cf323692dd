package broker

import (
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

// TestEmissionReports: a station's emission reports reach an account that asks for
// them, and do not come with the events.
func TestEmissionReports(t *testing.T) {
	const topic = "eu868/gateway/" + testEUI + "/report/emission"
	b, events := withServer(t, Config{}, Options{})
	ns := asServer(b)
	ns.id = "reports"
	reports, ok := subscribe(t, mustConnect(t, ns), "+/gateway/+/report/+")
	if !ok {
		t.Fatal("the account may not hear reports")
	}
	station := mustConnect(t, newStation(t, jwt.SigningMethodEdDSA).as(t, b, testEUI))
	for _, to := range []string{topic, upTopic} {
		if err := publish(t, station, to, false, "{}"); err != nil {
			t.Fatal(err)
		}
	}
	if m := next(t, reports); m.Topic() != topic || m.Qos() != 1 {
		t.Errorf("%s at QoS %d", m.Topic(), m.Qos())
	}
	if m := next(t, events); m.Topic() != upTopic {
		t.Errorf("%s among the events", m.Topic())
	}
}
