package network

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"

	"hexspot/cmd/internal/hotspot"
	"hexspot/gateway"
	"hexspot/gateway/broker"
	"hexspot/gateway/mqtt"
	"hexspot/gateway/spool"
	"hexspot/internal/journal"
	"hexspot/internal/testlog"
	"hexspot/radio"
	"hexspot/witness"
)

// inFlight is how many packets it sends without an acknowledgement.
const inFlight = 64

// newcomer is a hotspot without its radio: packets that wait, and a site that its owner has signed, which
// nobody has entered.
type newcomer struct {
	forwarder *gateway.Forwarder
	client    *mqtt.Client
	coverage  *hotspot.Coverage
}

// slowLink is a connection on which packets are faster than reports: none leaves before so many packets have
// been refused.
type slowLink struct {
	*mqtt.Client
	t       *testing.T
	network *Network
	packets int64
}

// Report does not block, as the client's.
func (l *slowLink) Report(kind string, payload []byte) {
	go func() {
		for l.network.broker.Counters().RefusedBy[broker.RefusedWaiting] < l.packets && l.t.Context().Err() == nil {
			time.Sleep(time.Millisecond)
		}
		l.Client.Report(kind, payload)
	}()
}

func newNewcomer(t *testing.T, n *Network, p *prover) *newcomer {
	t.Helper()
	disk, err := spool.Open(t.Context(), spool.Config{Path: filepath.Join(t.TempDir(), "spool.db")}, testlog.New(t))
	must(t, err)
	t.Cleanup(func() { must(t, disk.Close()) })
	c := soundSite(t)
	c.network, c.station, c.deadline = n.ID(), p.key.Signer(), present()+1_000_000
	change := c.change(t)
	body, err := witness.ParseSite(change.Record.Body)
	must(t, err)
	site := &hotspot.Site{Placement: witness.Placement{Antenna: witness.Antenna{Gain: body.Gain}, Plan: body.Plan}, Cell: body.Cell, Change: change.Append(nil)}

	h := &newcomer{}
	plan, err := radio.PlanNamed("EU868")
	must(t, err)
	eui := radio.EUI(p.key.Station().Bytes()[1:9])
	h.client, err = mqtt.New(mqtt.Config{Server: n.Addresses()[0], StationLogin: true, Network: n.ID().String()}, mqtt.Station{
		EUI: eui, Plan: plan, Statistics: gateway.NewStatistics(),
		Login: func() (string, string, error) {
			token, err := p.key.Token(n.ID().String(), eui, time.Now())
			return p.key.Station().String(), token, err
		},
		Coverage: &mqtt.Coverage{
			Station: p.key.Station(), Arrived: func() { h.coverage.Arrived() },
			Receive: func(name string, payload []byte, retained bool) {
				h.coverage.Receive(hotspot.Mail{Name: name, Payload: payload, Retained: retained})
			},
		},
	}, testlog.New(t))
	must(t, err)
	h.coverage, err = hotspot.NewCoverage(hotspot.CoverageParts{
		Network: n.ID(), Signer: p.key.Signer(), Openings: disk.Records("opening"), Reports: disk.Records("report"),
		Link:    &slowLink{h.client, t, n, inFlight},
		Counter: func() radio.Timestamp { return radio.Timestamp{} }, Clock: time.Now,
		Site: func() (*hotspot.Site, error) { return site, nil }, Log: testlog.New(t),
	})
	must(t, err)
	h.forwarder = gateway.NewForwarder(h.client, gateway.Limits{InFlight: inFlight}, testlog.New(t))
	return h
}

// run has it work until the test ends, or end is called.
func (h *newcomer) run(t *testing.T) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var all errgroup.Group
	all.Go(func() error { return h.coverage.Run(ctx) })
	all.Go(func() error { return h.forwarder.Run(ctx) })
	all.Go(func() error { return h.client.Run(ctx) })
	end = func() {
		cancel()
		must(t, all.Wait())
	}
	t.Cleanup(end)
	return end
}

// TestANewcomerGetsIn: the journal is half full, and a hotspot comes whose site nobody has entered, with
// more packets waiting than it sends without an acknowledgement. None of them is taken, the site is, and
// then they are, each once and in order.
func TestANewcomerGetsIn(t *testing.T) {
	t.Parallel()
	const packets = 200
	data, config := Data(t.TempDir()), dailyConfig()
	config.Broker.Limits.Hold = broker.Duration(time.Second)
	n, end := serving(t, config, data)
	n.proving.share.journal = &filled{used: 900, most: 1000}
	p := newProver(t, n.ID())
	h := newNewcomer(t, n, p)
	for i := range packets {
		h.forwarder.Offer(gateway.NewFrame(radio.Uplink{
			Gateway: radio.EUI(p.key.Station().Bytes()[1:9]), PHYPayload: []byte{0x40, 1, 2, 3, 4, 0, byte(i), byte(i >> 8), 1, 5, 6, 7, 8},
			Frequency: 868_100_000, Modulation: radio.LoRa{SF: 7, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}, CRC: radio.CRCOK,
		}))
	}
	stop := h.run(t)
	await(t, "the packets", func() bool { return h.forwarder.Counters().Acked == packets })
	if by := n.broker.Counters().RefusedBy; by[broker.RefusedWaiting] < inFlight || by[broker.RefusedStorage] != 0 {
		t.Errorf("refused %v: its packets were to wait for its site", by)
	}
	epoch := n.proving.schedule.Epoch(n.proving.schedule.SlotAt(present()))
	if known, err := n.proving.share.registry.Known(t.Context(), p.key.Station(), epoch); !known || err != nil {
		t.Errorf("its site is entered: %v, %v", known, err)
	}
	stop()
	end()
	checkOrder(t, data, packets)
}

// checkOrder wants the journal to have so many packets of a newcomer, each once, in the order in which they
// were offered.
func checkOrder(t *testing.T, data Data, packets int) {
	t.Helper()
	store, end := mustStore(t, data)
	defer end()
	var got []int
	must(t, store.Journal.Read(t.Context(), journal.Query{Subjects: []string{"pkt.*.up"}}, func(r journal.Record) error {
		var up gw.UplinkFrame
		err := proto.Unmarshal(r.Data, &up)
		if err == nil && len(up.PhyPayload) == 13 {
			got = append(got, int(up.PhyPayload[6])+int(up.PhyPayload[7])<<8)
		}
		return err
	}))
	if len(got) != packets {
		t.Errorf("%d packets in the journal, want %d", len(got), packets)
	}
	for i, number := range got {
		if number != i {
			t.Fatalf("the packets in the journal: %v", got)
		}
	}
}
