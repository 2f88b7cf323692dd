package network

import (
	"crypto/sha256"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"hexspot/hardware/keys"
	"hexspot/radio"
	"hexspot/witness"
)

// demoConfig has proof of coverage with the demo's timing.
func demoConfig() Config {
	return Config{Coverage: CoverageConfig{Enabled: true, Timing: "demo", OtherNetworks: []string{"0102030405060708"}}}
}

func demoTiming(t testing.TB) witness.Timing { return timingNamed(t, "demo") }

func timingNamed(t testing.TB, name string) witness.Timing {
	t.Helper()
	s, err := witness.ScheduleNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return s.Timing
}

// dailyConfig has epochs of a day, for what must not straddle the end of one.
func dailyConfig() Config {
	c := demoConfig()
	c.Coverage.Timing = "default"
	return c
}

func dailyTiming(t testing.TB) witness.Timing { return timingNamed(t, "default") }

// prover is a station as an MQTT client that reports.
type prover struct {
	t       *testing.T
	key     keys.Key
	network radio.Network
	client  paho.Client
	answers chan []byte
	slot    witness.Slot // of its beacons, where they are to be of one

	mu     sync.Mutex
	chains *witness.Chains
	values []witness.Value
}

func newProver(t *testing.T, network radio.Network) *prover {
	t.Helper()
	key, err := keys.Generate(keys.Ed25519)
	if err != nil {
		t.Fatal(err)
	}
	return &prover{t: t, key: key, network: network, answers: make(chan []byte, 16), chains: witness.NewChains(network)}
}

// connect logs in and subscribes to all that a station reads.
func (p *prover) connect(n *Network) {
	p.t.Helper()
	eui := radio.EUI(p.key.Station().Bytes()[1:9])
	token, err := p.key.Token(p.network.String(), eui, time.Now())
	if err != nil {
		p.t.Fatal(err)
	}
	p.client = paho.NewClient(paho.NewClientOptions().AddBroker(n.Addresses()[0]).SetClientID(eui.String()).
		SetUsername(p.key.Station().String()).SetPassword(token).SetAutoReconnect(false))
	p.done(p.client.Connect())
	p.done(p.client.Subscribe(p.topic("ack"), 1, func(_ paho.Client, m paho.Message) { p.answers <- m.Payload() }))
	p.done(p.client.Subscribe(anchorTopic, 1, func(_ paho.Client, m paho.Message) { p.hearAnchors(m) }))
	p.done(p.client.Subscribe(valueTopic, 1, func(_ paho.Client, m paho.Message) { p.hearValues(m) }))
	p.t.Cleanup(func() { p.client.Disconnect(0) })
}

func (p *prover) topic(end string) string { return "hexspot/" + p.key.Station().String() + "/" + end }

func (p *prover) done(token paho.Token) {
	p.t.Helper()
	if !token.WaitTimeout(patience) || token.Error() != nil {
		p.t.Fatal("no answer of the broker: ", token.Error())
	}
}

func (p *prover) hearAnchors(m paho.Message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	list, err := witness.ParseAnchors(m.Payload())
	if err != nil {
		p.t.Error(err)
	}
	for _, a := range list {
		if err := p.chains.AddAnchor(a); err != nil {
			p.t.Error(err)
		}
	}
}

func (p *prover) hearValues(m paho.Message) {
	now := present()
	p.mu.Lock()
	defer p.mu.Unlock()
	list, err := witness.ParseValues(m.Payload())
	if err != nil {
		p.t.Error(err)
	}
	for _, v := range list {
		if err := p.chains.AddValue(v); err != nil {
			p.t.Error(err)
		}
		if early := demoTiming(p.t).Start(v.Slot) - now; early > 0 {
			p.t.Errorf("slot %d came %d ms early", v.Slot, early)
		}
	}
	p.values = append(p.values, list[0])
}

// last is the newest value that came, and how many did.
func (p *prover) last() (witness.Value, int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.values) == 0 {
		return witness.Value{}, 0
	}
	return p.values[len(p.values)-1], len(p.values)
}

// report publishes a payload, waits for its PUBACK and gives the answer.
func (p *prover) report(kind string, payload []byte) []byte {
	p.t.Helper()
	p.done(p.client.Publish(p.topic("up/"+kind), 1, false, payload))
	select {
	case a := <-p.answers:
		return a
	case <-time.After(patience):
		p.t.Fatal("no answer of the ingest")
		return nil
	}
}

// refusal is the answer to a payload that must be refused.
func (p *prover) refusal(kind string, payload []byte) witness.RefusalReason {
	p.t.Helper()
	r, err := witness.ParseRefusal(p.report(kind, payload))
	if err != nil {
		p.t.Fatal(err)
	}
	if r.Report != sha256.Sum256(payload) {
		p.t.Errorf("the refusal is of report %x", r.Report)
	}
	return r.Reason
}

// sign makes a record for a network.
func (p *prover) sign(network radio.Network, kind radio.Kind, body []byte) radio.Signed {
	p.t.Helper()
	s, err := radio.Sign(p.key.Signer(), network, kind, body)
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

// beaconOf is the body of a beacon's report; the number tells beacons of a slot apart.
func beaconOf(slot witness.Slot, sent witness.Millis, number byte) []byte {
	air := witness.OnAir{Frequency: 868_100_000, SF: 10, Conducted: 1400, Counter: 7, Sent: sent}
	return witness.Beacon{Slot: slot, Signature: radio.Signature{number}, OnAir: air}.Append(nil)
}

// seedsOf are the files of a data directory's seeds.
func seedsOf(t *testing.T, data Data) []string {
	t.Helper()
	files, err := filepath.Glob(data.path(chainsDir) + "/*.seed")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// stepped has entropy do a step, and all that it does beside.
func stepped(t testing.TB, e *entropy, now witness.Millis) error {
	t.Helper()
	return errors.Join(e.step(t.Context(), now), settled(t, e))
}

// settled has entropy do all that it does beside.
func settled(t testing.TB, e *entropy) (err error) {
	t.Helper()
	for e.busy() {
		err = errors.Join(err, e.settle(t.Context(), e.now()))
	}
	return err
}
