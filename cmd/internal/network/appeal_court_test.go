package network

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hexspot/cmd/internal/hotspot"
	"hexspot/cmd/internal/simulate"
	"hexspot/coverage"
	"hexspot/gateway/spool"
	"hexspot/radio"
	"hexspot/witness"
)

// TestAnAppealFromEndToEnd: a station behind a wall is heard by none of its eleven neighbours. Its
// weight falls below one half, and what that takes is held. Friends sign afterwards that they stood
// beside it: rejected. Two strangers do stand beside it while it sends discovery beacons: the same
// function works the weight out again, it is whole, and what was held is paid. All of it is
// published, explained over HTTP, and follows again from the data directory.
func TestAnAppealFromEndToEnd(t *testing.T) {
	t.Parallel()
	c := newCourtroom(t)
	last := c.epochs[2]
	_, to := c.schedule.Slots(last)
	c.until(c.schedule.Freezes(c.epochs[1]) + c.schedule.Slot)
	held := c.holds(c.epochs[1])
	if held.Beacon == 0 || held.Witness == 0 {
		t.Fatalf("held %+v", held)
	}
	text := c.text("/v1/witness/stations/" + c.station.String() + "/epochs/newest")
	if !strings.Contains(text, "heard_around") || !strings.Contains(text, "that an appeal can release") {
		t.Errorf("%s", text)
	}
	c.reveal(last)

	path, own := c.disk()
	begin := c.schedule.SlotAt(c.time) + 1
	witnesses := c.strangers(4)
	forged := c.drive(own, witnesses[:2], begin, false)
	seen := c.drive(own, witnesses[2:], begin+c.schedule.WindowSlots/2, true)
	if got := c.post(c.appealOf(witnesses[0])).refused(t); got != "below_half" {
		t.Errorf("a station whose weight is whole: %q", got)
	}
	ids := []string{c.submit(path, forged), c.submit(path, seen)}
	c.until(c.schedule.Freezes(last) + c.schedule.Slot)
	if c.schedule.Start(to) >= c.time {
		t.Fatal("the epoch is not over")
	}

	for n, want := range []string{"rule in_time", "The appeal is accepted"} {
		if text := c.text("/v1/witness/reports/" + ids[n]); !strings.Contains(text, want) {
			t.Errorf("want %q:\n%s", want, text)
		}
	}
	text = c.text("/v1/witness/stations/" + c.station.String() + "/epochs/newest")
	if !strings.Contains(text, "appealed") || !strings.Contains(text, "below 50.00 %") || strings.Contains(text, "heard_around") {
		t.Errorf("%s", text)
	}
	r, err := c.data.OpenVerified(last)
	must(t, err)
	outcomes, err := r.Outcomes()
	must(t, err)
	if got := outcomes.Released[c.station]; got != held {
		t.Errorf("released %+v, held were %+v", got, held)
	}
	tally, _, err := r.Tally(c.station)
	must(t, err)
	if before := c.shares(c.epochs[1]); tally.Shares() < before+held.Beacon+held.Witness {
		t.Errorf("%d shares, %d the day before, and %+v is released", tally.Shares(), before, held)
	}
	c.verifyAgain(last)
}

// holds is what the weight of the plaintiff, which must be provisional, holds of it.
func (c *courtroom) holds(e witness.Epoch) witness.Holding {
	c.t.Helper()
	r, err := c.data.OpenVerified(e)
	must(c.t, err)
	all, err := r.Provisions()
	must(c.t, err)
	p, ok := all[witness.StationSubject(c.station)]
	if !ok || p.Final || p.Weight >= witness.Provisional || len(p.Clues) != 1 || p.Clues[0].Name != witness.ClueAround {
		c.t.Fatalf("the weight of the station: %+v", p)
	}
	return p.Held[c.station]
}

func (c *courtroom) shares(e witness.Epoch) uint64 {
	c.t.Helper()
	r, err := c.data.OpenVerified(e)
	must(c.t, err)
	tally, _, err := r.Tally(c.station)
	must(c.t, err)
	return tally.Shares()
}

func (c *courtroom) text(path string) string {
	c.t.Helper()
	got := request(c.t, http.MethodGet, c.url+path+"?format=text", nil)
	if got.status != http.StatusOK {
		c.t.Fatalf("%s: %d %s", path, got.status, got.body)
	}
	return string(got.body)
}

// reveal tells the public entropy what the network publishes of an epoch.
func (c *courtroom) reveal(e witness.Epoch) {
	c.t.Helper()
	from, to := c.schedule.Slots(e)
	for _, r := range c.public {
		switch r.Kind {
		case string(radio.KindAnchor):
			s, err := radio.ParseSigned(r.Message)
			must(c.t, err)
			if a, err := witness.OpenAnchor(s, c.network); err == nil && a.Covers(from) {
				c.entropy.public.setAnchors([]radio.Signed{s})
			}
		default:
			values, err := witness.ParseValues(r.Message)
			must(c.t, err)
			if values[0].Slot == to-1 {
				c.entropy.public.setValues(values[:1])
			}
		}
	}
}

// strangers are stations in good standing of owners of their own.
func (c *courtroom) strangers(n int) (list []radio.Station) {
	c.t.Helper()
	r, err := c.data.OpenVerified(c.epochs[1])
	must(c.t, err)
	provisions, err := r.Provisions()
	must(c.t, err)
	events, err := r.Events()
	must(c.t, err)
	owners := []coverage.Account{c.site(c.station).Owner}
	for _, l := range c.listings {
		_, bad := provisions[witness.StationSubject(l.Station)]
		if e := events[l.Station]; bad || e.Beaconed == 0 || e.Witnessed == 0 || slices.Contains(owners, l.Site.Owner) || len(list) == n {
			continue
		}
		list, owners = append(list, l.Station), append(owners, l.Site.Owner)
	}
	return list
}

