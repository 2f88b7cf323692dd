package town

import (
	"math"
	"sync"
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/cmd/internal/lns"
	"hexspot/radio"
)

// How many rows are kept.
const (
	packetsMost = 12
	recentMost  = 10
)

// Recorder keeps what a snapshot needs beyond counts. It is safe for several
// goroutines.
type Recorder struct {
	plan  radio.Plan
	start time.Time

	mu       sync.Mutex
	packets  []Packet // oldest first
	recent   []Downlink
	usage    map[place]*usage
	hotspots map[radio.EUI]*Hotspot
}

// NewRecorder begins a record at the beginning of the network server's clock.
func NewRecorder(plan radio.Plan, start time.Time) *Recorder {
	return &Recorder{plan: plan, start: start, usage: map[place]*usage{}, hotspots: map[radio.EUI]*Hotspot{}}
}

// Take notes what the network server did, at a time of its clock.
func (r *Recorder) Take(at time.Duration, a lns.Action) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch a := a.(type) {
	case lns.Packet:
		r.packet(at, a)
	case lns.Downlink:
		r.downlink(at, a.Entry)
	}
}

func (r *Recorder) hotspot(eui radio.EUI) *Hotspot {
	if r.hotspots[eui] == nil {
		r.hotspots[eui] = &Hotspot{EUI: eui.String()}
	}
	return r.hotspots[eui]
}

func (r *Recorder) packet(at time.Duration, p lns.Packet) {
	kind := p.Kind.String()
	if p.Confirmed {
		kind += ", confirmed"
	}
	when := r.start.Add(at)
	r.hotspot(p.Best.Gateway).LastHeard = when
	r.packets = keep(r.packets, packetsMost, Packet{
		At: when, Hotspot: p.Best.Gateway.String(), Gateways: p.Gateways, Device: deviceName(p.Device),
		MHz: float64(p.Best.Frequency) / float64(radio.MHz), Rate: p.Best.Modulation.String(),
		RSSI: p.Best.RSSI.Whole(), SNR: p.Best.SNR.Float(), Kind: kind, Bytes: len(p.Best.Payload),
	})
}

// deviceName is empty for no device.
func deviceName(eui lorawan.EUI64) string {
	if eui == (lorawan.EUI64{}) {
		return ""
	}
	return eui.String()
}

func (r *Recorder) downlink(at time.Duration, e lns.Entry) {
	row := Downlink{At: r.start.Add(at), Hotspot: e.Command.Gateway.String(), Device: deviceName(e.Device), Purpose: e.Purpose.String()}
	row.State, row.Words, row.Code = fateWords(e)
	if item, ok := e.Accepted(); ok {
		row.Slot = item.Slot.String()
	}
	if e.Report != nil && e.Report.HasLead {
		lead := e.Report.Lead.Milliseconds()
		row.Lead = &lead
	}
	r.recent = keep(r.recent, recentMost, row)
	r.charge(at, e)
}

// charge counts a downlink at its hotspot.
func (r *Recorder) charge(at time.Duration, e lns.Entry) {
	h := r.hotspot(e.Command.Gateway)
	switch e.Fate {
	case lns.Emitted:
		h.Emitted++
		h.LastSent = r.start.Add(at)
	case lns.Refused:
		h.Refused++
	default:
		h.Failed++
	}
	if e.Report != nil {
		r.spend(at, e.Command.Gateway, e.Report.Frequency, e.Report.EIRP, e.Report.Airtime)
	}
}

// keep appends to a list of bounded length.
func keep[T any](list []T, most int, one T) []T {
	if len(list) >= most {
		copy(list, list[1:])
		list = list[:most-1]
	}
	return append(list, one)
}

// newestFirst is a copy of a list, turned around.
func newestFirst[T any](list []T) []T {
	turned := make([]T, len(list))
	for i, one := range list {
		turned[len(list)-1-i] = one
	}
	return turned
}

// seconds is a duration with as many decimals as anyone reads.
func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }
