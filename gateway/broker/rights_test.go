package broker

import (
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"hexspot/radio"
)

func testRights(t testing.TB) (stationRights, string) {
	t.Helper()
	text := newStation(t, jwt.SigningMethodEdDSA).text
	station, err := radio.ParseStation(text)
	if err != nil {
		t.Fatal(err)
	}
	eui, err := radio.ParseEUI(testEUI)
	if err != nil {
		t.Fatal(err)
	}
	return newStationRights(eui, station, Config{}.regionSet()), text
}

func TestStationMayPublish(t *testing.T) {
	r, me := testRights(t)
	for topic, want := range map[string]bool{
		"eu868/gateway/" + testEUI + "/event/up":      true,
		"us915_1/gateway/" + testEUI + "/event/stats": true,
		"gateway/" + testEUI + "/event/up":            true,
		"gateway/" + testEUI + "/state/conn":          true,
		"hexspot/" + me + "/up/witness":               true,
		"hexspot/" + me + "/up/beacon":                true,
		"hexspot/" + me + "/up/discovery":             true,
		"hexspot/" + me + "/up/site":                  true,
		"hexspot/" + me + "/ask":                      true,
		"hexspot/" + me + "/cosign":                   true,

		"hexspot/" + me + "/proof":                 false,
		"hexspot/" + me + "/ask/x":                 false,
		"hexspot/net/checkpoint":                   false,
		"hexspot/" + me + "/up/anchor":             false,
		"hexspot/" + me + "/up/receipt":            false,
		"hexspot/" + me + "/up/":                   false,
		"hexspot/" + me + "/up":                    false,
		"hexspot/" + me + "/up/witness/x":          false,
		"hexspot/" + me + "/up/Witness":            false,
		"hexspot/" + me + "/up/+":                  false,
		"hexspot/" + me + "x/up/witness":           false,
		"hexspot/" + me[:63] + "/up/witness":       false,
		"hexspot/" + strings.ToUpper(me) + "/up/x": false,
		"hexspot//" + me + "/up/witness":           false,
		"/hexspot/" + me + "/up/witness":           false,
		"eu868/hexspot/" + me + "/up/witness":      false,
		"hexspot/net/value":                        false,
		"hexspot/net/up/witness":                   false,

		"eu868/gateway/" + testEUI + "/report/emission": true,
		"gateway/" + testEUI + "/report/emission":       true,

		"eu868/gateway/" + otherEUI + "/report/emission":     false,
		"eu868/gateway/" + testEUI + "/report/other":         false,
		"eu868/gateway/" + testEUI + "/report/emission/more": false,
		"eu868/gateway/" + otherEUI + "/event/up":            false,
		"eu868/gateway/" + testEUI + "/command/down":         false,
		"eu868/gateway/" + testEUI + "/state/other":          false,
		"eu868/gateway/" + testEUI + "/event/up/more":        false,
		"eu868/gateway/" + testEUI + "/event/":               false,
		"eu868/gateway/" + testEUI + "0/event/up":            false,
		"eu868/gateway/" + strings.ToUpper(testEUI) + "/x/y": false,
		"mars/gateway/" + testEUI + "/event/up":              false,
		"eu868/eu868/gateway/" + testEUI + "/event/up":       false,
		"/gateway/" + testEUI + "/event/up":                  false,
		"eu868/gateway/" + testEUI + "/event/u.p":            false,
		"eu868/gateway/" + testEUI + "/event/u p":            false,
		"hexspot/" + me + "/ack":                             false,
		"hexspot/net/anchor":                                 false,
		"hexspot/spot1other/up/witness":                      false,
		"$SYS/broker":                                        false,
		"":                                                   false,
	} {
		if got := r.mayPublish(topic, false, 10); got != want {
			t.Errorf("publish to %q: %v, want %v", topic, got, want)
		}
	}
	for topic, want := range map[string]bool{
		"gateway/" + testEUI + "/state/conn": true,
		"gateway/" + testEUI + "/event/up":   false,
		"hexspot/" + me + "/up/witness":      false,

		"gateway/" + testEUI + "/report/emission": false,
	} {
		if got := r.mayPublish(topic, true, 10); got != want {
			t.Errorf("retained publication to %q: %v, want %v", topic, got, want)
		}
	}
	if r.mayPublish("gateway/"+testEUI+"/state/conn", true, maxRetained+1) {
		t.Error("a large retained state is taken")
	}
}

