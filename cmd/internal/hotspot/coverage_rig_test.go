package hotspot

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/coverage"
	"hexspot/gateway"
	"hexspot/gateway/spool"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// areaCell is where the station says to be.
const areaCell coverage.Hex = 0x8c1f9ed938c4bff

var errDead = errors.New("the process is dead")

// area is a network, a radio and a disk around one Coverage, in a bubble whose time
// begins in 2000, with the demo's timing. It lets the Coverage die after a number of
// steps that others can see, and start again with what is on disk.
type area struct {
	t       *testing.T
	network ed25519.PrivateKey
	station ed25519.PrivateKey
	timing  witness.Timing
	anchor  witness.Anchor
	chain   *witness.Chain
	disk    *spool.Spool

	mu    sync.Mutex
	dead  bool
	steps int // seen so far
	noted int // notes written

	c       *Coverage
	stop    func()
	dieAt   int // 0: never
	online  bool
	refuse  string       // the reason for which reports are refused
	mute    atomic.Bool  // no answers
	trusted atomic.Bool  // the clock
	ahead   atomic.Int64 // nanoseconds that it is wrong
	unsure  atomic.Bool  // the kernel is not synchronized
	looks   atomic.Int64 // at whether it is
	unread  error        // why reports on disk cannot be read
	site    *witness.Placement
	antenna Antenna
	change  []byte // that the network is to enter
	notes   string // directory of checkpoints

	asked    int                   // how the site stands
	standing *witness.SiteStanding // the answer; nil: none comes

	receipts []log.Receipt // on disk
	plan     radio.Plan
	status   radio.TxStatus
	early    bool          // values come before anchors
	spent    time.Duration // until the duty cycle has room

	lines   *bytes.Buffer // that are logged; nil: nobody reads them
	emitted []uint64      // windows
	placed  []radio.RecordID
	said    []string // what else the network heard: name, space, payload
	reports []radio.Signed
}

func keyFrom(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(slices.Repeat([]byte{n}, ed25519.SeedSize))
}

func stationOf(t *testing.T, key ed25519.PrivateKey) radio.Station {
	t.Helper()
	s, err := radio.StationOf(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (a *area) id() radio.Network { return stationOf(a.t, a.network).Network() }

// inArea runs f in a bubble.
func inArea(t *testing.T, f func(*testing.T, *area)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		schedule, err := witness.ScheduleNamed("demo")
		if err != nil {
			t.Fatal(err)
		}
		plan, err := radio.PlanNamed("EU868")
		if err != nil {
			t.Fatal(err)
		}
		a := &area{
			t: t, network: keyFrom(1), station: keyFrom(2), timing: schedule.Timing, online: true,
			site: &witness.Placement{Plan: "EU868"}, plan: plan, status: radio.TxOK,
		}
		a.trusted.Store(true)
		from := a.timing.SlotAt(witness.MillisOf(time.Now()))
		if a.chain, err = witness.NewChain(a.id(), from, from+300, witness.Entropy{1}); err != nil {
			t.Fatal(err)
		}
		a.anchor = witness.Anchor{From: from, To: from + 300, Timing: a.timing, Parameters: sha256.Sum256(nil), X0: a.chain.X0()}
		if a.disk, err = spool.Open(t.Context(), spool.Config{Path: filepath.Join(dir, "spool.db")}, quiet()); err != nil {
			t.Fatal(err)
		}
		defer func() { a.disk.Close() }()
		f(t, a)
		a.stop()
	})
}

