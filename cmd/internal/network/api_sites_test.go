package network

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// TestSitesOverHTTP: a change is entered once, a wrong one refused by its name, and all
// can be read back with its signatures.
func TestSitesOverHTTP(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	one, two := ownerKey(t, "1"), ownerKey(t, "2")
	first := soundSite(t)
	first.network, first.deadline = d.network, present()+1_000_000
	post := func(body []byte, kind string) answer {
		t.Helper()
		return request(t, http.MethodPost, d.url+"/v1/sites", body, "Content-Type", kind)
	}
	text := []byte(SiteText(first.change(t).Append(nil)) + "\n")
	var entered siteEntered
	got := post(text, "application/x-www-form-urlencoded") // what curl --data-binary says
	got.into(t, &entered)
	latest := d.schedule.Epoch(d.schedule.SlotAt(present())) + 1
	if got.status != http.StatusCreated || entered.Change != 0 || entered.From != latest && entered.From != latest-1 {
		t.Fatalf("%d %+v", got.status, entered)
	}
	if again := post(first.change(t).Append(nil), protobuf); again.status != http.StatusOK {
		t.Errorf("%d %s", again.status, again.body)
	}
	change := func(f func(*siteCase)) []byte {
		c := first
		c.nonce = 1
		f(&c)
		return c.change(t).Append(nil)
	}
	for what, c := range map[string]struct {
		body   []byte
		status int
		want   witness.RefusalReason
	}{
		"size":      {make([]byte, 2*witness.MaxSiteChange+1), http.StatusRequestEntityTooLarge, witness.RefusedSize},
		"encoding":  {[]byte("x"), http.StatusBadRequest, witness.RefusedEncoding},
		"nothing":   {nil, http.StatusBadRequest, witness.RefusedEncoding},
		"network":   {change(func(c *siteCase) { c.network = radio.Network{1} }), http.StatusForbidden, witness.RefusedSignature},
		"stranger":  {change(func(c *siteCase) { c.signer = two }), http.StatusForbidden, witness.RefusedSignature},
		"deadline":  {change(func(c *siteCase) { c.deadline = 1 }), http.StatusForbidden, witness.RefusedDeadline},
		"nonce":     {change(func(c *siteCase) { c.nonce = 2 }), http.StatusConflict, witness.RefusedNonce},
		"owner":     {change(func(c *siteCase) { c.owner, c.signer = two, two }), http.StatusForbidden, witness.RefusedOwner},
		"no cell":   {change(func(c *siteCase) { c.spoil = func(s *witness.Site) { s.Cell = 1 } }), http.StatusUnprocessableEntity, witness.RefusedSite},
		"another 0": {change(func(c *siteCase) { c.nonce = 0; c.spoil = func(s *witness.Site) { s.Gain = 1 } }), http.StatusConflict, witness.RefusedNonce},
	} {
		got := post(c.body, protobuf)
		if reason := got.refused(t); reason != string(c.want) || got.status != c.status {
			t.Errorf("%s: %d %s, want %d %s", what, got.status, reason, c.status, c.want)
		}
	}
	if got := post([]byte("no line!"), "text/plain").refused(t); got != "encoding" {
		t.Error(got)
	}
	station := first.change(t).Record.Station
	var history struct {
		NextChange int `json:"next_change"`
		Changes    []siteJSON
	}
	d.get("/v1/sites/"+station.String()).into(t, &history)
	if history.NextChange != 1 || len(history.Changes) != 1 || !bytes.Equal(history.Changes[0].Signed, first.change(t).Append(nil)) || history.Changes[0].Owner != one.Account().String() {
		t.Errorf("%+v", history)
	}
	if got := d.get("/v1/sites/" + newProver(t, d.network).key.Station().String()).refused(t); got != "unknown_station" {
		t.Error(got)
	}
}

