package network

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// TestNetworkOverHTTP: what a client has to know, and what is not there.
func TestNetworkOverHTTP(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	var about networkJSON
	d.get("/v1/network").into(t, &about)
	file := d.get("/v1/parameters.json")
	parameters, err := witness.ParseParameters(file.body)
	if err != nil {
		t.Fatal(err)
	}
	if about.Network != d.network.String() || about.Key != d.ingest.String() || about.RuleSet != "hexspot-1" ||
		about.Timing.Slot != 2000 || about.Parameters != fmt.Sprintf("%x", parameters.Hash()) {
		t.Errorf("%+v", about)
	}
	if again := d.get("/v1/parameters.json", "If-None-Match", file.header.Get("ETag")); again.status != http.StatusNotModified || len(again.body) != 0 {
		t.Errorf("%d %s", again.status, again.body)
	}
	for path, want := range map[string]string{
		"/": "path", "/v1": "path", "/v2/network": "path", "/v1/entropy/values/x": "query", "/v1/entropy/values/-1": "query",
		"/v1/log/x/checkpoint": "query", "/v1/log/1/checkpoint": "no_checkpoint", "/v1/log/1/consistency": "no_checkpoint",
		"/v1/sites?epoch=x": "query", "/v1/sites?epoch=1000000000000": "not_begun", "/v1/sites/spot1": "station",
	} {
		if got := d.get(path).refused(t); got != want {
			t.Errorf("%s: refused as %q, want %q", path, got, want)
		}
	}
	if got := request(t, http.MethodDelete, d.url+"/v1/network", nil).refused(t); got != "path" {
		t.Error(got)
	}
}

// first is the first slot of a chain of seven at least: the running epoch may be about to end.
func (p *publicEntropy) first(t *testing.T) witness.Slot {
	t.Helper()
	for _, s := range p.anchors {
		a, err := witness.ParseAnchor(s.Body)
		if err != nil {
			t.Fatal(err)
		}
		if a.To-a.From >= 7 {
			return a.From
		}
	}
	t.Fatal("no chain is long enough")
	return 0
}

// TestEntropyOverHTTP: anchors and values are those that stations get over MQTT; one
// value is never given before its slot, and earlier ones are worked out.
func TestEntropyOverHTTP(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	chains := witness.NewChains(d.network)
	if err := stepped(t, d.entropy, present()); err != nil {
		t.Fatal(err)
	}
	first := d.entropy.public.first(t)
	at := demoTiming(t).Start(first + 5)
	if err := stepped(t, d.entropy, at); err != nil {
		t.Fatal(err)
	}
	anchors, err := witness.ParseAnchors(d.get("/v1/entropy/anchors").body)
	if err != nil || len(anchors) == 0 {
		t.Fatal(anchors, err)
	}
	for _, a := range anchors {
		if err := chains.AddAnchor(a); err != nil {
			t.Fatal(err)
		}
	}
	list, err := witness.ParseValues(d.get("/v1/entropy/values").body)
	if err != nil || list[0].Slot != first+5 || chains.AddValue(list[0]) != nil {
		t.Fatal(list, err)
	}
	if why := d.get("/v1/entropy/values/1").refused(t); why != "not_kept" {
		t.Errorf("slot 1: %s", why)
	}
	for k := first; k < first+40; k++ {
		a := d.get(fmt.Sprintf("/v1/entropy/values/%d", k))
		if k > first+5 {
			if why := a.refused(t); why != "not_published" {
				t.Errorf("slot %d of %d: %s", k, first, why)
			}
			continue
		}
		v, err := witness.ParseValues(a.body)
		if err != nil || len(v) != 1 || v[0].Slot != k || chains.AddValue(v[0]) != nil {
			t.Errorf("slot %d: %v, %v", k, v, err)
		}
		if !strings.Contains(a.header.Get("Cache-Control"), "immutable") {
			t.Errorf("slot %d: %v", k, a.header)
		}
	}
	var shown struct{ Anchors []anchorJSON }
	d.get("/v1/entropy/anchors?format=json").into(t, &shown)
	s, err := radio.ParseSigned(shown.Anchors[0].Signed)
	if err != nil {
		t.Fatal(err)
	}
	if a, err := witness.OpenAnchor(s, d.network); err != nil || a.To != shown.Anchors[0].To || shown.Anchors[0].X0 != hex.EncodeToString(a.X0[:]) {
		t.Errorf("%+v, %v", a, err)
	}
	var values struct{ Values []valueJSON }
	d.get("/v1/entropy/values", "Accept", "application/json").into(t, &values)
	if len(values.Values) == 0 || len(values.Values[0].Value) != 64 {
		t.Errorf("%+v", values)
	}
}

