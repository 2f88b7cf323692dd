package network

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// TestAStationWhoseSiteBeginsNextEpoch is told the same wherever it looks: what its report
// fails, why it got nothing, and what to do about it; in the next epoch it is known.
func TestAStationWhoseSiteBeginsNextEpoch(t *testing.T) {
	t.Parallel()
	data := Data(t.TempDir())
	s, end := mustStore(t, data)
	defer end()
	const epoch witness.Epoch = 1000
	mustReveal(t, s, data, epoch)
	f := rigVerifying(t, data, mustReveal(t, s, data, epoch+1), epoch, epoch+2)
	p := newProver(t, f.network)
	cell, err := coverage.ParseHex("8c1f9ed938c4bff")
	if err != nil {
		t.Fatal(err)
	}
	site, err := coverage.NewSite(coverage.Account{1}, cell, 0, 0, "EU868")
	if err != nil {
		t.Fatal(err)
	}
	change := coverage.Change{Station: p.key.Station(), By: site.Owner, Site: site}
	if err := f.registry.Apply(t.Context(), change, uint64(epoch), []byte("signed")); err != nil {
		t.Fatal(err)
	}
	if known, err := (registered{f.registry}).Known(t.Context(), p.key.Station(), epoch); err != nil || !known {
		t.Errorf("its reports are taken: %v, %v", known, err)
	}
	ids := map[witness.Epoch]radio.RecordID{}
	for e := epoch; e <= epoch+1; e++ {
		from, _ := f.schedule.Slots(e)
		at := f.schedule.Start(from + 3)
		signed := p.sign(f.network, radio.KindBeacon, beaconOf(from+3, at, 1))
		ids[e] = signed.ID(f.network)
		if err := f.provingParts.keep(t.Context(), string(radio.KindBeacon), ids[e][0], ids[e].String(), at+1, signed.Append(nil)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.catchUp(t.Context(), f.schedule.Freezes(epoch+2)); err != nil || f.next != epoch+2 {
		t.Fatalf("next %d, %v", f.next, err)
	}
	asked, close, err := data.Answers(t.Context(), f.log)
	if err != nil {
		t.Fatal(err)
	}
	defer close()
	const nothing = "othing to do: the site begins with epoch 1001"
	for e, early := range map[witness.Epoch]bool{epoch: true, epoch + 1: false} {
		report, err := asked.Report(t.Context(), ids[e], &e)
		if err != nil || len(report.Explanations) != 1 {
			t.Fatalf("%+v, %v", report, err)
		}
		x := report.Explanations[0]
		if (x.Reason == "unknown") != early || strings.Contains(x.Summary, nothing) != early {
			t.Errorf("epoch %d: %s: %s", e, x.Reason, x.Summary)
		}
		decides := slices.IndexFunc(x.Rules, func(r witness.RuleNote) bool { return r.Decides })
		if (x.Rules[decides].Rule == "unknown") != early {
			t.Errorf("epoch %d: rule %s decides", e, x.Rules[decides].Rule)
		}
		station, err := asked.Station(t.Context(), p.key.Station(), &e)
		if err != nil || station.Cause == nil {
			t.Fatalf("%+v, %v", station, err)
		}
		if (station.Cause.Name == "not_registered") != early || strings.Contains(station.Cause.Cure, nothing) != early {
			t.Errorf("epoch %d: %s: %s", e, station.Cause.Name, station.Cause.Cure)
		}
	}
}

// TestAnswersWithoutABook: of a copy whose book cannot be opened, with one warning.
func TestAnswersWithoutABook(t *testing.T) {
	data, told := Data(t.TempDir()), &bytes.Buffer{}
	if err := errors.Join(os.WriteFile(data.path(bookFile), []byte("no book, but as long as the head of one is, or longer: "+strings.Repeat("x", 100)), 0o400), os.Mkdir(data.Verdicts(), 0o700)); err != nil {
		t.Fatal(err)
	}
	if book, err := data.Book(t.Context(), ""); err == nil {
		t.Fatal("it is one", book.Close())
	}
	log := slog.New(slog.NewTextHandler(told, nil))
	asked, end, err := data.Answers(t.Context(), log)
	if err != nil {
		t.Fatal(err)
	}
	if list, err := asked.Epochs(); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	if n := strings.Count(told.String(), "level=WARN"); n != 1 {
		t.Errorf("%d warnings:\n%s", n, told)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := data.Answers(gone, log); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
