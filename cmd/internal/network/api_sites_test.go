package network

import (
	"bytes"
	"fmt"
	"net/http"
	"net/netip"
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
}

// here is where changes come from.
var here = netip.MustParsePrefix("192.0.2.1/32")

// TestPagesAreTheFile: sites come in pages that lead to each other; the text of all is the
// file of the bundle, of JSON the same sites. Few pages are kept.
func TestPagesAreTheFile(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	const stations = 7
	for range stations {
		d.settled(newProver(t, d.network))
	}
	epoch := uint64(d.schedule.Epoch(d.schedule.SlotAt(present()))) + 1
	follow := func(query string) (pages []answer) {
		t.Helper()
		for path := "/v1/sites?" + query; path != ""; {
			a := d.get(path)
			pages = append(pages, a)
			link := a.header.Get("Link")
			path = strings.TrimSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
			if link != "" && path == link || len(pages) > stations {
				t.Fatalf("%q after %d pages", link, len(pages))
			}
		}
		return pages
	}
	at := "epoch=" + strconv.FormatUint(epoch, 10)
	var want bytes.Buffer
	if err := coverage.WriteSnapshot(&want, d.network, epoch, d.registry.Snapshot(t.Context(), epoch)); err != nil {
		t.Fatal(err)
	}
	var file []byte
	for _, a := range follow(at + "&count=3") {
		file = append(file, a.body...)
	}
	if !bytes.Equal(file, want.Bytes()) || bytes.Count(file, []byte("\n")) != stations+1 {
		t.Errorf("%s\nwant\n%s", file, want.Bytes())
	}
	sites := 0
	pages := follow(at + "&count=2&format=json")
	for i, a := range pages {
		var list struct {
			Sites []siteJSON
			Next  string
		}
		a.into(t, &list)
		if (list.Next == "") != (i == len(pages)-1) {
			t.Errorf("page %d leads to %q", i, list.Next)
		}
		sites += len(list.Sites)
	}
	if sites != stations || len(pages) != 4 {
		t.Errorf("%d sites on %d pages", sites, len(pages))
	}
	for query, name := range map[string]string{"count=0": "query", "count=501": "query", "count=x": "query", "after=spot1": "station"} {
		if got := d.get("/v1/sites?" + query).refused(t); got != name {
			t.Errorf("%s: %s", query, got)
		}
	}
	for n := range mostPages + 5 {
		d.get(fmt.Sprintf("/v1/sites?count=%d", n+1))
	}
	if len(d.sites.pages) > mostPages {
		t.Errorf("%d pages are kept", len(d.sites.pages))
	}
}

// TestHistoriesHavePages: a station with many changes is not read whole.
func TestHistoriesHavePages(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	c := soundSite(t)
	c.network, c.deadline = d.network, present()+1_000_000
	const changes = pageChanges + 1
	for nonce := range uint64(changes) {
		c.nonce = nonce
		change := c.change(t)
		if _, err := ApplySite(t.Context(), d.registry, change, d.network, d.schedule.Timing, present()); err != nil {
			t.Fatal(err)
		}
	}
	path, seen := "/v1/sites/"+c.change(t).Record.Station.String(), 0
	for _, want := range []int{pageChanges, 1} {
		var h struct {
			NextChange int `json:"next_change"`
			Changes    []siteJSON
			Next       string
		}
		d.get(path).into(t, &h)
		if h.NextChange != changes || len(h.Changes) != want || h.Changes[0].Change != uint64(seen) {
			t.Fatalf("%d changes of %d from %+v", len(h.Changes), h.NextChange, h.Changes[:1])
		}
		path, seen = h.Next, seen+want
	}
	if path != "" {
		t.Errorf("and then %s", path)
	}
}

// TestFirstSitesAreFew: fresh keys of one address come to an end, also when it is a whole /48,
// while another address and a station with a site are served; and the registry is full at
// some time.
func TestFirstSitesAreFew(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), func(c *CoverageConfig) { c.FirstSites, c.MostSites = 3, 4 })
	now := present()
	enter := func(p *prover, nonce uint64, from string) error {
		t.Helper()
		c := soundSite(t)
		c.network, c.station, c.nonce, c.deadline = d.network, p.key.Signer(), nonce, now+1_000_000
		_, err := d.sites.enter(t.Context(), c.change(t).Append(nil), netip.MustParsePrefix(from), now)
		return err
	}
	refused := func(err error, want witness.RefusalReason, full bool) {
		t.Helper()
		fault, ok := err.(siteFault)
		if r := fault.refusal(); !ok || fault.reason != want || fault.full != full || r.Status < 400 || r.Cure == "" || (r.Refused == "full") != full {
			t.Errorf("%v, %+v", err, fault)
		}
	}
	first := newProver(t, d.network)
	for i, p := range []*prover{first, newProver(t, d.network), newProver(t, d.network)} {
		if err := enter(p, 0, fmt.Sprintf("2001:db8:1:%d::/64", i)); err != nil {
			t.Fatal(err)
		}
	}
	refused(enter(newProver(t, d.network), 0, "2001:db8:1:9::/64"), witness.RefusedRate, false)
	refused(enter(newProver(t, d.network), 1, "2001:db8:1::/64"), witness.RefusedNonce, false)
	for _, nonce := range []uint64{0, 1} { // it is no newcomer
		if err := enter(first, nonce, "2001:db8:1::/64"); err != nil {
			t.Error(nonce, err)
		}
	}
	if err := enter(newProver(t, d.network), 0, "2001:db8:2::/64"); err != nil {
		t.Error(err)
	}
	refused(enter(newProver(t, d.network), 0, "2001:db8:3::/64"), witness.RefusedRate, true)
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

// TestSiteChangesArePaced: soundly signed ones, of each station; the first one is its address's.
func TestSiteChangesArePaced(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	p := newProver(t, d.network)
	c := soundSite(t)
	c.network, c.station, c.deadline = d.network, p.key.Signer(), present()+1_000_000
	for nonce := range uint64(siteChanges + 1) {
		c.nonce = nonce
		if _, err := d.sites.enter(t.Context(), c.change(t).Append(nil), here, present()); err != nil {
			t.Fatal(err)
		}
	}
	c.nonce = siteChanges + 1
	_, err := d.sites.enter(t.Context(), c.change(t).Append(nil), here, present())
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
		if e, err := d.sites.enter(t.Context(), payload, here, now); err != nil || e.Again {
			t.Fatal(e, err)
		}
	}
	for _, later := range []witness.Millis{0, 1000, 1 << 40} {
		if e, err := d.sites.enter(t.Context(), first, here, now+later); err != nil || !e.Again || e.Nonce != 0 || e.From != d.schedule.Epoch(d.schedule.SlotAt(now))+1 {
			t.Errorf("%d ms later: %+v, %v", later, e, err)
		}
	}
	c.nonce = 2
	if _, err := d.sites.enter(t.Context(), c.change(t).Append(nil), here, now+1000); err == nil {
		t.Error("a new change was entered after its deadline")
	}
}
