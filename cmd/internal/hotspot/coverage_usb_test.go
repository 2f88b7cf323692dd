package hotspot

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"hexspot/coverage"
	"hexspot/gateway/mqtt"
	"hexspot/gateway/spool"
	"hexspot/hardware/emulator"
	"hexspot/hardware/keys"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// fast is a timing with a beacon in each 4 s.
var fast = witness.Timing{Slot: 1000, WindowSlots: 4, GuardSlots: 1, EpochSlots: 8, Lead: 100, Spread: 200, Report: 10_000}

// prover is the network's side of coverage at a broker: it publishes a chain and gives
// a receipt for each report.
type prover struct {
	mochi.HookBase
	t       *testing.T
	id      radio.Network
	server  *mochi.Server
	anchor  witness.Anchor
	chain   *witness.Chain
	reports chan radio.Signed
	spool   string // of the hotspot
}

func (p *prover) ID() string           { return "prover" }
func (p *prover) Provides(b byte) bool { return b == mochi.OnPublished }

func (p *prover) OnPublished(_ *mochi.Client, m packets.Packet) {
	station, ok := strings.CutPrefix(m.TopicName, "hexspot/")
	station, _, up := strings.Cut(station, "/up/")
	if !ok || !up {
		return
	}
	s, err := radio.ParseSigned(m.Payload)
	if err != nil {
		p.t.Error(err)
		return
	}
	receipt := p.sign(radio.KindReceipt, witness.Receipt{Record: s.ID(p.id), Received: witness.MillisOf(time.Now())}.Append(nil))
	p.publish("hexspot/"+station+"/ack", receipt.Append(nil), false)
	p.reports <- s
}

func (p *prover) sign(kind radio.Kind, body []byte) radio.Signed {
	s, err := radio.Sign(keyFrom(1), p.id, kind, body)
	if err != nil {
		p.t.Error(err)
	}
	return s
}

func (p *prover) publish(topic string, payload []byte, retain bool) {
	if err := p.server.Publish(topic, payload, retain, 1); err != nil {
		p.t.Error(err)
	}
}

func newProver(t *testing.T, server *mochi.Server, timing witness.Timing) *prover {
	t.Helper()
	p := &prover{t: t, id: stationOf(t, keyFrom(1)).Network(), server: server, reports: make(chan radio.Signed, 16)}
	from := timing.SlotAt(witness.MillisOf(time.Now()))
	from -= from % timing.EpochSlots
	var err error
	if p.chain, err = witness.NewChain(p.id, from, from+400, witness.Entropy{1}); err != nil {
		t.Fatal(err)
	}
	p.anchor = witness.Anchor{From: from, To: from + 400, Timing: timing, Parameters: sha256.Sum256(nil), X0: p.chain.X0()}
	if err := server.AddHook(p, nil); err != nil {
		t.Fatal(err)
	}
	p.publish("hexspot/net/anchor", witness.AppendAnchors(nil, []radio.Signed{p.sign(radio.KindAnchor, p.anchor.Append(nil))}), true)
	return p
}

// run publishes each slot's value until ctx ends.
func (p *prover) run(ctx context.Context) {
	for {
		k := p.anchor.Timing.SlotAt(witness.MillisOf(time.Now()))
		x, _ := p.chain.Value(k)
		p.publish("hexspot/net/value", witness.AppendValues(nil, []witness.Value{{Slot: k, Entropy: x}}), true)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(p.anchor.Timing.End(k).Time())):
		}
	}
}

// writeSite signs a full site and writes it to a file.
func writeSite(t *testing.T, key keys.Key, network radio.Network) string {
	t.Helper()
	return writeSiteOf(t, key, network, witness.ClassFull)
}

