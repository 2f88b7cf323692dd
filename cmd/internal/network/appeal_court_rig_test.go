package network

import (
	"cmp"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"hexspot/cmd/internal/simulate"
	"hexspot/cmd/internal/verify"
	"hexspot/coverage"
	"hexspot/gateway/broker"
	"hexspot/gateway/spool"
	"hexspot/hardware/keys"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/ingest"
)

// courtSeed is that of a country in which station 12 has enough neighbours to be missed by.
const (
	courtSeed     = 3
	courtHotspots = 120
	walledIn      = 12
)

// heardOf is what a simulated country reports, to be handed to a network as time goes by.
type heardOf struct {
	listings []coverage.Listing
	records  []simulate.Record
	public   []verify.Record
	epochs   []witness.Epoch
}

func (h *heardOf) Sites(sites []simulate.Published) (err error) {
	h.listings, err = simulate.Listings(sites)
	return err
}

func (h *heardOf) Begin(e witness.Epoch) error {
	h.epochs = append(h.epochs, e)
	return nil
}

func (h *heardOf) Keep(r simulate.Record) error {
	if r.Signed.Kind != radio.KindAnchor {
		h.records = append(h.records, r)
	}
	return nil
}

func (h *heardOf) Entropy(kind string, at witness.Millis, message []byte) error {
	h.public = append(h.public, verify.Record{Kind: kind, Stamp: at, Message: message})
	return nil
}

func (h *heardOf) Judged(simulate.Judgement) error { return nil }

// courtroom is a network whose clock is the test's: the parts that hexnet serve runs, over a
// journal, a log, a registry and HTTP of its own. The country of a seed reports to it.
type courtroom struct {
	*proving
	heardOf
	t        *testing.T
	data     Data
	end      func() // of the store
	url      string
	stations map[radio.Station]int
	plaintiff
	time witness.Millis
	fed  int // records that were handed on
}

// plaintiff is a station that no one around it hears, and that hears no one around it: there
// is a wall around its yard. Stations farther off do.
type plaintiff struct {
	station radio.Station
	around  map[radio.Station]bool
	town    map[radio.Station]bool // who is near enough to matter
}

