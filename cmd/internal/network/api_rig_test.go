package network

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"hexspot/gateway/broker"
	"hexspot/internal/testlog"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// desk is the network's side of proof of coverage whose clock and goroutines are the test's,
// with HTTP and a broker that only notes what is published.
type desk struct {
	*proving
	t   testing.TB
	url string

	mu   sync.Mutex
	said map[string][][]byte
}

func newDesk(t testing.TB, data Data, change func(*CoverageConfig)) *desk {
	t.Helper()
	id, err := data.network()
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, said: map[string][][]byte{}}
	config := demoConfig().Coverage
	if change != nil {
		change(&config)
	}
	parts := provingParts{journal: &flaky{}, publish: d.publish, log: testlog.New(t)}
	if d.proving, err = openProving(t.Context(), config, data, id, parts); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.close() })
	server := httptest.NewServer(d.mux())
	t.Cleanup(server.Close)
	d.url = server.URL
	return d
}

func (d *desk) publish(topic string, payload []byte, _ bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.said[topic] = append(d.said[topic], payload)
	return nil
}

// last is what was published last, nil if nothing was.
func (d *desk) last(topic string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if all := d.said[topic]; len(all) > 0 {
		return all[len(all)-1]
	}
	return nil
}

// hear takes what a station says and gives what it is told on a topic of its own.
func (d *desk) hear(p *prover, name string, payload []byte, answer string) []byte {
	d.t.Helper()
	m := broker.Message{Station: p.key.Station(), Topic: p.topic(name), QoS: 1, Payload: payload}
	if err := d.take(d.t.Context(), m); err != nil {
		d.t.Fatal(err)
	}
	return d.last(p.topic(answer))
}

// beacon has a station report a beacon, all of them of the slot in which it does so first:
// an epoch of the demo may end in the middle of a test.
func (d *desk) beacon(p *prover, number byte) (radio.Signed, log.Receipt) {
	d.t.Helper()
	now := present()
	if p.slot == 0 {
		p.slot = d.schedule.SlotAt(now)
	}
	s := p.sign(d.network, radio.KindBeacon, beaconOf(p.slot, now, number))
	r, err := log.ParseReceipt(d.hear(p, "up/beacon", s.Append(nil), "ack"), d.network)
	if err != nil {
		d.t.Fatal(err)
	}
	return s, r
}

// show lets checkpoints be shown and gives what stations are shown.
func (d *desk) show(now witness.Millis) []log.Shown {
	d.t.Helper()
	if err := d.checkpoints.step(d.t.Context(), now); err != nil {
		d.t.Fatal(err)
	}
	list, err := log.ParseShown(d.last(checkpointTopic), d.network)
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

// freeze lets an epoch be frozen and shown.
func (d *desk) freeze(epoch witness.Epoch) []log.Shown {
	d.t.Helper()
	now := d.schedule.Freezes(epoch)
	if err := d.freezing.catchUp(d.t.Context(), now); err != nil {
		d.t.Fatal(err)
	}
	return d.show(now)
}

// answer is what a path answers with.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (d *desk) get(path string, headers ...string) answer {
	d.t.Helper()
	return request(d.t, http.MethodGet, d.url+path, nil, headers...)
}

func request(t testing.TB, method, url string, body []byte, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{got.StatusCode, got.Header, text}
}

// into reads an answer that must be JSON.
func (a answer) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
}

// refused is the name of a refusal, which must have cause and cure.
func (a answer) refused(t testing.TB) string {
	t.Helper()
	var r map[string]string
	a.into(t, &r)
	if r["cause"] == "" || r["cure"] == "" || a.status < 400 || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v %s", a.status, a.header, a.body)
	}
	return r["refused"]
}
