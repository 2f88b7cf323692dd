package town

import (
	"time"

	"hexspot/radio"
)

// Snapshot is a town at an instant. It is what the page is fed with.
type Snapshot struct {
	Name    string    `json:"name"`
	Region  string    `json:"region"`
	Now     time.Time `json:"now"`
	Elapsed float64   `json:"elapsed_s"`
	Phase   Phase     `json:"phase"`
	Verdict Verdict   `json:"verdict"`

	Receiving int       `json:"receiving"` // hotspots
	Hotspots  []Hotspot `json:"hotspots"`
	Devices   Devices   `json:"devices"`
	Uplinks   Uplinks   `json:"uplinks"`
	Downlinks Downlinks `json:"downlinks"`
	Refusals  []Reason  `json:"refusals"` // by the hotspots, most frequent first
	Failures  []Reason  `json:"failures"` // after acceptance
	Leads     Leads     `json:"leads"`
	Bands     []Band    `json:"bands"`

	Packets []Packet   `json:"packets"` // newest first
	Recent  []Downlink `json:"recent"`  // ended downlinks, newest first

	Coverage *Coverage `json:"coverage"` // null: proof of coverage is off
}

// Phase is how far a demonstration has come.
type Phase string

// The phases.
const (
	Starting Phase = "starting"
	Running  Phase = "running"
	Ended    Phase = "ended"
)

// Hotspot is one of the town's.
type Hotspot struct {
	EUI       string    `json:"eui"`
	Name      string    `json:"name"` // three words, or empty
	Receiving bool      `json:"receiving"`
	Heard     uint64    `json:"heard"`     // frames read from its chip
	Forwarded uint64    `json:"forwarded"` // to the network
	Emitted   int       `json:"emitted"`   // downlinks
	Refused   int       `json:"refused"`
	Failed    int       `json:"failed"`     // accepted and not emitted
	Airtime   float64   `json:"airtime_s"`  // sent in the last hour
	LastSent  time.Time `json:"last_sent"`  // zero: none yet
	LastHeard time.Time `json:"last_heard"` // as the best of all; zero: none yet
}

// Devices counts the end devices.
type Devices struct {
	Total        int `json:"total"`
	Joined       int `json:"joined"`
	ClassC       int `json:"class_c"`
	JoinRequests int `json:"join_requests"`
	Confirmed    int `json:"confirmed"` // uplinks that asked for an acknowledgement
	Acked        int `json:"acked"`
	Unacked      int `json:"unacked"` // given up
	Repeats      int `json:"repeats"`
}

// Uplinks counts what reached the network.
type Uplinks struct {
	Receptions int `json:"receptions"` // by hotspots
	Packets    int `json:"packets"`    // each once, however many hotspots heard it
	Messages   int `json:"messages"`   // new ones
	Foreign    int `json:"foreign"`
}

// Downlinks counts what the network asked for.
type Downlinks struct {
	Commanded  int      `json:"commanded"`
	Accepted   int      `json:"accepted"`
	Refused    int      `json:"refused"`
	Withheld   int      `json:"withheld"` // not asked for: no hotspot had time
	Emitted    int      `json:"emitted"`
	Failed     int      `json:"failed"`     // accepted, not emitted, reported
	Silent     int      `json:"silent"`     // accepted and not reported
	Unanswered int      `json:"unanswered"` // neither accepted nor refused
	Strange    int      `json:"strange"`    // answers that fit nothing
	Open       int      `json:"open"`
	FirstShare *float64 `json:"first_share"` // of RX1; null: none yet
}

// Reason counts one cause, in the words of the field and in plain ones.
type Reason struct {
	Code  string `json:"code"`
	Words string `json:"words"`
	Count int    `json:"count"`
}

// Leads are the times left before the radio had to start, in milliseconds.
type Leads struct {
	Count  int   `json:"count"`
	Least  int64 `json:"least_ms"`
	Median int64 `json:"p50_ms"`
	Most99 int64 `json:"p1_ms"` // 99 % have more
	Limit  int64 `json:"limit_ms"`
	Bin    int64 `json:"bin_ms"`
	Bins   []int `json:"bins"` // the last has all beyond
}

// Band is the use of a sub-band by the hotspot that uses it most.
type Band struct {
	Name    string      `json:"name"`
	Min     radio.Hertz `json:"min_hz"`
	Max     radio.Hertz `json:"max_hz"`
	Limit   float64     `json:"limit_percent"` // of an hour; 100: none
	Used    float64     `json:"used_percent"`
	Hotspot string      `json:"hotspot"` // EUI of that hotspot; empty: none sent
	Airtime float64     `json:"airtime_s"`
}

// Packet is a frame that came in.
type Packet struct {
	At       time.Time `json:"at"`
	Hotspot  string    `json:"hotspot"` // EUI of the one that heard it best
	Gateways int       `json:"gateways"`
	Device   string    `json:"device"` // EUI; empty: none of ours
	MHz      float64   `json:"mhz"`
	Rate     string    `json:"rate"`
	RSSI     int32     `json:"rssi_dbm"`
	SNR      float64   `json:"snr_db"`
	Kind     string    `json:"kind"`
	Bytes    int       `json:"bytes"`
}

// Downlink is one that has ended.
type Downlink struct {
	At      time.Time `json:"at"`
	Hotspot string    `json:"hotspot"`
	Device  string    `json:"device"`
	Purpose string    `json:"purpose"`
	Slot    string    `json:"slot"`  // of the accepted item; empty: none
	State   State     `json:"state"` // ok, warn or bad
	Words   string    `json:"words"`
	Code    string    `json:"code"`
	Lead    *int64    `json:"lead_ms"` // null: none
}
