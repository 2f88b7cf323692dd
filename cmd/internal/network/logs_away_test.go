package network

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/cmd/internal/web"
	"hexspot/internal/journal"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// logPaths are what there is of a frozen log with a record.
func logPaths(epoch witness.Epoch, id radio.RecordID) []string {
	at := fmt.Sprintf("/v1/log/%d/", epoch)
	return []string{at + "checkpoint", at + "high-water", at + "ids", at + "consistency?from=1", at + "inclusion?id=" + id.String()}
}

// TestLogsThatWerePutAwayAreServed, byte for byte as they were while the book had them, with
// the signatures of stations; the journal has that note, too, once.
func TestLogsThatWerePutAwayAreServed(t *testing.T) {
	data := Data(t.TempDir())
	d := newDesk(t, data, nil)
	p := newProver(t, d.network)
	d.settled(p)
	mine, receipt := d.beacon(p, 1)
	d.beacon(p, 2)
	id, follower := mine.ID(d.network), p.follower()
	cosign := func() {
		for _, s := range d.show(present()) {
			for _, n := range follower.Show(s).Cosigned {
				d.hear(p, "cosign", []byte(n.String()), "")
			}
		}
	}
	d.freeze(receipt.Epoch)
	cosign()
	was := map[string]answer{}
	for _, path := range logPaths(receipt.Epoch, id) {
		if was[path] = d.get(path); was[path].status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, was[path].status, was[path].body)
		}
	}
	kept := d.journal.(*flaky)
	final := func() (notes []log.Note) {
		for i, subject := range kept.subjects {
			if !strings.HasPrefix(subject, "rec.checkpoint.") {
				continue
			}
			n, err := log.ParseNote(kept.data[i][8:])
			if err != nil {
				t.Fatal(err)
			}
			if n.Checkpoint().Epoch == receipt.Epoch && len(n.Cosigners()) > 0 {
				notes = append(notes, n)
			}
		}
		return notes
	}
	if len(final()) != 0 {
		t.Error("journaled while stations are shown it")
	}
	d.freeze(receipt.Epoch + mostFinal)
	d.show(present())
	notes := final()
	path := logPaths(receipt.Epoch, id)[0]
	if len(notes) != 1 || notes[0].String() != string(was[path].body) || !slices.Equal(notes[0].Cosigners(), []radio.Station{p.key.Station()}) {
		t.Fatalf("the journal has %v", notes)
	}
	late := newProver(t, d.network)
	d.settled(late)
	shown := late.follower().Show(log.Shown{Note: mustNote(t, was[path].body)}).Cosigned
	if len(shown) != 1 {
		t.Fatalf("%d signatures that come late", len(shown))
	}
	for _, n := range shown {
		d.hear(late, "cosign", []byte(n.String()), "")
	}
	if got := d.get(path); !bytes.Equal(got.body, was[path].body) {
		t.Errorf("signed after it was final:\n%s", got.body)
	}
	if err := d.freezing.catchUp(t.Context(), d.schedule.Freezes(receipt.Epoch+40)); err != nil {
		t.Fatal(err)
	}
	if d.book.Log(receipt.Epoch) != nil {
		t.Fatal("the book has it still")
	}
	for round := range 2 { // before the checkpoints have forgotten it, and after
		for path, want := range was {
			if got := d.get(path); got.status != want.status || !bytes.Equal(got.body, want.body) || got.header.Get("Cache-Control") != want.header.Get("Cache-Control") {
				t.Errorf("round %d, %s: %d\n%s\nwant\n%s", round, path, got.status, got.body, want.body)
			}
		}
		d.show(present())
	}
	if len(final()) != 1 {
		t.Errorf("journaled %d times", len(final()))
	}
	var list struct{ Older []epochsJSON }
	d.get("/v1/log").into(t, &list)
	if len(list.Older) != 1 || list.Older[0].From > receipt.Epoch || list.Older[0].To < receipt.Epoch {
		t.Errorf("%+v", list)
	}
	if got := d.get(fmt.Sprintf("/v1/log/%d/inclusion?id=%064d", receipt.Epoch, 0)).refused(t); got != "unknown_record" {
		t.Error(got)
	}
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	d = newDesk(t, data, nil)
	d.show(present())
	if err := d.checkpoints.step(t.Context(), present()); err != nil {
		t.Fatal(err)
	}
	if got := d.get(path); !bytes.Equal(got.body, was[path].body) {
		t.Errorf("after a start:\n%s", got.body)
	}
	if n := len(d.journal.(*flaky).data); n != 0 {
		t.Errorf("after a start %d entries are journaled", n)
	}
}

