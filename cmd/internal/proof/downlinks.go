package proof

import (
	"fmt"
	"sync"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"

	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// key is what a downlink is known by.
type key struct {
	hotspot radio.EUI
	id      uint32
}

// story is all that was heard of one downlink.
type story struct {
	key
	commands []*gw.DownlinkFrame
	answers  []*gw.DownlinkTxAck
	reports  []report
}

// moment names an uplink by the context that its hotspot gave it.
type moment struct {
	hotspot radio.EUI
	at      radio.Timestamp
}

// Downlinks collects what was commanded, said and done. It is safe for several
// goroutines.
type Downlinks struct {
	plan  radio.Plan
	gains map[radio.EUI]radio.DB // of hotspots' antennas, less their cables

	mu          sync.Mutex
	stories     map[key]*story
	order       []*story
	sent        map[radio.EUI][]emulator.Transmission
	uncommanded map[radio.EUI][]emulator.Transmission // counted on the air, and judged elsewhere
	uplinks     map[moment]time.Time                  // when they ended on the air
	unreadable  []string
}

// NewDownlinks begins a collection about hotspots, given with their antennas' gain
// less the cables' loss.
func NewDownlinks(plan radio.Plan, gains map[radio.EUI]radio.DB) *Downlinks {
	return &Downlinks{
		plan: plan, gains: gains, stories: map[key]*story{},
		sent: map[radio.EUI][]emulator.Transmission{}, uncommanded: map[radio.EUI][]emulator.Transmission{}, uplinks: map[moment]time.Time{},
	}
}

// Take is told of each message that the proof's own client hears below Topics.
func (d *Downlinks) Take(topic string, payload []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.take(topic, payload); err != nil {
		d.unreadable = append(d.unreadable, fmt.Sprintf("%s: %v", topic, err))
	}
}

// Transmitted is told of each transmission of a hotspot's chip, by the chip.
func (d *Downlinks) Transmitted(hotspot radio.EUI, t emulator.Transmission) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent[hotspot] = append(d.sent[hotspot], t)
}

// Uncommanded is told of each transmission that is nobody's downlink, such as a beacon:
// it uses the duty cycle as any other does.
func (d *Downlinks) Uncommanded(hotspot radio.EUI, t emulator.Transmission) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.uncommanded[hotspot] = append(d.uncommanded[hotspot], t)
}

// onAir are all transmissions by hotspot.
func (d *Downlinks) onAir() map[radio.EUI][]emulator.Transmission {
	all := map[radio.EUI][]emulator.Transmission{}
	for _, list := range [...]map[radio.EUI][]emulator.Transmission{d.sent, d.uncommanded} {
		for hotspot, sent := range list {
			all[hotspot] = append(all[hotspot], sent...)
		}
	}
	return all
}

// Uplink is told when an uplink that arrived under a context ended on the air, by
// the host's clock.
func (d *Downlinks) Uplink(hotspot radio.EUI, context radio.Timestamp, end time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.uplinks[moment{hotspot, context}] = end
}

func (d *Downlinks) story(hotspot radio.EUI, name string, id uint32) (*story, error) {
	if name != hotspot.String() {
		return nil, fmt.Errorf("it names the gateway %q", name)
	}
	k := key{hotspot, id}
	if d.stories[k] == nil {
		d.stories[k] = &story{key: k}
		d.order = append(d.order, d.stories[k])
	}
	return d.stories[k], nil
}

func (d *Downlinks) commanded(hotspot radio.EUI, name string, m *gw.DownlinkFrame) error {
	s, err := d.story(hotspot, name, m.GetDownlinkId())
	if err != nil {
		return err
	}
	s.commands = append(s.commands, m)
	return nil
}

func (d *Downlinks) answered(hotspot radio.EUI, name string, m *gw.DownlinkTxAck) error {
	s, err := d.story(hotspot, name, m.GetDownlinkId())
	if err != nil {
		return err
	}
	s.answers = append(s.answers, m)
	return nil
}

func (d *Downlinks) reported(hotspot radio.EUI, name string, r report) error {
	s, err := d.story(hotspot, name, r.ID)
	if err != nil {
		return err
	}
	s.reports = append(s.reports, r)
	return nil
}