// TestLogOverHTTP: a running log is shown as its checkpoints are, its proofs hold, and its
// ids are there when it is frozen; then the whole check of a receipt works from HTTP alone.
func TestLogOverHTTP(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	p := newProver(t, d.network)
	mine, receipt := d.beacon(p, 1)
	at := fmt.Sprintf("/v1/log/%d/", receipt.Epoch)
	if got := d.get(at + "checkpoint").refused(t); got != "no_checkpoint" {
		t.Error(got)
	}
	d.show(present())
	first, err := log.ParseNote(d.get(at + "checkpoint").body)
	if err != nil || first.Authorize(d.network) != nil {
		t.Fatal(err)
	}
	there, err := log.ParseInclusion(d.get(fmt.Sprintf("%sinclusion?id=%s", at, mine.ID(d.network))).body)
	if err != nil {
		t.Fatal(err)
	}
	if finding, err := log.CheckOne(first, there, nil, receipt); err != nil || finding.Outcome != log.Included {
		t.Errorf("%+v, %v", finding, err)
	}
	if got := d.get(at + "ids").refused(t); got != "not_frozen" {
		t.Error(got)
	}
	if got := d.get(at + "high-water").refused(t); got != "not_frozen" {
		t.Error(got)
	}
	if got := d.get(at + "consistency?from=0").body; !bytes.Contains(got, []byte(`"proof": []`)) {
		t.Errorf("a proof without hashes is %s", got)
	}
	later, _ := d.beacon(p, 2)
	for path, want := range map[string]string{
		"inclusion?id=" + strings.Repeat("0", 64): "unknown_record", "inclusion?id=00": "query", "inclusion": "query", "inclusion?id=": "query",
		"inclusion?index=0&id=" + strings.Repeat("0", 64): "query", "inclusion?index=1": "not_in_checkpoint", "inclusion?id=" + later.ID(d.network).String(): "not_in_checkpoint",
		"consistency?from=2": "query", "consistency?from=1&to=9999": "query", "inclusion?index=0&size=9999": "query",
	} {
		if got := d.get(at + path).refused(t); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	d.freeze(receipt.Epoch)
	mark, err := log.ParseHighWater(d.get(at+"high-water").body, d.network)
	if err != nil {
		t.Fatal(err)
	}
	final, err := log.ParseNote(d.get(at + "checkpoint").body)
	if err != nil {
		t.Fatal(err)
	}
	ids := d.get(at + "ids")
	list, count, err := log.NewList(bytes.NewReader(ids.body), int64(len(ids.body)))
	if err != nil || count != final.Checkpoint().Size || !strings.Contains(ids.header.Get("Cache-Control"), "immutable") {
		t.Fatal(count, err, ids.header)
	}
	findings, err := log.Check(log.Bundle{Final: final, Log: list, Mark: &mark}, []log.Receipt{receipt})
	if err != nil || findings[0].Outcome != log.Included {
		t.Errorf("%+v, %v", findings, err)
	}
	growth, err := log.ParseConsistency(d.get(fmt.Sprintf("%sconsistency?from=%d&to=%d", at, first.Checkpoint().Size, final.Checkpoint().Size)).body)
	if err != nil || log.Compare(first, final, growth) != nil {
		t.Error(err)
	}
	if one := d.get(at + "ids?from=0&count=1"); !bytes.Equal(one.body, ids.body[:32]) {
		t.Errorf("%x", one.body)
	}
	var logs struct{ Logs []logJSON }
	d.get("/v1/log").into(t, &logs)
	found := false
	for _, l := range logs.Logs {
		found = found || l.Epoch == receipt.Epoch && l.Frozen && l.Size == final.Checkpoint().Size
	}
	if !found {
		t.Errorf("%+v", logs)
	}
}
