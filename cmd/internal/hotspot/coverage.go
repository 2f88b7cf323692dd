package hotspot

import (
	"context"
	"crypto"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"hexspot/gateway"
	"hexspot/gateway/spool"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// CoverageParts are what proof of coverage needs of a hotspot.
type CoverageParts struct {
	Network  radio.Network
	Signer   crypto.Signer // the station key
	Openings Records       // written before a beacon is emitted
	Reports  Records       // sent until the network has answered
	Notes    notes         // for what was heard and not yet reported; nil: it is in memory only
	Link     Link
	Submit   func(gateway.Submission) // nil: receive only
	Counter  func() radio.Timestamp   // the concentrator's, now; none while no chip runs
	Clock    func() time.Time         // the host's, zero while it cannot be right
	Synced   func() bool              // the host is sure of it; nil: always
	Site     func() (*Site, error)
	Antenna  Antenna     // that beacons are sent with, as configured
	Plan     radio.Plan  // the zero Plan: receive only
	Levels   []radio.DBm // conducted, that the radio is calibrated for
	Log      *slog.Logger

	// Room says how long it is until the duty cycle has room for one of these, false if that
	// is not known. Nil: there is none.
	Room func([]radio.Downlink, gateway.Priority) (time.Duration, bool)

	// Receipts are those on disk that are of an epoch or a later one. Nil: none.
	Receipts    func(context.Context, witness.Epoch) ([]log.Receipt, error)
	Checkpoints string // directory of the network's checkpoints and of evidence; empty: none is kept, none co-signed
}

// Records keeps records on disk; spool.Records does.
type Records interface {
	Put(ctx context.Context, key, body []byte, now time.Time) error
	Next(ctx context.Context, now time.Time) (spool.Record, bool, error)
	Hasten(ctx context.Context) error
	Recent(ctx context.Context, limit int) ([][]byte, error)
	Ack(ctx context.Context, key, receipt []byte, now time.Time) error
	Refuse(ctx context.Context, key []byte, reason string, now time.Time) error
}

// Link is the connection to the network. Neither function blocks.
type Link interface {
	Online() bool
	Report(kind string, payload []byte) // publishes a record; it may be lost
	Tell(name string, payload []byte)   // publishes something else below the station's topics; it may be lost
}

// How much waits for the loop. What does not fit is dropped and counted: a frame is
// one observation less, an answer comes again when its record does.
const (
	mostHeard   = 256
	mostMail    = 64
	mostAnswers = 16 // the one beacon on its way has three
)

// Coverage is the hotspot's part in proof of coverage: it sends beacons, hears those
// of others and reports both (protocol hexspot/1). One goroutine, Run, owns all of it;
// the other methods only leave something for it.
type Coverage struct {
	parts   CoverageParts
	station radio.Station

	shortest []radio.Downlink // beacons of the plan: what the duty cycle must have room for

	heard   chan radio.Uplink
	mail    chan Mail
	arrived chan struct{}
	answers chan witness.BeaconerEvent
	demands chan demand
	ended   chan struct{} // closed when Run is
	dropped atomic.Uint64 // that had no room in these

	mu         sync.Mutex // of what is below: Run's, and Status looks
	chains     *witness.Chains
	early      []byte // the message of values that came last, if an anchor has to come first
	beaconer   *witness.Beaconer
	collector  *witness.Collector
	records    records
	pending    pending
	survey     *survey // nil: none
	before     discoveriesBefore
	steady     steadiness
	trusted    bool      // as the beaconer was told
	confirmed  bool      // the clock was right and has not been set since
	siteLook   time.Time // when the site is read again
	siteFault  string    // what is wrong with it
	site       *Site     // nil: none is known
	restored   bool      // what is on disk is known
	diskLook   time.Time // when it is looked at again
	diskFault  string    // why it is not known
	antenna    string    // how the antenna differs from it
	submission submission
	registry   registry
	told       witness.Reason // why no beacons can be sent, as was logged
	log        *follow
	counts     CoverageCounts
	lastHeard  witness.Millis
}

// Mail is a message of the network.
type Mail struct {
	Name     string // "ack", "heard", "anchor" or "value"
	Payload  []byte
	Retained bool // the broker had kept it
}

// NewCoverage joins the parts.
func NewCoverage(p CoverageParts) (*Coverage, error) {
	station, err := radio.StationOf(p.Signer.Public())
	if err != nil {
		return nil, fmt.Errorf("proof of coverage: %w", err)
	}
	chains := witness.NewChains(p.Network)
	c := &Coverage{
		parts: p, station: station, chains: chains, shortest: witness.ShortestBeacons(p.Plan),
		heard: make(chan radio.Uplink, mostHeard), mail: make(chan Mail, mostMail),
		arrived: make(chan struct{}, 1), answers: make(chan witness.BeaconerEvent, mostAnswers),
		demands: make(chan demand), ended: make(chan struct{}),
		beaconer:  witness.NewBeaconer(witness.BeaconerConfig{Network: p.Network, Station: station, Random: rand.Reader}, chains),
		collector: witness.NewCollector(p.Network, chains),
	}
	c.steady = steadySince(time.Now())
	c.log = newFollow(&c.parts)
	c.pending = newPending(&c.parts)
	c.records = records{parts: &c.parts, flying: map[radio.RecordID]published{}, pace: rate.NewLimiter(sendRate, sendBurst)}
	return c, nil
}

// Hear takes a proprietary frame of the concentrator. It never blocks.
func (c *Coverage) Hear(u radio.Uplink) {
	if !offer(c.heard, u) {
		c.overrun("frame")
	}
}

// Receive takes a message of the network. It never blocks.
func (c *Coverage) Receive(m Mail) {
	if !offer(c.mail, m) {
		c.overrun(m.Name)
	}
}

// Arrived says that there is a new session with the network.
func (c *Coverage) Arrived() { offer(c.arrived, struct{}{}) }

func offer[T any](to chan<- T, v T) bool {
	select {
	case to <- v:
		return true
	default:
		return false
	}
}

// overrun counts what was dropped and tells of the first.
func (c *Coverage) overrun(what string) {
	level := slog.LevelDebug
	if c.dropped.Add(1) == 1 {
		level = slog.LevelWarn
	}
	c.parts.Log.Log(context.Background(), level, "proof of coverage is behind: something was dropped; further ones are logged at debug", "what", what)
}
