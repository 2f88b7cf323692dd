package town

import "time"

// Coverage is how proof of coverage stands in a town.
type Coverage struct {
	Verdict Verdict        `json:"verdict"`
	Network string         `json:"network"`
	Rules   string         `json:"rules"`
	Clock   Clock          `json:"clock"`
	Counts  CoverageCounts `json:"counts"`

	Places   []Place  `json:"places"`
	Beacons  []Beacon `json:"beacons"` // newest first
	Attacks  []Attack `json:"attacks"`
	Epochs   []Epoch  `json:"epochs"`   // newest first
	Skips    []Reason `json:"skips"`    // due beacons that were not sent
	Faults   []Reason `json:"faults"`   // reports of hotspots that did not hold
	Refusals []Reason `json:"refusals"` // reports that the network did not take
}

// Clock is the network's time, and the entropy that its slots run on.
type Clock struct {
	Slot        uint64    `json:"slot"`
	SlotLength  int64     `json:"slot_ms"`
	Window      uint64    `json:"window"`
	InWindow    uint64    `json:"slot_in_window"` // from 0
	WindowSlots uint64    `json:"window_slots"`
	Epoch       uint64    `json:"epoch"`
	Begins      time.Time `json:"epoch_begins"`
	Ends        time.Time `json:"epoch_ends"`
	Freezes     time.Time `json:"epoch_freezes"`
	Report      int64     `json:"report_ms"`
	Sites       uint64    `json:"sites_epoch"` // the first in which the town's sites count
	SitesFrom   time.Time `json:"sites_from"`
	Value       *Entropy  `json:"value"` // newest that was published; null: none yet
}

// Entropy is a slot's value.
type Entropy struct {
	Slot uint64    `json:"slot"`
	At   time.Time `json:"at"`      // when a client had it
	Late int64     `json:"late_ms"` // after the slot's start
	Hex  string    `json:"hex"`     // its first bytes
}

// CoverageCounts are since the start.
type CoverageCounts struct {
	Emitted   int    `json:"emitted"` // beacons, by chips
	Skipped   int    `json:"skipped"`
	Taken     int    `json:"taken"`    // beacons of hotspots, by chips
	Reports   int    `json:"reports"`  // in the journal: beacons and observations
	Receipts  uint64 `json:"receipts"` // that hotspots have
	Early     int    `json:"early"`    // beacons that were judged before the sites count
	Closed    int    `json:"closed"`   // cases of hotspots' beacons, later ones
	Held      int    `json:"held"`     // of them, those whose beacon is valid
	Witnesses int    `json:"witnesses"`
	Valid     int    `json:"witnesses_valid"`
}

// Place is where a hotspot is published, and what it did.
type Place struct {
	EUI     string       `json:"eui"`
	Station string       `json:"station"`
	Name    string       `json:"name"`
	Cell    string       `json:"cell"`    // published
	X       float64      `json:"x"`       // metres east
	Y       float64      `json:"y"`       // metres north
	Hex     string       `json:"hex"`     // of resolution 8, in which one witness of a beacon counts
	Outline [][2]float64 `json:"outline"` // of that, metres
	Sent    int          `json:"sent"`    // beacons
	Heard   int          `json:"heard"`   // beacons of others, by its chip
	Skipped []Reason     `json:"skipped"`
	Waits   string       `json:"waits"` // why no beacon can be sent; empty: nothing
	Foe     bool         `json:"foe"`   // an attacker that has a site
}

// Beacon is one on the air, and what became of it.
type Beacon struct {
	Tag     string    `json:"tag"`
	Hotspot string    `json:"hotspot"` // EUI; of an attacker its name
	Attack  string    `json:"attack"`  // kind, empty: none
	Slot    uint64    `json:"slot"`
	Epoch   uint64    `json:"epoch"`
	At      time.Time `json:"at"` // start
	MHz     float64   `json:"mhz"`
	SF      uint8     `json:"sf"`
	EIRP    float64   `json:"eirp_dbm"`
	Closes  time.Time `json:"closes"`
	Stage   Stage     `json:"stage"`
	State   State     `json:"state"`
	Word    string    `json:"word"`
	Words   string    `json:"words"` // of what it fails by
	Cure    string    `json:"cure"`
	Share   float64   `json:"share"` // of a frozen epoch, in units of a beacon
	Rules   []Figure  `json:"rules"`
	Links   []Link    `json:"links"` // strongest first
}

// Stage is how far a beacon's case has come.
type Stage string

// The stages.
const (
	OnAir  Stage = "on_air" // its reports are sealed until the case closes
	Closed Stage = "closed" // judged alone
	Final  Stage = "final"  // of a frozen epoch: second pass, selection, weights
)

// Link is a beacon at a hotspot that heard it.
type Link struct {
	Hotspot  string   `json:"hotspot"` // EUI
	RSSI     float64  `json:"rssi_dbm"`
	SNR      float64  `json:"snr_db"`
	Distance float64  `json:"distance_m"` // 0: from an unknown place
	State    State    `json:"state"`
	Word     string   `json:"word"`
	Words    string   `json:"words"`
	Cure     string   `json:"cure"`
	Counted  bool     `json:"counted"` // drawn in its hex
	Weight   float64  `json:"weight"`  // of the link, 0 to 1; of a frozen epoch
	Share    float64  `json:"share"`
	Rules    []Figure `json:"rules"`
}

// Figure is one rule that was evaluated on one report.
type Figure struct {
	Rule    string  `json:"rule"`
	Outcome string  `json:"outcome"` // passed or failed
	Unit    string  `json:"unit"`    // empty: met or not
	Value   float64 `json:"value,omitzero"`
	Limit   float64 `json:"limit,omitzero"`
	Margin  float64 `json:"margin,omitzero"`
}

// Attack is one kind of attack on a network and what became of it.
type Attack struct {
	Kind  string   `json:"kind"`
	Title string   `json:"title"`
	Does  string   `json:"does"`
	Sent  int      `json:"sent"`
	Taken int      `json:"taken"` // by chips
	Fates []Reason `json:"fates"`
	State State    `json:"state"`
	Word  string   `json:"word"`
}

// Epoch is one that has begun.
type Epoch struct {
	Number    uint64    `json:"number"`
	Begins    time.Time `json:"begins"`
	Ends      time.Time `json:"ends"`
	Freezes   time.Time `json:"freezes"`
	State     State     `json:"state"`
	Word      string    `json:"word"`
	Beacons   int       `json:"beacons"` // hotspots'
	Valid     int       `json:"valid"`
	Witnesses int       `json:"witnesses"`
	Counted   int       `json:"counted"`
	Root      string    `json:"root"` // SHA-256 of the manifest, once verified
}