func (c *courtroom) site(s radio.Station) coverage.Site {
	at := slices.IndexFunc(c.listings, func(l coverage.Listing) bool { return l.Station == s })
	return c.listings[at].Site
}

// drive has the station send eight discovery beacons in two windows, and others report what they heard of
// them beside it: at once, or all of it a day later. It gives what 'hexspot appeal records' and
// 'hexspot appeal sign' print for them.
func (c *courtroom) drive(own *spool.Records, drivers []radio.Station, begin witness.Slot, now bool) (evidence []radio.Signed) {
	c.t.Helper()
	var where witness.Positions
	paths, disks := make([]string, len(drivers)), make([]*spool.Records, len(drivers))
	for i := range drivers {
		paths[i], disks[i] = c.disk()
	}
	for i := range witness.Slot(8) {
		k := begin + i*c.schedule.WindowSlots/6
		on := witness.OnAir{Frequency: 868_100_000, SF: 10, Conducted: 1_300, Sent: c.schedule.Start(k) + 20_000}
		d := witness.Discovery{Slot: k, Random: witness.Tag{byte(begin), byte(i)}, OnAir: on}
		if now {
			c.until(c.schedule.Start(k) + 30_000)
		} else {
			c.until(c.schedule.CaseCloses(begin + 8*c.schedule.WindowSlots/6))
		}
		c.report(own, c.sign(c.station, radio.KindDiscovery, d))
		value, ok := c.value(k)
		if !ok {
			c.t.Fatalf("slot %d has no value", k)
		}
		heard := witness.Observation{
			Frame: witness.Frame{Type: witness.FrameDiscovery, Tag: d.Random, Mark: witness.MarkOf(c.network, value)}, Frequency: on.Frequency, SF: on.SF,
			ChannelRSSI: -6_000, SignalRSSI: -6_000, HasSignalRSSI: true, Heard: on.Sent + 371, Copies: 1,
		}
		for n, s := range drivers {
			c.report(disks[n], c.sign(s, radio.KindWitness, witness.Batch{Epoch: c.epochs[2], Observations: []witness.Observation{heard}}))
		}
		where.Fixes = append(where.Fixes, witness.Fix{At: on.Sent, Position: c.site(c.station).Center})
	}
	for n, s := range drivers {
		list, err := hotspot.ReadRecords(c.t.Context(), paths[n], "", []radio.Kind{radio.KindWitness}, c.schedule.Start(begin).Time())
		must(c.t, err)
		evidence = append(append(evidence, list...), c.sign(s, radio.KindPositions, where))
	}
	return evidence
}

// value is the entropy of a slot.
func (c *courtroom) value(k witness.Slot) (witness.Entropy, bool) {
	p := c.entropy.public
	p.mu.Lock()
	defer p.mu.Unlock()
	a, err := witness.OpenAnchor(p.anchors[0], c.network)
	must(c.t, err)
	trail := witness.NewTrail(c.network, a)
	must(c.t, trail.Learn(p.values[0].Slot, p.values[0].Entropy))
	return trail.Value(k)
}

// submit makes an appeal as 'hexspot appeal file' does, sends it as curl does, and gives its id.
func (c *courtroom) submit(path string, evidence []radio.Signed) string {
	c.t.Helper()
	file, err := hotspot.Appealing{
		Spool: path, Signer: simulate.KeyOf(courtSeed, walledIn), Epoch: c.epochs[1], Since: c.schedule.Start(0).Time(), Others: evidence,
	}.File(c.t.Context())
	must(c.t, err)
	if len(file.Evidence) != 8+8*2+2 || len(file.Receipts) != 8+8*2 {
		c.t.Fatalf("%d records, %d receipts", len(file.Evidence), len(file.Receipts))
	}
	var taken appealTaken
	got := c.post(file)
	got.into(c.t, &taken)
	id := file.Record.ID(c.network)
	if got.status != http.StatusAccepted || taken.Epoch != c.epochs[2] || taken.Appeal != hex.EncodeToString(id[:]) {
		c.t.Fatalf("%d %s", got.status, got.body)
	}
	return taken.Appeal
}

func (c *courtroom) post(file witness.AppealFile) answer {
	c.t.Helper()
	body := []byte(base64.RawURLEncoding.EncodeToString(file.Append(nil)) + "\n")
	return request(c.t, http.MethodPost, c.url+"/v1/witness/appeals", body, "Content-Type", "application/x-www-form-urlencoded")
}

// appealOf is an appeal with nothing to appeal against.
func (c *courtroom) appealOf(s radio.Station) witness.AppealFile {
	c.t.Helper()
	file, body, err := witness.NewAppealFile(c.network, c.epochs[1], radio.Station{}, []radio.Signed{c.sign(s, radio.KindPositions, witness.Positions{Fixes: []witness.Fix{{At: 1}}})})
	must(c.t, err)
	file.Record = c.sign(s, radio.KindAppeal, body)
	return file
}

// verifyAgain ends the network and has the epoch follow once more from its data directory.
func (c *courtroom) verifyAgain(e witness.Epoch) {
	c.t.Helper()
	must(c.t, c.close())
	c.end()
	found, err := Reverification{
		Config: Config{Coverage: CoverageConfig{Enabled: true}}, Data: c.data, Epoch: &e, Workers: 2, Out: filepath.Join(c.t.TempDir(), "again"), Log: c.log,
	}.Run(c.t.Context())
	if err != nil || !found.Published || len(found.Differ) > 0 {
		c.t.Errorf("%+v, %v", found, err)
	}
}