// start begins a process with what is on disk, and tells it what a broker retains.
func (a *area) start() {
	life := &life{area: a}
	c, err := NewCoverage(CoverageParts{
		Network: a.id(), Signer: a.station, Log: a.logger(), Plan: a.plan, Levels: []radio.DBm{1000, 1200, 1400},
		Openings: &mortal{life, a.disk.Records("opening")}, Reports: &mortal{life, a.disk.Records("report")},
		Notes: &mortalNotes{life, a.disk},
		Link:  life, Submit: life.submit, Counter: counterNow, Antenna: a.antenna, Site: a.readSite, Checkpoints: a.notes, Receipts: a.receiptsOnDisk,
		Synced: func() bool { a.looks.Add(1); return !a.unsure.Load() },
		Room:   func([]radio.Downlink, gateway.Priority) (time.Duration, bool) { return a.spent, true },
		Clock: func() time.Time {
			if !a.trusted.Load() {
				return time.Time{}
			}
			return time.Now().Add(time.Duration(a.ahead.Load()))
		},
	})
	if err != nil {
		a.t.Fatal(err)
	}
	a.mu.Lock()
	a.c, life.c, a.dead = c, c, false
	a.mu.Unlock()
	ctx, cancel := context.WithCancel(a.t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	a.stop = func() {
		cancel()
		if err := <-done; err != nil {
			a.t.Error(err)
		}
	}
	a.join()
}

// logger is where what is logged goes.
func (a *area) logger() *slog.Logger {
	if a.lines == nil {
		return quiet()
	}
	return slog.New(slog.NewTextHandler(a.lines, nil))
}

// index is where the network's log has a record.
func (a *area) index(id radio.RecordID) (index uint64) {
	a.note(func() {
		i := slices.Index(a.placed, id)
		if i < 0 {
			i, a.placed = len(a.placed), append(a.placed, id)
		}
		index = uint64(i)
	})
	return index
}

// receiptsOnDisk are those that Coverage asks for when it starts.
func (a *area) receiptsOnDisk(_ context.Context, since witness.Epoch) (list []log.Receipt, err error) {
	for _, r := range a.receipts {
		if r.Epoch >= since {
			list = append(list, r)
		}
	}
	return list, nil
}

func (a *area) readSite() (site *Site, err error) {
	err = errors.New("no such file")
	a.note(func() {
		if a.site != nil {
			site, err = &Site{*a.site, areaCell, a.change}, nil
		}
	})
	return site, err
}

// join is a new session with the network.
func (a *area) join() {
	a.c.Arrived()
	signed, err := radio.Sign(a.network, a.id(), radio.KindAnchor, a.anchor.Append(nil))
	if err != nil {
		a.t.Fatal(err)
	}
	if a.early {
		a.reveal(true)
	}
	a.c.Receive(Mail{Name: "anchor", Payload: witness.AppendAnchors(nil, []radio.Signed{signed}), Retained: true})
	if !a.early {
		a.reveal(true)
	}
}

// reveal publishes the value of the present slot.
func (a *area) reveal(retained bool) {
	k := a.timing.SlotAt(witness.MillisOf(time.Now()))
	x, _ := a.chain.Value(k)
	a.c.Receive(Mail{Name: "value", Payload: witness.AppendValues(nil, []witness.Value{{Slot: k, Entropy: x}}), Retained: retained})
}

// moments are how often in a slot a dead process is noticed.
const moments = 16

// pass lets whole slots pass, with each one's value. What has died starts again.
func (a *area) pass(slots int) {
	for range slots {
		for range moments {
			time.Sleep(a.timing.Slot.Duration() / moments) // of the bubble
			synctest.Wait()
			if a.died() {
				a.stop()
				a.start()
			}
		}
		if a.online {
			a.reveal(false)
		}
		synctest.Wait()
	}
}

// kill ends the process without a last word.
func (a *area) kill() {
	a.note(func() { a.dead = true })
	a.stop()
}

func (a *area) died() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.dead
}

func (a *area) note(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f()
}

// sent are the reports that reached the network, with those that came twice.
func (a *area) sent() (list []radio.Signed) {
	a.note(func() { list = slices.Clone(a.reports) })
	return list
}

// beacons are the windows of the beacons that were emitted.
func (a *area) beacons() (list []uint64) {
	a.note(func() { list = slices.Clone(a.emitted) })
	return list
}

func counterNow() radio.Timestamp {
	return radio.Timestamp{Session: 1, Micros: uint64(time.Now().UnixMicro() - 900_000_000_000_000)}
}

// life is one process.
type life struct {
	*area
	c *Coverage
}

// seen counts a step and says whether the process lives to do it.
func (l *life) seen() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.c != l.area.c || l.dead {
		return false
	}
	l.steps++
	l.dead = l.steps == l.dieAt
	return !l.dead
}