// TestSnapshotsOverHTTP: text is the bundle's file, an epoch that is over never changes.
func TestSnapshotsOverHTTP(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	p := newProver(t, d.network)
	d.settled(p)
	running := uint64(d.schedule.Epoch(d.schedule.SlotAt(present())))
	for offset, want := range map[int]int{-1: 0, 1: 1} {
		epoch := uint64(int(running) + offset)
		a := d.get("/v1/sites?epoch=" + strconv.FormatUint(epoch, 10))
		file, err := coverage.ReadSnapshot(bytes.NewReader(a.body))
		if err != nil || file.Epoch != epoch || file.Network != d.network {
			t.Fatal(file, err)
		}
		n := len(file.Listings)
		if n != want || strings.Contains(a.header.Get("Cache-Control"), "immutable") != (offset < 0) {
			t.Errorf("epoch %+d: %d sites, %v", offset, n, a.header)
		}
		var list struct{ Sites []siteJSON }
		d.get("/v1/sites?format=json&epoch="+strconv.FormatUint(epoch, 10)).into(t, &list)
		if len(list.Sites) != want {
			t.Errorf("epoch %+d: %+v", offset, list)
		}
	}
	if len(d.sites.snapshots) > mostSnapshots {
		t.Errorf("%d snapshots are kept", len(d.sites.snapshots))
	}
}

// TestSitesOverMQTT: the station is told that its site is entered, as often as it asks, or
// why not.
func TestSitesOverMQTT(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	p := newProver(t, d.network)
	c := soundSite(t)
	c.network, c.station, c.deadline = d.network, p.key.Signer(), present()+1_000_000
	payload := c.change(t).Append(nil)
	for range 2 {
		taken, err := witness.ParseSiteTaken(d.hear(p, "up/site", payload, "ack"))
		if err != nil || taken.Nonce != 0 || taken.From == 0 {
			t.Errorf("%+v, %v", taken, err)
		}
	}
	c.nonce = 7
	for payload, want := range map[string]witness.RefusalReason{
		string(c.change(t).Append(nil)): witness.RefusedNonce, "x": witness.RefusedEncoding, "": witness.RefusedEncoding,
	} {
		if r, err := witness.ParseRefusal(d.hear(p, "up/site", []byte(payload), "ack")); err != nil || r.Reason != want {
			t.Errorf("%+v, %v", r, err)
		}
	}
	other := newProver(t, d.network)
	c.station, c.nonce = other.key.Signer(), 0
	if r, err := witness.ParseRefusal(d.hear(p, "up/site", c.change(t).Append(nil), "ack")); err != nil || r.Reason != witness.RefusedStation {
		t.Errorf("another station's change: %+v, %v", r, err)
	}
}

// TestSiteChangesArePaced: soundly signed ones, of each station.
func TestSiteChangesArePaced(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	p := newProver(t, d.network)
	c := soundSite(t)
	c.network, c.station, c.deadline = d.network, p.key.Signer(), present()+1_000_000
	for nonce := range uint64(siteChanges) {
		c.nonce = nonce
		if _, err := d.sites.enter(t.Context(), c.change(t).Append(nil), present()); err != nil {
			t.Fatal(err)
		}
	}
	c.nonce = siteChanges
	_, err := d.sites.enter(t.Context(), c.change(t).Append(nil), present())
	if fault, ok := err.(siteFault); !ok || fault.reason != witness.RefusedRate {
		t.Errorf("%v", err)
	}
}

// TestWhatWasEnteredStaysEntered: a hotspot sends its change at each start, also when the
// deadline has passed and there is a later change.
func TestWhatWasEnteredStaysEntered(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	c := soundSite(t)
	now := present()
	c.network, c.deadline = d.network, now+1000
	first := c.change(t).Append(nil)
	c.nonce = 1
	for _, payload := range [][]byte{first, c.change(t).Append(nil)} {
		if e, err := d.sites.enter(t.Context(), payload, now); err != nil || e.again {
			t.Fatal(e, err)
		}
	}
	for _, later := range []witness.Millis{0, 1000, 1 << 40} {
		if e, err := d.sites.enter(t.Context(), first, now+later); err != nil || !e.again || e.Nonce != 0 || e.from != d.schedule.Epoch(d.schedule.SlotAt(now))+1 {
			t.Errorf("%d ms later: %+v, %v", later, e, err)
		}
	}
	c.nonce = 2
	if _, err := d.sites.enter(t.Context(), c.change(t).Append(nil), now+1000); err == nil {
		t.Error("a new change was entered after its deadline")
	}
}
