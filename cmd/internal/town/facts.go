package town

import (
	"slices"
	"time"

	"hexspot/cmd/internal/device"
	"hexspot/cmd/internal/lns"
	"hexspot/radio"
)

// Facts are what a snapshot is made of, besides the record: the counts of the parts
// at the same instant.
type Facts struct {
	Name     string
	Phase    Phase
	At       time.Duration // by the network server's clock
	Hotspots []HotspotFacts
	Devices  int
	Joined   int
	ClassC   int
	Counts   device.Counts // of all devices
	Server   lns.Counts
	Tally    lns.Tally
	Leads    *lns.Leads
	Open     int           // downlinks that have not ended
	Limit    time.Duration // least lead that a radio needs
	Problem  string        // found by others, one sentence; empty: none
}

// HotspotFacts are a hotspot's own counts.
type HotspotFacts struct {
	EUI       radio.EUI
	Name      string
	Receiving bool
	Heard     uint64
	Forwarded uint64
}

// The histogram of lead times.
const (
	binWidth = 50 * time.Millisecond
	binCount = 21 // the last from 1 s on: joins
)

// Snapshot puts facts and record together.
func (r *Recorder) Snapshot(f Facts) Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := Snapshot{
		Name: f.Name, Region: r.plan.Name, Now: r.start.Add(f.At), Elapsed: seconds(f.At), Phase: f.Phase,
		Devices: f.devices(), Uplinks: f.uplinks(), Downlinks: f.downlinks(), Leads: f.leads(),
		Refusals: reasons(f.Tally.Statuses, statusWords, radio.TxOK),
		Failures: reasons(f.Tally.Outcomes, outcomeWords, radio.Emitted),
		Bands:    r.bands(f.At), Packets: newestFirst(r.packets), Recent: newestFirst(r.recent),
	}
	s.Hotspots, s.Receiving = r.rows(f)
	s.Verdict = s.judge(f.Problem)
	return s
}

// rows joins the hotspots' own counts with the record's. Those that do not receive
// come first.
func (r *Recorder) rows(f Facts) (rows []Hotspot, receiving int) {
	rows = make([]Hotspot, 0, len(f.Hotspots))
	for _, h := range f.Hotspots {
		row := Hotspot{EUI: h.EUI.String()}
		if known := r.hotspots[h.EUI]; known != nil {
			row = *known
		}
		row.Name, row.Receiving, row.Heard, row.Forwarded = h.Name, h.Receiving, h.Heard, h.Forwarded
		row.Airtime = seconds(r.spent(f.At, h.EUI))
		if h.Receiving {
			receiving++
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, troubleFirst)
	return rows, receiving
}

func troubleFirst(a, b Hotspot) int {
	switch {
	case a.Receiving == b.Receiving:
		return 0
	case b.Receiving:
		return -1
	}
	return 1
}

func (f Facts) devices() Devices {
	return Devices{
		Total: f.Devices, Joined: f.Joined, ClassC: f.ClassC, JoinRequests: f.Counts.JoinRequests, Confirmed: f.Counts.Confirmed,
		Acked: f.Counts.Acked, Unacked: f.Counts.Unacked, Repeats: f.Counts.Repeats,
	}
}

func (f Facts) uplinks() Uplinks {
	return Uplinks{Receptions: f.Server.Receptions, Packets: f.Server.Packets, Messages: f.Server.Uplinks, Foreign: f.Server.Foreign}
}

func (f Facts) downlinks() Downlinks {
	t := f.Tally
	d := Downlinks{
		Commanded: t.Commanded, Accepted: t.Taken(), Refused: t.Refused, Withheld: t.Withheld, Emitted: t.Outcomes[radio.Emitted],
		Silent: t.Silent, Unanswered: t.Unanswered, Strange: t.Strange, Open: f.Open,
	}
	for outcome, n := range t.Outcomes {
		if outcome != radio.Emitted {
			d.Failed += n
		}
	}
	if share, ok := t.FirstShare(); ok {
		d.FirstShare = &share
	}
	return d
}

func (f Facts) leads() Leads {
	l := Leads{Limit: f.Limit.Milliseconds(), Bin: binWidth.Milliseconds(), Bins: make([]int, binCount)}
	if f.Leads == nil || f.Leads.Total() == 0 {
		return l
	}
	ms := func(q float64) int64 { d, _ := f.Leads.Quantile(q); return d.Milliseconds() }
	l.Count, l.Least, l.Median, l.Most99 = f.Leads.Total(), ms(0), ms(0.5), ms(0.01)
	l.Bins = f.Leads.Bins(binWidth, binCount)
	return l
}