func (l *life) Online() bool { return l.online }

func (l *life) Tell(name string, payload []byte) {
	if !l.seen() {
		return
	}
	if string(payload) == witness.AskSite {
		l.note(func() {
			l.asked++
			if l.standing != nil {
				l.c.Receive(Mail{Name: "proof", Payload: l.standing.Append(nil)})
			}
		})
	} else {
		l.note(func() { l.said = append(l.said, name+" "+string(payload)) })
	}
}

func (l *life) Report(kind string, payload []byte) {
	if kind == string(radio.KindSite) {
		l.Tell("up/site", payload)
		return
	}
	if !l.seen() {
		return
	}
	s, err := radio.ParseSigned(payload)
	if err != nil || string(s.Kind) != kind || s.Verify(l.id()) != nil {
		l.t.Errorf("a report of kind %s is sent that is no good: %v", kind, err)
		return
	}
	l.note(func() { l.reports = append(l.reports, s) })
	if !l.mute.Load() {
		l.c.Receive(Mail{Name: "ack", Payload: l.answer(s)})
	}
}

func (l *life) answer(s radio.Signed) []byte {
	id := s.ID(l.id())
	if l.refuse != "" {
		return fmt.Appendf(nil, `{"report":"%x","refused":%q,"text":"so it is"}`, sha256.Sum256(s.Append(nil)), l.refuse)
	}
	body := witness.Receipt{Record: id, Received: witness.MillisOf(time.Now()), Index: l.index(id)}.Append(nil)
	receipt, err := radio.Sign(l.network, l.id(), radio.KindReceipt, body)
	if err != nil {
		l.t.Fatal(err)
	}
	return receipt.Append(nil)
}

// submit is a downlink queue and a radio.
func (l *life) submit(s gateway.Submission) {
	if !l.seen() {
		return
	}
	now := witness.MillisOf(time.Now())
	if left, ok := s.Command.Latest.Sub(counterNow()); !ok || now+witness.Millis(left/time.Millisecond) != l.timing.End(l.timing.SlotAt(now)) {
		l.t.Errorf("the beacon must end by %v, in %v", s.Command.Latest, left)
	}
	s.Answer(gateway.Answer{ID: s.Command.ID, Statuses: []radio.TxStatus{l.status}})
	if l.status != radio.TxOK {
		return
	}
	e := radio.Emission{Outcome: radio.Emitted, Start: counterNow(), Airtime: 371 * time.Millisecond, Conducted: 1200}
	l.note(func() { l.emitted = append(l.emitted, l.timing.Window(l.timing.SlotAt(now))) })
	time.AfterFunc(e.Airtime, func() {
		if l.seen() {
			s.Report(gateway.Report{ID: s.Command.ID, Emission: e})
		}
	})
}

// mortal are records of a process: what it writes after its death is not written.
type mortal struct {
	life *life
	Records
}

func (m *mortal) Put(ctx context.Context, key, body []byte, now time.Time) error {
	if !m.life.seen() {
		return errDead
	}
	return m.Records.Put(ctx, key, body, now)
}

func (m *mortal) Next(ctx context.Context, now time.Time) (spool.Record, bool, error) {
	if !m.life.seen() {
		return spool.Record{}, false, errDead
	}
	return m.Records.Next(ctx, now)
}

func (m *mortal) Recent(ctx context.Context, limit int) ([][]byte, error) {
	if m.life.unread != nil {
		return nil, m.life.unread
	}
	return m.Records.Recent(ctx, limit)
}

func (m *mortal) Ack(ctx context.Context, key, receipt []byte, now time.Time) error {
	if !m.life.seen() {
		return errDead
	}
	return m.Records.Ack(ctx, key, receipt, now)
}

// mortalNotes are notes of a process.
type mortalNotes struct {
	life *life
	notes
}

func (m *mortalNotes) SetNote(ctx context.Context, name string, body []byte) error {
	if !m.life.seen() {
		return errDead
	}
	m.life.note(func() { m.life.noted++ })
	return m.notes.SetNote(ctx, name, body)
}