// writeSiteOf is writeSite for a class.
func writeSiteOf(t *testing.T, key keys.Key, network radio.Network, class witness.Class) string {
	t.Helper()
	cell, err := coverage.ParseHex("8c1f9ed938c4bff")
	if err != nil {
		t.Fatal(err)
	}
	body := witness.Site{Owner: coverage.Account{1}, Cell: cell, Gain: 200, Loss: 100, Plan: "EU868", Deadline: 1, Class: class}
	record, err := radio.Sign(key.Signer(), network, radio.KindSite, body.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "site")
	if err := os.WriteFile(path, []byte(base64.RawURLEncoding.EncodeToString(record.Append(nil))+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// covering launches a hotspot on an emulated chip that takes part in coverage.
func (p *prover) covering(link, server, socket string, key keys.Key) (stop func()) {
	t := p.t
	parts := onChip(t, link)
	parts.Key, parts.Antenna = key, Antenna{GainDBi: 2, CableLossDB: 1}
	parts.Outputs = []mqtt.Config{{Server: server, StationLogin: true, Network: p.id.String()}}
	p.spool = filepath.Join(t.TempDir(), "spool.db")
	parts.Spool = spool.Config{Path: p.spool}
	parts.Coverage = CoverageConfig{Enabled: true, Site: writeSite(t, key, p.id), Status: socket}
	h, err := New(parts)
	if err != nil {
		t.Fatal(err)
	}
	return launch(t, h)
}

// checkBeacon compares a report with what was drawn and what the chip sent. It is false if
// the beacon was sent or dated by a machine that stood still, and so out of its slot.
func (p *prover) checkBeacon(own radio.Signed, payload []byte) (inTime bool) {
	p.t.Helper()
	beacon, err := witness.ParseBeacon(own.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		p.t.Fatal(err)
	}
	x, _ := p.chain.Value(beacon.Slot)
	lot := witness.Lot{Network: p.id, Station: own.Station, Entropy: x}
	if want := witness.BeaconFrame(lot, beacon.Signature).Append(nil); !bytes.Equal(payload, want) {
		p.t.Errorf("on the air % x, reported % x", payload, want)
	}
	drawn, err := fast.DrawBeacon(beacon.Slot, lot, plan)
	if err != nil || beacon.Frequency != drawn.Frequency {
		p.t.Errorf("reported %+v, drawn %+v, %v", beacon.OnAir, drawn, err)
	}
	if inTime = beacon.Sent >= drawn.Start && beacon.Sent < fast.End(beacon.Slot); !inTime {
		p.t.Logf("reported %+v, drawn %+v", beacon.OnAir, drawn)
	}
	return inTime
}

// beacon waits for a beacon within its slot; that and each before it must be as it was drawn.
func (p *prover) beacon(chip *emulator.Chip) radio.Signed {
	p.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		own := p.await(radio.KindBeacon)
		sent, err := chip.Sent(p.t.Context())
		if err != nil {
			p.t.Fatal(err)
		}
		if p.checkBeacon(own, sent.Payload) {
			return own
		}
		if time.Now().After(deadline) {
			p.t.Fatal("no beacon is dated within its slot")
		}
	}
}

// neighbour has a chip hear the beacon of another station, in the slot that is.
func (p *prover) neighbour(chip *emulator.Chip, n byte) {
	p.t.Helper()
	other := frame(0, 868_100_000)
	other.Payload = witness.Frame{Type: witness.FrameBeacon, Mark: witness.MarkOf(p.id, p.now()), Tag: witness.Tag{n}}.Append(nil)
	inject(p.t, chip, other)
}

// status asks a hotspot until enough is told.
func (p *prover) status(socket string, enough func(Status) bool) {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	for look := time.NewTicker(5 * time.Millisecond); ; <-look.C {
		s, err := AskStatus(p.t.Context(), socket)
		if err == nil && enough(s) {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("the status is %+v, coverage %+v, %v", s, s.Coverage, err)
		}
	}
}

// TestStatusFromTheStart: a hotspot whose chip is not there yet says so when it is asked, and
// begins when it is plugged in.
func TestStatusFromTheStart(t *testing.T) {
	link, socket := linkIn(t), filepath.Join(t.TempDir(), "s")
	net := startNetwork(t, "127.0.0.1:0")
	defer net.server.Close()
	p := newProver(t, net.server, fast)
	go p.run(t.Context())
	key, err := keys.Generate(keys.P256)
	if err != nil {
		t.Fatal(err)
	}
	stop := p.covering(link, net.url, socket, key)
	p.status(socket, func(s Status) bool {
		c := s.Coverage
		return c.Reason == "no_chip" && c.ReasonText != "" && c.Station == key.Station().String() && c.Network == p.id.String() &&
			!s.Chip.Runs && strings.Contains(s.Chip.Fault, link)
	})
	plug(t, link)
	p.status(socket, func(s Status) bool { return s.Coverage.Reason == "" && s.Chip.Runs })
	stop()
	if _, err := AskStatus(t.Context(), socket); err == nil {
		t.Error("a hotspot that has stopped answers")
	}
}

// TestCoverageOverUSB: a hotspot on an emulated chip sends its beacon, reports it and
// a beacon that it heard, keeps the receipts, and says so when it is asked.
func TestCoverageOverUSB(t *testing.T) {
	link, socket := linkIn(t), filepath.Join(t.TempDir(), "s")
	chip, _ := plug(t, link)
	net := startNetwork(t, "127.0.0.1:0")
	defer net.server.Close()
	p := newProver(t, net.server, fast)
	go p.run(t.Context())
	key, err := keys.Generate(keys.P256)
	if err != nil {
		t.Fatal(err)
	}
	stop := p.covering(link, net.url, socket, key)
	own := p.beacon(chip)
	p.neighbour(chip, 7)
	batch, err := witness.ParseBatch(p.await(radio.KindWitness).Body)
	if err != nil || len(batch.Observations) != 1 || batch.Observations[0].Frame.Tag != (witness.Tag{7}) {
		t.Errorf("%+v, %v", batch, err)
	}
	p.status(socket, func(s Status) bool {
		c := s.Coverage
		return c.Counts.Receipts >= 2 && c.Online && c.Reason == "" && len(s.Duty) > 0 && len(s.Records) == 2
	})
	p.checkHeld(own)
	stop()
	p.checkDuty()
}

// checkHeld finds the receipt of a report in the spool of the hotspot that has it open.
func (p *prover) checkHeld(of radio.Signed) {
	p.t.Helper()
	held, err := ReadReceipts(p.t.Context(), p.spool, "", nil)
	if err != nil || held.Network != p.id || held.Damaged > 0 || len(held.Receipts) < 2 {
		p.t.Fatalf("%+v, %v", held, err)
	}
	if !slices.ContainsFunc(held.Receipts, func(r log.Receipt) bool {
		return r.Record == of.ID(p.id) && r.Log.Ingest == stationOf(p.t, keyFrom(1))
	}) {
		p.t.Errorf("%+v, want the receipt of the beacon", held.Receipts)
	}
	epoch := held.Receipts[0].Epoch + 1
	if other, err := ReadReceipts(p.t.Context(), p.spool, p.id.String(), &epoch); err != nil || len(other.Receipts) != 0 {
		p.t.Errorf("%d receipts of an epoch that has none, %v", len(other.Receipts), err)
	}
}

// checkDuty finds the beacon in what the stopped hotspot has written of its duty cycle.
func (p *prover) checkDuty() {
	p.t.Helper()
	disk, err := spool.Open(p.t.Context(), spool.Config{Path: p.spool}, quiet())
	if err != nil {
		p.t.Fatal(err)
	}
	defer disk.Close()
	text, ok, err := disk.Note(p.t.Context(), dutyNoteName)
	if err != nil || !ok {
		p.t.Fatal("no duty cycle is written: ", err)
	}
	var note dutyNote
	if err := json.Unmarshal(text, &note); err != nil {
		p.t.Fatal(err)
	}
	spent := int64(0)
	for _, b := range note.Bands {
		for _, stretch := range b.Spent {
			spent += stretch[1]
		}
	}
	for _, b := range unknownHour(europeanTransmitter(p.t, antennaOnly{})) { // taken as used by a first start
		spent -= b.Spent[0].Length.Milliseconds()
	}
	if note.Open || spent < 100 || spent > 5000 {
		p.t.Errorf("%d ms are written, open %v, want those of a beacon or some", spent, note.Open)
	}
}

func (p *prover) now() witness.Entropy {
	x, _ := p.chain.Value(p.anchor.Timing.SlotAt(witness.MillisOf(time.Now())))
	return x
}

// await waits for a report of a kind.
func (p *prover) await(kind radio.Kind) radio.Signed {
	p.t.Helper()
	for timeout := time.After(patience); ; {
		select {
		case s := <-p.reports:
			if s.Kind == kind {
				return s
			}
		case <-timeout:
			p.t.Fatalf("no %s report", kind)
		}
	}
}

// TestLastReportsLeave: what is held when a hotspot is stopped is sent before its
// connection ends, and answered, and does not hold up the stop. A machine that stands still just
// then may be too late, not again and again.
func TestLastReportsLeave(t *testing.T) {
	const tries = 4
	for try := 1; !lastReportsLeave(t); try++ {
		if try == tries {
			t.Fatalf("%d times the last report was not answered before a quick end", tries)
		}
	}
}

// lastReportsLeave says whether the last report was answered, and soon.
func lastReportsLeave(t *testing.T) (answered bool) {
	t.Helper()
	link, socket := linkIn(t), filepath.Join(t.TempDir(), "s")
	chip, _ := plug(t, link)
	net := startNetwork(t, "127.0.0.1:0")
	defer net.server.Close()
	holding := fast
	holding.Hold = 600_000
	p := newProver(t, net.server, holding)
	go p.run(t.Context())
	key, err := keys.Generate(keys.Ed25519)
	if err != nil {
		t.Fatal(err)
	}
	stop := p.covering(link, net.url, socket, key)
	p.await(radio.KindBeacon)
	p.neighbour(chip, 7)
	p.status(socket, func(s Status) bool { return s.Coverage.Held == 1 })
	began := time.Now()
	stop()
	took, sent := time.Since(began), false
	for len(p.reports) > 0 {
		sent = sent || (<-p.reports).Kind == radio.KindWitness
	}
	held, err := ReadReceipts(t.Context(), p.spool, "", nil)
	if err != nil || held.Damaged > 0 {
		t.Fatalf("%+v, %v", held, err)
	}
	t.Logf("sent before the end: %v; %d receipts; the stop took %v", sent, len(held.Receipts), took)
	return sent && len(held.Receipts) >= 2 && took <= 1800*time.Millisecond
}
