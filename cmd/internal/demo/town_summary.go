package demo

import (
	"encoding/json"
	"io"
	"slices"
	"time"

	"hexspot/cmd/internal/device"
	"hexspot/cmd/internal/proof"
)

// TownSummary is what a town has shown.
type TownSummary struct {
	Source   string `json:"source"`
	Region   string `json:"region"`
	Broker   string `json:"broker"`
	Seed     uint64 `json:"seed"`
	Hotspots int    `json:"hotspots"`

	Devices   townDevices    `json:"devices"`
	OnAir     heardCounts    `json:"uplinks_on_air"`
	Gateway   counts         `json:"uplinks_at_gateways"`
	Uplinks   verdict        `json:"uplinks_received"` // by the proof's own client
	Missing   int            `json:"uplinks_missing"`
	Downlinks *proof.Verdict `json:"downlinks"`
	Withheld  int            `json:"downlinks_withheld"` // the network server did not ask: no hotspot had time
	Open      int            `json:"downlinks_open"`     // at the end, in the network server's ledger
	Silent    int            `json:"downlinks_silent"`   // accepted, and neither emitted nor reported
	Share     *float64       `json:"emitted_share"`      // of those accepted
	First     *float64       `json:"rx1_share"`          // of those accepted for class A
	Leads     leads          `json:"lead_ms"`
	Bands     []proof.Band   `json:"air_time"`

	Coverage *proof.CoverageVerdict `json:"coverage"` // null: off

	BootSeconds  float64  `json:"boot_seconds"`
	LiveSeconds  float64  `json:"live_seconds"`
	TotalSeconds float64  `json:"total_seconds"`
	CPUSeconds   float64  `json:"cpu_seconds"` // of all in this process
	CPUShare     float64  `json:"cpu_cores"`   // the same, in cores, while the town lived
	MemoryBytes  int64    `json:"memory_bytes"`
	Passed       bool     `json:"passed"`
	Problems     []string `json:"problems,omitempty"`
}

// townDevices are the counts of devices.
type townDevices struct {
	Total        int `json:"total"`
	Joined       int `json:"joined"`
	ClassC       int `json:"class_c"`
	JoinRequests int `json:"join_requests"`
	Messages     int `json:"messages"`
	Confirmed    int `json:"confirmed"`
	Acked        int `json:"acked"`
	Unacked      int `json:"unacked"` // given up
	Repeats      int `json:"repeats"`
	Delayed      int `json:"delayed"`   // transmissions put off for the duty cycle
	Received     int `json:"received"`  // downlinks, join accepts included
	FirstWindow  int `json:"rx1"`       // of them, in RX1
	SecondWindow int `json:"rx2"`       // in RX2
	ClassCWindow int `json:"rx_c"`      // in class C's window
	AcksSent     int `json:"acks_sent"` // uplinks that acknowledged a downlink
}

func devicesOf(total, classC, joined int, c device.Counts) townDevices {
	return townDevices{
		Total: total, Joined: joined, ClassC: classC, JoinRequests: c.JoinRequests, Messages: c.Uplinks, Confirmed: c.Confirmed,
		Acked: c.Acked, Unacked: c.Unacked, Repeats: c.Repeats, Delayed: c.Delayed,
		Received:    c.Downlinks[device.RX1] + c.Downlinks[device.RX2] + c.Downlinks[device.RXC],
		FirstWindow: c.Downlinks[device.RX1], SecondWindow: c.Downlinks[device.RX2], ClassCWindow: c.Downlinks[device.RXC],
		AcksSent: c.AcksSent,
	}
}

// leads are times left between loading a frame and its start, in milliseconds.
type leads struct {
	Count  int       `json:"count"`
	Late   int       `json:"late"` // loaded after the start
	Least  float64   `json:"least"`
	Most99 float64   `json:"p1"` // 99 % have more
	Median float64   `json:"p50"`
	Bins   []leadBin `json:"bins"`
}

// leadBin counts those from From on, below the next bin's.
type leadBin struct {
	From  int64 `json:"from"`
	Count int   `json:"count"`
}

// leadSteps are where bins begin, in milliseconds.
var leadSteps = []int64{0, 10, 25, 50, 100, 200, 400, 600, 800, 1000, 2000, 4000}

func leadsOf(list []time.Duration) leads {
	l := leads{Count: len(list)}
	for _, from := range leadSteps {
		l.Bins = append(l.Bins, leadBin{From: from})
	}
	if len(list) == 0 {
		return l
	}
	list = slices.Sorted(slices.Values(list))
	at := func(q float64) float64 { return float64(list[int(q*float64(len(list)-1))].Microseconds()) / 1000 }
	l.Least, l.Most99, l.Median = at(0), at(0.01), at(0.5)
	for _, d := range list {
		l.add(d)
	}
	return l
}

func (l *leads) add(d time.Duration) {
	if d < 0 {
		l.Late++
		return
	}
	i, exact := slices.BinarySearch(leadSteps, d.Milliseconds())
	if !exact {
		i--
	}
	l.Bins[i].Count++
}

// summary is what was found, judged; err is what ended the run early, if anything.
func (s *townSession) summary(err error) TownSummary {
	s.checker.expectNoMore()
	total, memory := cost()
	sum := TownSummary{
		Source: s.config.name(), Region: s.places.plan.Name, Broker: brokerName(s.config.Broker), Seed: s.config.Seed, Hotspots: s.config.Hotspots,
		OnAir: s.ears.end(), Gateway: s.fleet.counts(), Uplinks: s.checker.state(),
		Downlinks: s.proof.Judge(), Bands: s.proof.Bands(), Withheld: s.final.tally.Withheld, Open: s.final.open,
		BootSeconds: between(s.start, s.booted), LiveSeconds: between(s.booted, s.ended), TotalSeconds: time.Since(s.start).Seconds(),
		CPUSeconds: total.Seconds(), MemoryBytes: memory,
	}
	if s.dwellers != nil {
		sum.OnAir.neverSent(int(s.dwellers.tardy.Load()))
		c, joined := s.dwellers.fleet.Counts()
		sum.Devices = devicesOf(s.config.Devices, s.places.classC(), joined, c)
	}
	if sum.LiveSeconds > 0 {
		sum.CPUShare = s.lived.Seconds() / sum.LiveSeconds
	}
	sum.Missing, sum.Silent, sum.Leads = sum.Uplinks.missing(), sum.Downlinks.Faults[proof.Silent], leadsOf(sum.Downlinks.Leads)
	if share, ok := sum.Downlinks.FirstShare(); ok {
		sum.First = &share
	}
	if n := sum.Downlinks.Accepted; n > 0 {
		share := float64(sum.Downlinks.Emitted) / float64(n)
		sum.Share = &share
	}
	if s.cover != nil && s.cover.last > 0 {
		sum.Coverage = s.judgeCoverage(s.cover.last)
	}
	sum.Problems = s.problems(sum, err)
	sum.Passed = len(sum.Problems) == 0
	return sum
}

// WriteJSON writes the summary as an indented object.
func (s TownSummary) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(s)
}
