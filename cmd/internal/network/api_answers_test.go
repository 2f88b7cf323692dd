package network

import (
	"context"
	"encoding/base64"
	"net/http"
	"testing"

	"hexspot/cmd/internal/verify"
	"hexspot/radio"
	"hexspot/witness"
)

// appeal is one of a station with a discovery beacon of a slot as its evidence.
func (p *prover) appeal(t *testing.T, network radio.Network, k witness.Slot) witness.AppealFile {
	t.Helper()
	d := witness.Discovery{Slot: k, Random: witness.Tag{1}, OnAir: witness.OnAir{Frequency: 868_100_000, SF: 10, Sent: 1}}
	file, body, err := witness.NewAppealFile(network, 0, radio.Station{}, []radio.Signed{p.sign(network, radio.KindDiscovery, d.Append(nil))})
	if err != nil {
		t.Fatal(err)
	}
	file.Record = p.sign(network, radio.KindAppeal, body.Append(nil))
	return file
}

// TestAppealsOverHTTP: one that is signed and of a station with a site is journaled, with
// the entropy of its slots; others are refused by name.
func TestAppealsOverHTTP(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	if err := stepped(t, d.entropy, present()); err != nil {
		t.Fatal(err)
	}
	first := d.entropy.public.first(t)
	if err := stepped(t, d.entropy, demoTiming(t).Start(first+5)); err != nil {
		t.Fatal(err)
	}
	p := newProver(t, d.network)
	post := func(body []byte, kind string) answer {
		t.Helper()
		return request(t, http.MethodPost, d.url+"/v1/witness/appeals", body, "Content-Type", kind)
	}
	good := p.appeal(t, d.network, first+2)
	if got := post(good.Append(nil), protobuf).refused(t); got != "below_half" {
		t.Errorf("before anything is verified: %q", got)
	}
	d.doubt(t, 1000, witness.StationSubject(radio.Station{}))
	if got := post(good.Append(nil), protobuf).refused(t); got != "below_half" {
		t.Errorf("without a weight below one half: %q", got)
	}
	d.doubt(t, 1001, witness.StationSubject(p.key.Station()))
	if got := post(good.Append(nil), protobuf).refused(t); got != "unknown_station" {
		t.Errorf("without a site: %q", got)
	}
	d.settled(p)
	for what, c := range map[string]struct {
		body []byte
		want string
	}{
		"size":      {make([]byte, 2*witness.MaxAppealFile+1), "size"},
		"encoding":  {[]byte{1}, "encoding"},
		"network":   {p.appeal(t, radio.Network{1}, first).Append(nil), "signature"},
		"signature": {good.Append(nil)[:len(good.Append(nil))-1], "encoding"},
	} {
		if got := post(c.body, protobuf).refused(t); got != c.want {
			t.Errorf("%s: refused as %q, want %q", what, got, c.want)
		}
	}
	if got := post([]byte("x y"), "text/plain").refused(t); got != "encoding" {
		t.Error(got)
	}
	var taken appealTaken
	got := post([]byte(base64.RawURLEncoding.EncodeToString(good.Append(nil))), "text/plain")
	got.into(t, &taken)
	if got.status != http.StatusAccepted || taken.Appeal != good.Record.ID(d.network).String() {
		t.Fatalf("%d %+v", got.status, taken)
	}
	journaled := len(d.journal.(*flaky).data)
	file := d.journaledAppeal(t)
	if _, err := file.Verify(d.network); err != nil || len(file.Anchors) == 0 || len(file.Values) == 0 || file.Values[0].Slot < first+2 {
		t.Errorf("%d anchors, values %v, %v", len(file.Anchors), file.Values, err)
	}
	if got = post(good.Append(nil), protobuf); got.status != http.StatusAccepted || len(d.journal.(*flaky).data) != journaled {
		t.Errorf("the same again: %d %s", got.status, got.body)
	}
	for n := range witness.Slot(witness.MostAppeals) {
		got = post(p.appeal(t, d.network, first+3+n).Append(nil), protobuf)
	}
	if got.refused(t) != "rate" {
		t.Errorf("too many: %d %s", got.status, got.body)
	}
}

// doubt publishes the result of an epoch in which nothing was reported and some weights are
// below one half.
func (d *desk) doubt(t *testing.T, epoch witness.Epoch, subjects ...witness.Subject) {
	t.Helper()
	records := d.revealed(t, d.signer, epoch, d.parameters[0].Hash())
	in := verify.Inputs{
		Network: d.network, Timing: d.schedule.Timing, Epoch: epoch, Parameters: d.parameters, Sites: verify.Listed(nil),
		Before: verify.Before{Known: true, Epoch: epoch - 1, Provisions: witness.Provisions{}},
		Records: func(_ context.Context, each func(verify.Record) error) error {
			for _, r := range records {
				if err := each(r); err != nil {
					return err
				}
			}
			return nil
		},
	}
	for _, s := range subjects {
		in.Before.Provisions[s] = witness.Provision{Since: epoch - 1, Seen: epoch - 1}
	}
	if _, err := verify.Epoch(t.Context(), in, d.verify.results.path(epoch)); err != nil {
		t.Fatal(err)
	}
}

// journaledAppeal is the first one in the journal.
func (d *desk) journaledAppeal(t *testing.T) witness.AppealFile {
	t.Helper()
	j := d.journal.(*flaky)
	for i, subject := range j.subjects {
		r, ok := verify.ParseRecord(subject, j.data[i])
		if !ok || r.Kind != string(radio.KindAppeal) {
			continue
		}
		file, err := witness.ParseAppealFile(r.Message)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	t.Fatal("no appeal is in the journal")
	return witness.AppealFile{}
}

// TestAnswersOverHTTP: what is not verified yet is refused with a cure.
func TestAnswersOverHTTP(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	p := newProver(t, d.network)
	for path, want := range map[string]string{
		"/v1/witness/stations/" + p.key.Station().String() + "/epochs/newest": "unknown",
		"/v1/witness/reports/00": "id",
	} {
		if got := d.get(path).refused(t); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	var days struct{ Epochs []struct{} }
	d.get("/v1/witness/stations/"+p.key.Station().String()).into(t, &days)
	if days.Epochs == nil || len(days.Epochs) != 0 {
		t.Errorf("%+v", days)
	}
}