func newCourtroom(t *testing.T) *courtroom {
	t.Helper()
	c := &courtroom{t: t, data: Data(t.TempDir()), stations: map[radio.Station]int{}}
	must(t, c.data.make())
	mustSaveKey(t, c.data.path(keyFile))
	if _, err := simulate.Run(t.Context(), simulate.Config{Hotspots: courtHotspots, Epochs: 3, Seed: courtSeed, Signatures: true, Workers: 2}, &c.heardOf); err != nil {
		t.Fatal(err)
	}
	for n := range courtHotspots {
		s, err := radio.StationOf(simulate.KeyOf(courtSeed, n).Public())
		must(t, err)
		c.stations[s] = n
		if n == walledIn {
			c.plaintiff = newPlaintiff(t, s, c.listings)
		}
	}
	store, end := mustStore(t, c.data)
	c.end = end
	registry := &journaledCountry{t: t, data: c.data}
	must(t, registry.enter(c.listings))
	schedule, err := witness.ScheduleNamed("default")
	must(t, err)
	from, _ := schedule.Slots(c.epochs[0])
	c.time = schedule.Start(from)
	id, err := c.data.Network(c.t.Context())
	must(t, err)
	c.proving, err = openProving(t.Context(), CoverageConfig{Enabled: true, Registered: true, VerifyWorkers: 2}, c.data, id, provingParts{
		journal: store.Journal, records: store, log: slog.New(slog.DiscardHandler), clock: func() witness.Millis { return c.time },
		publish: func(string, []byte, bool) error { return nil },
	})
	must(t, err)
	server := httptest.NewServer(c.proving.mux())
	t.Cleanup(server.Close)
	c.url = server.URL
	c.wall()
	return c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mustSaveKey saves the network's key of the country.
func mustSaveKey(t testing.TB, path string) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(simulate.KeyOf(courtSeed, -1))
	must(t, err)
	key, err := keys.Parse(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	must(t, err)
	must(t, key.Save(path))
}

func newPlaintiff(t testing.TB, s radio.Station, listings []coverage.Listing) plaintiff {
	t.Helper()
	p := plaintiff{station: s, around: map[radio.Station]bool{}, town: map[radio.Station]bool{}}
	at := slices.IndexFunc(listings, func(l coverage.Listing) bool { return l.Station == s })
	home, err := listings[at].Site.Cell.Parent(7)
	must(t, err)
	disk, err := home.Disk()
	must(t, err)
	for _, l := range listings {
		cell, err := l.Site.Cell.Parent(7)
		must(t, err)
		if slices.Contains(disk, cell) && l.Station != s {
			p.around[l.Station] = true
		}
		const town coverage.Millimetres = 60_000_000
		if isWithin(l.Site.Center, listings[at].Site.Center, town) {
			p.town[l.Station] = true
		}
	}
	return p
}

func isWithin(a, b coverage.Position, most coverage.Millimetres) bool {
	return max(a.X-b.X, b.X-a.X, a.Y-b.Y, b.Y-a.Y, a.Z-b.Z, b.Z-a.Z) < most
}

// wall takes out of the reports what the wall keeps from being heard, and those of other
// towns, and puts the rest in the order of their arrival. All entropy is journaled.
func (c *courtroom) wall() {
	c.t.Helper()
	sender := map[witness.Tag]radio.Station{}
	for _, r := range c.records {
		if r.Signed.Kind == radio.KindBeacon {
			b, err := witness.ParseBeacon(r.Signed.Body)
			must(c.t, err)
			sender[witness.TagOf(b.Signature)] = r.Signed.Station
		}
	}
	kept := c.records[:0]
	for _, r := range c.records {
		if c.town[r.Signed.Station] && c.muffle(&r, sender) {
			kept = append(kept, r)
		}
	}
	c.records = kept
	slices.SortStableFunc(c.records, func(a, b simulate.Record) int { return cmp.Compare(a.Receive, b.Receive) })
	for n, r := range c.public {
		must(c.t, c.keep(c.t.Context(), r.Kind, byte(n), fmt.Sprint("entropy-", n), r.Stamp, r.Message))
	}
}

// muffle leaves of a witness report what was heard in spite of the wall, and says whether
// anything is left.
func (c *courtroom) muffle(r *simulate.Record, sender map[witness.Tag]radio.Station) bool {
	if r.Signed.Kind != radio.KindWitness {
		return true
	}
	by := r.Signed.Station
	batch, err := witness.ParseBatch(r.Signed.Body)
	must(c.t, err)
	was := len(batch.Observations)
	batch.Observations = slices.DeleteFunc(batch.Observations, func(o witness.Observation) bool {
		from := sender[o.Frame.Tag]
		return by == c.station && c.around[from] || c.around[by] && from == c.station
	})
	if n := len(batch.Observations); n > 0 && n < was {
		r.Signed = c.sign(by, radio.KindWitness, batch)
	}
	return len(batch.Observations) > 0
}

func (c *courtroom) sign(s radio.Station, kind radio.Kind, body interface{ Append([]byte) []byte }) radio.Signed {
	c.t.Helper()
	signed, err := radio.Sign(simulate.KeyOf(courtSeed, c.stations[s]), c.network, kind, body.Append(nil))
	must(c.t, err)
	return signed
}

// until lets time go by: what was reported up to then comes in, epochs whose time has come are
// frozen and verified.
func (c *courtroom) until(now witness.Millis) {
	c.t.Helper()
	for {
		next := min(now, c.schedule.Freezes(c.verify.next)+c.schedule.Slot)
		c.feed(next)
		c.time = next
		must(c.t, c.freezing.catchUp(c.t.Context(), next))
		must(c.t, c.verify.catchUp(c.t.Context(), next))
		if next == now {
			return
		}
	}
}

// feed has stations report, many at once.
func (c *courtroom) feed(until witness.Millis) {
	c.t.Helper()
	group, ctx := errgroup.WithContext(c.t.Context())
	group.SetLimit(256)
	for ; c.fed < len(c.records) && c.records[c.fed].Receive <= until; c.fed++ {
		r := c.records[c.fed]
		group.Go(func() error {
			m := broker.Message{Station: r.Signed.Station, Payload: r.Signed.Append(nil)}
			return c.reports.take(ctx, m, string(r.Signed.Kind), r.Receive)
		})
	}
	must(c.t, group.Wait())
}

// report has a station report something now, and keep it with its receipt.
func (c *courtroom) report(disk *spool.Records, s radio.Signed) {
	c.t.Helper()
	ctx, now := c.t.Context(), c.time.Time()
	must(c.t, disk.Put(ctx, idOf(s, c.network), s.Append(nil), now))
	m := ingest.Message{Station: s.Station, Kind: string(s.Kind), Payload: s.Append(nil)}
	answer, err := c.reports.ingest.Take(ctx, m, c.time)
	must(c.t, err)
	if answer.Refusal != nil {
		c.t.Fatalf("a report of kind %s is refused: %+v", s.Kind, answer.Refusal)
	}
	receipt, err := c.reports.encode(answer)
	must(c.t, err)
	must(c.t, disk.Ack(ctx, idOf(s, c.network), receipt, now))
}

func idOf(s radio.Signed, n radio.Network) []byte {
	id := s.ID(n)
	return id[:]
}

// disk is the spool of a hotspot, and its path.
func (c *courtroom) disk() (string, *spool.Records) {
	c.t.Helper()
	path := filepath.Join(c.t.TempDir(), "spool.db")
	disk, err := spool.Open(c.t.Context(), spool.Config{Path: path}, slog.New(slog.DiscardHandler))
	must(c.t, err)
	c.t.Cleanup(func() { _ = disk.Close() })
	return path, disk.Records("reports to " + c.network.String())
}