func mustNote(t *testing.T, text []byte) log.Note {
	t.Helper()
	n, err := log.ParseNote(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAFinalNoteWaitsForTheJournal: what it does not take is journaled later.
func TestAFinalNoteWaitsForTheJournal(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	p := newProver(t, d.network)
	d.settled(p)
	_, receipt := d.beacon(p, 1)
	follower := p.follower()
	for _, s := range d.freeze(receipt.Epoch) {
		for _, n := range follower.Show(s).Cosigned {
			d.hear(p, "cosign", []byte(n.String()), "")
		}
	}
	if err := d.freezing.catchUp(t.Context(), d.schedule.Freezes(receipt.Epoch+mostFinal)); err != nil {
		t.Fatal(err)
	}
	kept := d.journal.(*flaky)
	for _, broken := range []bool{true, false} {
		kept.broken = broken
		if err := d.checkpoints.step(t.Context(), present()); errors.Is(err, journal.ErrFull) != broken {
			t.Errorf("broken %v: %v", broken, err)
		}
		if got := slices.Contains(kept.ids, fmt.Sprintf("checkpoint-%d-cosigned", receipt.Epoch)); got == broken {
			t.Errorf("broken %v: journaled %v", broken, got)
		}
	}
}

// TestManyLogsThatWerePutAway: whoever asks for all of them at once has a few open at a time.
func TestManyLogsThatWerePutAway(t *testing.T) {
	data := Data(t.TempDir())
	const first, count = witness.Epoch(100), 3 * mostAway
	d := newDesk(t, data, nil)
	timing, network, ingest := d.schedule.Timing, d.network, d.ingest
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	files, err := openLogs(data.path(logsDir))
	if err != nil {
		t.Fatal(err)
	}
	book, err := log.OpenBook(files, network, ingest, timing, 0)
	if err != nil {
		t.Fatal(err)
	}
	for e := first; e <= first+count; e++ {
		from, _ := timing.Slots(e)
		_, err := book.Place([]log.Arrival{{Record: radio.RecordID{byte(e)}, Own: e, Received: timing.Start(from)}})
		if err == nil {
			_, err = book.Promise(e, timing.Freezes(e))
		}
		if err == nil && e < first+count { // the last one is not sealed
			err = book.Seal(e)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(book.Close(), files.Close()); err != nil {
		t.Fatal(err)
	}
	d = newDesk(t, data, nil)
	var list struct{ Older []epochsJSON }
	d.get("/v1/log").into(t, &list)
	if !slices.Equal(list.Older, []epochsJSON{{first, first + count - 1}}) {
		t.Errorf("%+v", list)
	}
	var asking sync.WaitGroup
	for i := range 4 * count {
		asking.Go(func() {
			e := first + witness.Epoch(i%count)
			v, err := d.checkpoints.kept(t.Context(), e)
			for errors.Is(err, web.Busy) { // on a slow machine
				v, err = d.checkpoints.kept(t.Context(), e)
			}
			if err != nil {
				t.Error(err)
				return
			}
			defer v.release()
			place, err := v.log.Find(radio.RecordID{byte(e)})
			if err != nil || !place.Known || v.shown.Mark == nil || v.shown.Note.Checkpoint().Size != 1 {
				t.Errorf("epoch %d: %+v, %v", e, place, err)
			}
		})
	}
	asking.Wait()
	if n := len(d.checkpoints.away.list); n != mostAway {
		t.Errorf("%d are open, want %d", n, mostAway)
	}
	for _, e := range []witness.Epoch{first + count, first + count + 1} {
		if got := d.get(fmt.Sprintf("/v1/log/%d/checkpoint", e)).refused(t); got != "no_checkpoint" {
			t.Errorf("epoch %d: %s", e, got)
		}
	}
}

// TestALogThatOpensSlowly keeps others waiting for a moment only; whoever has gone is not told
// that it is busy.
func TestALogThatOpensSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := make(chan struct{})
		away := newLogsAway(func(witness.Epoch) (*log.Log, log.Shown, error) {
			<-disk
			return nil, log.Shown{}, nil
		})
		var opening sync.WaitGroup
		opening.Go(func() {
			v, err := away.take(t.Context(), 1)
			if err != nil {
				t.Error(err)
				return
			}
			v.release()
		})
		synctest.Wait()
		start := time.Now()
		if _, err := away.take(t.Context(), 2); !errors.Is(err, web.Busy) || time.Since(start) != awayPatience {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := away.take(gone, 2); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		close(disk)
		opening.Wait()
		if len(away.using) != 0 || len(away.opening) != 0 {
			t.Errorf("%d use and %d open a log", len(away.using), len(away.opening))
		}
	})
}