func TestStationMaySubscribe(t *testing.T) {
	r, me := testRights(t)
	for filter, want := range map[string]bool{
		"eu868/gateway/" + testEUI + "/command/+":    true,
		"eu868/gateway/" + testEUI + "/command/#":    true,
		"eu868/gateway/" + testEUI + "/command/down": true,
		"gateway/" + testEUI + "/command/+":          true,
		"hexspot/" + me + "/ack":                     true,
		"hexspot/" + me + "/heard":                   true,
		"hexspot/net/+":                              true,
		"hexspot/net/value":                          true,
		"hexspot/net/anchor":                         true,
		"hexspot/net/checkpoint":                     true,
		"hexspot/" + me + "/proof":                   true,

		"hexspot/" + me + "/ask":          false,
		"hexspot/" + me + "/cosign":       false,
		"hexspot/net/#":                   false,
		"hexspot/spot1other/heard":        false,
		"hexspot/" + me + "/up":           false,
		"hexspot/" + me + "/":             false,
		"hexspot/net":                     false,
		"hexspot/net/other":               false,
		"hexspot/" + me + "/+":            false,
		"hexspot/" + me + "/#":            false,
		"hexspot/" + me + "/up/beacon":    false,
		"hexspot/" + me + "/ack/x":        false,
		"hexspot/spot1other/ack":          false,
		"$share/g/hexspot/" + me + "/ack": false,

		"#":                                          false,
		"+/gateway/" + testEUI + "/command/+":        false,
		"eu868/gateway/+/command/+":                  false,
		"eu868/gateway/" + testEUI + "/#":            false,
		"eu868/gateway/" + testEUI + "/event/up":     false,
		"gateway/" + testEUI + "/report/emission":    false,
		"eu868/gateway/" + otherEUI + "/command/":    false,
		"hexspot/#":                                  false,
		"hexspot/+/ack":                              false,
		"$SYS/#":                                     false,
		"$share/g/gateway/" + testEUI + "/command/+": false,
	} {
		if got := r.maySubscribe(filter); got != want {
			t.Errorf("subscribe to %q: %v, want %v", filter, got, want)
		}
	}
}

func TestAccountRights(t *testing.T) {
	r := accountRights{publish: []string{"+/gateway/+/command/#"}, subscribe: []string{"+/gateway/+/event/+", "+/gateway/+/report/+", "a/#"}}
	for topic, want := range map[string]bool{
		"eu868/gateway/" + testEUI + "/command/down": true,
		"gateway/" + testEUI + "/command/down":       false,
		"eu868/gateway/" + testEUI + "/event/up":     false,
		"eu868/gateway/+/command/down":               false,
		"eu868/gateway/x.y/command/down":             false,
	} {
		if got := r.mayPublish(topic); got != want {
			t.Errorf("publish to %q: %v, want %v", topic, got, want)
		}
	}
	for filter, want := range map[string]bool{
		"+/gateway/+/event/+":                       true,
		"eu868/gateway/+/event/up":                  true,
		"eu868/gateway/+/report/emission":           true,
		"$share/demo/+/gateway/+/report/emission":   true,
		"gateway/+/report/emission":                 false,
		"$share/chirpstack/eu868/gateway/+/event/+": true,
		"a":                             true,
		"a/b/#":                         true,
		"#":                             false,
		"+/gateway/+/#":                 false,
		"+/+/+/event/+":                 false,
		"$share/chirpstack/#":           false,
		"$share/chirpstack":             false,
		"$SYS/gateway/x/event/up":       false,
		"eu868/gateway/+/event/up/more": false,
		"+/gateway/+/event":             false,
		"eu868/gateway/a+/event/up":     false,
		"eu868/gateway/#/event":         false,
		strings.Repeat("a/", 200) + "b": false,
	} {
		if got := r.maySubscribe(filter); got != want {
			t.Errorf("subscribe to %q: %v, want %v", filter, got, want)
		}
	}
}

// FuzzRights: whatever a station may touch names its own EUI or id, or the
// network's public topics.
func FuzzRights(f *testing.F) {
	r, me := testRights(f)
	f.Add("eu868/gateway/" + testEUI + "/event/up")
	f.Add("hexspot/" + me + "/up/beacon")
	f.Add("+/gateway/#")
	f.Fuzz(func(t *testing.T, topic string) {
		publish, subscribe := r.mayPublish(topic, false, 0), r.maySubscribe(topic)
		if !publish && !subscribe {
			return
		}
		own := strings.Contains(topic, "gateway/"+testEUI+"/") || strings.HasPrefix(topic, "hexspot/"+me+"/")
		if !own && !(subscribe && strings.HasPrefix(topic, "hexspot/net/")) {
			t.Errorf("%q: publish %v, subscribe %v", topic, publish, subscribe)
		}
		if publish && !isTopic(topic) || subscribe && !isFilter(topic) {
			t.Errorf("%q is no topic", topic)
		}
	})
}
