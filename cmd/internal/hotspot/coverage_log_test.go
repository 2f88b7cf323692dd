package hotspot

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// ledger is the network's log of the area, of one epoch. In its second world the record
// of index 1 is another.
type ledger struct {
	a       *area
	key     ed25519.PrivateKey
	name    log.Name
	records []radio.RecordID
	shown   uint64
}

func (a *area) ledger() *ledger { return a.ledgerOf(a.network) }

// follow starts a hotspot that keeps what it saw of the network's log.
func (a *area) follow(notes string) *ledger {
	a.notes = notes
	a.start()
	synctest.Wait()
	return a.ledger()
}

// ledgerOf is the log of an ingest.
func (a *area) ledgerOf(key ed25519.PrivateKey) *ledger {
	epoch := a.timing.Epoch(a.timing.SlotAt(witness.MillisOf(time.Now())))
	l := &ledger{a: a, key: key, name: log.Name{Network: a.id(), Epoch: epoch, Ingest: stationOf(a.t, key)}}
	for i := range byte(20) {
		l.records = append(l.records, radio.RecordID{i})
	}
	return l
}

func (l *ledger) ReadIDs(from uint64, ids []radio.RecordID) error {
	copy(ids, l.records[from:])
	return nil
}

func (l *ledger) tree(size int) *log.Tree {
	t := log.NewTree(l)
	t.Append(l.records[:size]...)
	return t
}

// show shows a checkpoint of so many records.
func (l *ledger) show(size int) {
	l.a.t.Helper()
	l.showing(size, nil)
}

// end shows a final checkpoint.
func (l *ledger) end(size int) {
	l.a.t.Helper()
	head := l.tree(size).Head()
	body := witness.HighWater{Epoch: l.name.Epoch, Size: head.Size, Root: head.Root, Received: 1 << 40}
	signed, err := radio.Sign(l.key, l.name.Network, radio.KindHighWater, body.Append(nil))
	if err != nil {
		l.a.t.Fatal(err)
	}
	mark, err := log.ParseHighWater(signed.Append(nil), l.name.Network, l.name.Ingest)
	if err != nil {
		l.a.t.Fatal(err)
	}
	l.showing(size, &mark)
}

func (l *ledger) showing(size int, mark *log.HighWater) {
	l.a.t.Helper()
	tree := l.tree(size)
	note, err := log.Sign(l.key, log.Checkpoint{Name: l.name, Head: tree.Head()})
	if err != nil {
		l.a.t.Fatal(err)
	}
	s := log.Shown{Note: note, Mark: mark}
	if l.shown > 0 && l.shown <= uint64(size) {
		growth, err := tree.Extend(l.shown, uint64(size))
		if err != nil {
			l.a.t.Fatal(err)
		}
		s.Growth = &growth
	}
	l.shown = uint64(size)
	l.a.c.Receive(Mail{Name: "checkpoint", Payload: log.EncodeShown([]log.Shown{s}), Retained: true})
	synctest.Wait()
}

// proveGrowth answers the last question, about the growth of the log.
func (l *ledger) proveGrowth(from, to uint64) {
	l.a.t.Helper()
	proof, err := l.tree(int(to)).Extend(from, to)
	l.answer(log.Answer{Consistency: &proof}, err)
}

// proveRecord answers the last question, about a record.
func (l *ledger) proveRecord(index, size uint64) {
	l.a.t.Helper()
	proof, err := l.tree(int(size)).Include(index, size)
	l.answer(log.Answer{Inclusion: &proof}, err)
}

func (l *ledger) answer(a log.Answer, err error) {
	l.a.t.Helper()
	asked := l.a.heard("ask")
	if err != nil || len(asked) == 0 {
		l.a.t.Fatalf("asked %q, %v", asked, err)
	}
	a.Ask = asked[len(asked)-1]
	l.a.c.Receive(Mail{Name: "proof", Payload: a.Encode()})
	synctest.Wait()
}

// heard is what the network was told on a topic.
func (a *area) heard(name string) (list []string) {
	a.note(func() {
		for _, t := range a.said {
			if rest, ok := strings.CutPrefix(t, name+" "); ok {
				list = append(list, rest)
			}
		}
	})
	return list
}

// TestCheckpointsAreCosigned: what grew is on disk before its signature leaves; after a start
// the hotspot asks for what it missed, and a fork becomes evidence.
func TestCheckpointsAreCosigned(t *testing.T) {
	notes := filepath.Join(t.TempDir(), "checkpoints")
	inArea(t, func(t *testing.T, a *area) {
		l := a.follow(notes)
		l.show(5)
		l.show(9)
		signed := a.heard("cosign")
		if len(signed) != 2 {
			t.Fatalf("%d signatures", len(signed))
		}
		n, err := log.ParseNote([]byte(signed[1]))
		if err != nil || n.Checkpoint().Size != 9 || !slices.Equal(n.Cosigners(), []radio.Station{a.c.station}) {
			t.Errorf("%v, %v", n, err)
		}
		a.stop()

		l.shown = 0
		a.start()
		synctest.Wait()
		l.show(12)
		ask := a.heard("ask")
		if want := strings.Replace("EPOCH/consistency?from=9&to=12", "EPOCH", strings.Split(l.name.String(), "/")[4], 1); len(ask) != 1 || ask[0] != want {
			t.Fatalf("asks %q, want %s", ask, want)
		}
		l.proveGrowth(9, 12)
		if signed := a.heard("cosign"); len(signed) != 3 {
			t.Errorf("%d signatures", len(signed))
		}
		l.records[1] = radio.RecordID{99}
		l.show(15)
		status := a.c.Status().Log
		if status == nil || status.Records != 12 || status.Cosigned != 1 || len(status.Evidence) != 1 {
			t.Fatalf("%+v", status)
		}
		if len(a.heard("cosign")) != 3 {
			t.Error("a fork was co-signed")
		}
		file, err := os.ReadFile(status.Evidence[0])
		if err != nil {
			t.Fatal(err)
		}
		if e, err := log.ParseEvidence(file); err != nil || e.Kind != log.Forked {
			t.Errorf("%v, %v", e, err)
		}
		if info, err := os.Stat(status.Evidence[0]); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
	})
	if names, err := os.ReadDir(notes); err != nil || len(names) != 2 {
		t.Errorf("%v, %v", names, err)
	}
}

// startWithTwoIngests starts in a network with another ingest, whose key it gives.
func (a *area) startWithTwoIngests(notes string) ed25519.PrivateKey {
	second := keyFrom(77)
	a.notes, a.anchor.Ingests = notes, []radio.Station{stationOf(a.t, second)}
	a.start()
	synctest.Wait()
	return second
}

// TestAFaultIsRemembered: a log that broke a promise is not co-signed after a start either,
// and the status still has the evidence; that of another ingest in the same epoch is a file
// of its own.
func TestAFaultIsRemembered(t *testing.T) {
	notes := filepath.Join(t.TempDir(), "checkpoints")
	inArea(t, func(t *testing.T, a *area) {
		second := a.startWithTwoIngests(notes)
		logs := []*ledger{a.ledger(), a.ledgerOf(second), a.ledgerOf(second)}
		logs[2].name.Epoch++
		for _, l := range logs {
			l.show(9)
		}
		for _, l := range logs[:2] {
			l.records[1] = radio.RecordID{99}
			l.show(9)
			l.records[1] = radio.RecordID{1}
		}
		before := a.c.Status().Log
		if len(before.Evidence) != 2 || before.Evidence[0] == before.Evidence[1] {
			t.Fatalf("%+v, want two files", before)
		}
		a.stop()
		a.start()
		synctest.Wait()
		for _, l := range logs {
			l.show(12)
		}
		after := a.c.Status().Log
		if after.Cosigned != 1 || !slices.Equal(slices.Sorted(slices.Values(after.Evidence)), slices.Sorted(slices.Values(before.Evidence))) {
			t.Errorf("%+v, then %+v: want the log of the next epoch co-signed, and the same evidence", before, after)
		}
		for _, name := range []string{"evidence-damaged.json", "evidence-split-1.txt"} {
			if err := os.WriteFile(filepath.Join(notes, name), []byte("{"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := countProofs(notes); n != 2 || err == nil || !strings.Contains(err.Error(), "damaged") || strings.Contains(err.Error(), "txt") {
			t.Errorf("%d proofs, %v", n, err)
		}
	})
}

func countProofs(dir string) (n int, err error) {
	err = noteDir(dir).proofs(func(string, *log.Evidence) { n++ })
	return n, err
}

// TestEvidenceIsTriedAgain: evidence that the disk does not take is written later.
func TestEvidenceIsTriedAgain(t *testing.T) {
	notes := filepath.Join(t.TempDir(), "checkpoints")
	inArea(t, func(t *testing.T, a *area) {
		if err := os.WriteFile(notes, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		l := a.follow(notes)
		l.show(9)
		l.records[1] = radio.RecordID{99}
		l.show(9)
		if s := a.c.Status().Log; len(s.Evidence) != 1 || !strings.HasPrefix(s.Evidence[0], "not written") {
			t.Fatalf("%+v", s)
		}
		if err := os.Remove(notes); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * longTurn)
		if s := a.c.Status().Log; len(s.Evidence) != 1 || !strings.HasPrefix(s.Evidence[0], notes) {
			t.Fatalf("%+v", s)
		}
		if n, err := countProofs(notes); err != nil || n != 1 {
			t.Errorf("%d proofs, %v", n, err)
		}
	})
}

// TestOneLogThatIsNotKept: a note that cannot be written keeps its own log from being
// co-signed, and no other, until it is on disk.
func TestOneLogThatIsNotKept(t *testing.T) {
	notes := t.TempDir()
	inArea(t, func(t *testing.T, a *area) {
		second := a.startWithTwoIngests(notes)
		stuck, free := a.ledger(), a.ledgerOf(second)
		inTheWay := filepath.Join(notes, fmt.Sprintf("%d-%s%s", stuck.name.Epoch, stuck.name.Ingest, noteEnding))
		if err := os.Mkdir(inTheWay, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{5, 9} {
			stuck.show(size)
			free.show(size)
			stuck.show(size)
		}
		cosigned := func() (of []radio.Station) {
			for _, text := range a.heard("cosign") {
				n, err := log.ParseNote([]byte(text))
				if err != nil {
					t.Fatal(err)
				}
				of = append(of, n.Checkpoint().Ingest)
			}
			return of
		}
		if of := cosigned(); !slices.Equal(of, []radio.Station{free.name.Ingest, free.name.Ingest}) {
			t.Errorf("co-signed logs of %v, want two checkpoints of %v", of, free.name.Ingest)
		}
		if err := os.Remove(inTheWay); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * longTurn)
		stuck.show(9)
		if of := cosigned(); len(of) != 3 || of[2] != stuck.name.Ingest {
			t.Errorf("co-signed logs of %v, want the other one, too", of)
		}
	})
}

// TestCosignedOnceASession: what is shown again is co-signed again only if the network may not
// have taken it: in a new session, or when it has got the station's site.
func TestCosignedOnceASession(t *testing.T) {
	notes := t.TempDir()
	inArea(t, func(t *testing.T, a *area) {
		a.notes = notes
		a.standing = &witness.SiteStanding{Epoch: 1}
		a.start()
		synctest.Wait()
		l := a.ledger()
		again := func(what string, want int) {
			t.Helper()
			l.show(9)
			l.show(9)
			if signed := a.heard("cosign"); len(signed) != want || a.c.Status().Log.Cosigned != uint64(want) {
				t.Errorf("%s: %d signatures, %+v, want %d", what, len(signed), a.c.Status().Log, want)
			}
		}
		again("in a session", 1)
		a.join()
		synctest.Wait()
		if signed := a.heard("cosign"); len(signed) != 2 { // also if it was shown before the station knew of the session
			t.Errorf("%d signatures before it is shown again, want 2", len(signed))
		}
		again("in the next session", 2)
		a.note(func() { a.standing.Next = &witness.RegisteredSite{Placement: *a.site, Cell: areaCell, From: 2} })
		time.Sleep(registrySoon + longTurn)
		again("with a site", 3)
		time.Sleep(registryPause + longTurn)
		again("with the same site", 3)
	})
}

// TestACutLogIsEvidence: a log whose end is shown before the index of a receipt, the record of
// which was found, or before a checkpoint that was co-signed.
func TestACutLogIsEvidence(t *testing.T) {
	for _, c := range []struct {
		held bool
		want log.Kind
	}{{true, log.Overdue}, {false, log.Cut}} {
		notes := t.TempDir()
		inArea(t, func(t *testing.T, a *area) {
			l := a.follow(notes)
			if c.held {
				receipt, err := log.SignReceipt(a.network, a.id(), witness.Receipt{Record: l.records[8], Received: 1000, Epoch: l.name.Epoch, Index: 8})
				if err != nil {
					t.Fatal(err)
				}
				a.c.Receive(Mail{Name: "ack", Payload: receipt.Bytes()})
			}
			l.show(9)
			if c.held {
				l.proveRecord(8, 9)
			}
			l.end(5)
			status := a.c.Status().Log
			if status.Records != 9 || len(status.Evidence) != 1 {
				t.Fatalf("%+v", status)
			}
			file, err := os.ReadFile(status.Evidence[0])
			if err != nil {
				t.Fatal(err)
			}
			if e, err := log.ParseEvidence(file); err != nil || e.Kind != c.want {
				t.Errorf("%v, %v, want %s", e, err, c.want)
			}
			if signed := a.heard("cosign"); len(signed) != 1 {
				t.Errorf("%d signatures", len(signed))
			}
			a.stop()
			a.start()
			synctest.Wait()
			if after := a.c.Status().Log; !slices.Equal(after.Evidence, status.Evidence) {
				t.Errorf("after a start %+v, was %+v", after, status)
			}
		})
	}
}

// TestWhatIsNotProvenIsTold: the network shows a smaller checkpoint than was seen, and has no proof
// that leads there. It is asked a few times, and the status says it until a proof comes.
func TestWhatIsNotProvenIsTold(t *testing.T) {
	for what, refused := range map[string]bool{"refused": true, "unanswered": false} {
		notes := t.TempDir()
		inArea(t, func(t *testing.T, a *area) {
			l := a.follow(notes)
			l.show(9)
			l.show(5)
			for i := range 3 {
				ask := a.heard("ask")
				if len(ask) != i+1 || !strings.HasSuffix(ask[i], "/consistency?from=5&to=9") || len(a.c.Status().Log.Unproven) != 0 {
					t.Fatalf("%s: asks %q, %+v", what, ask, a.c.Status().Log)
				}
				if refused {
					a.c.Receive(Mail{Name: "proof", Payload: log.Answer{Ask: ask[i], Refused: "want a number of 0 to 5"}.Encode()})
				}
				time.Sleep(askPause + longTurn)
			}
			s := a.c.Status().Log
			if len(s.Unproven) != 1 || s.Unproven[0] != (LogDoubt{l.name.Epoch, l.name.Ingest.String(), 9, 5}) || len(s.Evidence) != 0 {
				t.Errorf("%s: %+v", what, s)
			}
			l.show(12)
			if len(a.c.Status().Log.Unproven) != 1 {
				t.Errorf("%s: forgotten without a proof", what)
			}
			l.proveGrowth(9, 12)
			if s := a.c.Status().Log; len(s.Unproven) != 0 || s.Records != 12 || s.Cosigned != 2 {
				t.Errorf("%s: %+v", what, s)
			}
		})
	}
}

// TestNothingButAnAnswerEndsTheWait: a network that answers what it was not asked, shows what was
// seen in between, or shows always another checkpoint, is asked in vain all the same.
func TestNothingButAnAnswerEndsTheWait(t *testing.T) {
	for what, busy := range map[string]func(l *ledger, i int){
		"another answer": func(l *ledger, _ int) {
			l.a.c.Receive(Mail{Name: "proof", Payload: log.Answer{Ask: "1/inclusion?index=1&size=2", Refused: "no"}.Encode()})
		},
		"what was seen, in between": func(l *ledger, i int) { l.shown = 0; l.show(9 - 4*(i%2)) },
		"always another":            func(l *ledger, i int) { l.shown = 0; l.show(10 + i%10) },
	} {
		notes := t.TempDir()
		inArea(t, func(t *testing.T, a *area) {
			l := a.follow(notes)
			l.show(9)
			l.show(5)
			for i := range 6 {
				if len(a.c.Status().Log.Unproven) != 0 {
					t.Errorf("%s: a doubt after %d turns", what, i)
				}
				for range 3 {
					busy(l, i)
					time.Sleep(askPause / 6)
				}
			}
			for i := range 12 {
				busy(l, i)
				time.Sleep(askPause / 6)
			}
			synctest.Wait()
			if s := a.c.Status().Log; len(s.Unproven) != 1 || len(s.Evidence) != 0 {
				t.Errorf("%s: %+v", what, s)
			}
		})
	}
}

// TestAnOutageIsNoSilence: what was asked in a session that ended is asked again in the next one,
// and was not in vain.
func TestAnOutageIsNoSilence(t *testing.T) {
	notes := t.TempDir()
	inArea(t, func(t *testing.T, a *area) {
		l := a.follow(notes)
		l.show(9)
		l.show(5)
		for i := range 5 {
			if ask := a.heard("ask"); len(ask) != i+1 {
				t.Fatalf("asks %q in session %d", ask, i+1)
			}
			time.Sleep(askPause - time.Second)
			if i%2 == 0 { // the other outages are so short that no turn falls into them
				a.c.locked(func() { a.online = false })
				time.Sleep(longTurn)
				a.c.locked(func() { a.online = true })
			}
			a.join()
			synctest.Wait()
		}
		if s := a.c.Status().Log; len(s.Unproven) != 0 {
			t.Errorf("%+v", s)
		}
	})
}

// TestReceiptsAreLookedFor: the record of a receipt has to be in the log that is shown.
func TestReceiptsAreLookedFor(t *testing.T) {
	notes := t.TempDir()
	inArea(t, func(t *testing.T, a *area) {
		l := a.follow(notes)
		body := witness.Receipt{Record: radio.RecordID{7}, Received: 1000, Epoch: l.name.Epoch, Index: 1}
		receipt, err := log.SignReceipt(a.network, a.id(), body)
		if err != nil {
			t.Fatal(err)
		}
		a.c.Receive(Mail{Name: "ack", Payload: receipt.Bytes()})
		l.show(8)
		ask := a.heard("ask")
		if len(ask) != 1 || !strings.HasSuffix(ask[0], "/inclusion?index=1&size=8") {
			t.Fatalf("asks %q", ask)
		}
		time.Sleep(askPause + longTurn) // no answer: asked again
		if again := a.heard("ask"); len(again) != 2 || again[1] != ask[0] {
			t.Errorf("asks %q", again)
		}
		l.proveRecord(1, 8)
		if s := a.c.Status().Log; len(s.Evidence) != 1 || !strings.Contains(s.Evidence[0], "evidence-replaced-") {
			t.Errorf("%+v", s)
		}
		a.c.Receive(Mail{Name: "proof", Payload: []byte("{}")})
		a.c.Receive(Mail{Name: "checkpoint", Payload: []byte("{")})
		synctest.Wait()
		if n := a.c.Status().Counts.Unusable; n != 2 {
			t.Errorf("%d unusable", n)
		}
	})
}

// TestReceiptsOfBeforeAreLookedFor: a start does not forget what is to be looked for.
func TestReceiptsOfBeforeAreLookedFor(t *testing.T) {
	notes := t.TempDir()
	inArea(t, func(t *testing.T, a *area) {
		l := a.follow(notes)
		l.show(5)
		a.stop()
		for _, epoch := range []witness.Epoch{l.name.Epoch - 1, l.name.Epoch} {
			body := witness.Receipt{Record: radio.RecordID{9}, Received: 1000, Epoch: epoch, Index: 2}
			r, err := log.SignReceipt(a.network, a.id(), body)
			if err != nil {
				t.Fatal(err)
			}
			a.receipts = append(a.receipts, r)
		}
		a.start()
		time.Sleep(2 * longTurn)
		ask := slices.Compact(a.heard("ask")) // before the session is known, and in it
		if len(ask) != 1 || !strings.HasSuffix(ask[0], "/inclusion?index=2&size=5") {
			t.Errorf("asks %q", ask)
		}
	})
}

// TestNothingIsCosignedThatIsNotKept: without a disk a start would forget what was signed.
func TestNothingIsCosignedThatIsNotKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, notes := range []string{"", file} {
		inArea(t, func(t *testing.T, a *area) {
			l := a.follow(notes)
			l.show(5)
			l.show(9)
			if signed := a.heard("cosign"); len(signed) != 0 {
				t.Errorf("%q: %d signatures", notes, len(signed))
			}
			l.records[1] = radio.RecordID{99}
			l.show(12)
			if s := a.c.Status().Log; len(s.Evidence) != 1 || s.Records != 9 {
				t.Errorf("%q: %+v", notes, s)
			}
		})
	}
}

// TestCheckpointsOfNoTime: of an epoch that is far away, or before it is known which it is.
func TestCheckpointsOfNoTime(t *testing.T) {
	notes := t.TempDir()
	inArea(t, func(t *testing.T, a *area) {
		a.notes = notes
		a.trusted.Store(false)
		a.start()
		synctest.Wait()
		l := a.ledger()
		l.show(5)
		if signed := a.heard("cosign"); len(signed) != 0 {
			t.Errorf("%d signatures without a clock", len(signed))
		}
		a.trusted.Store(true)
		time.Sleep(2 * clockPause)
		if signed := a.heard("cosign"); len(signed) != 1 {
			t.Errorf("%d signatures", len(signed))
		}
		for _, offset := range []witness.Epoch{2, 1000} {
			l.name.Epoch += offset
			l.show(6)
		}
		if signed := a.heard("cosign"); len(signed) != 1 {
			t.Errorf("%d signatures", len(signed))
		}
	})
}

func TestNotesAreForgotten(t *testing.T) {
	dir := t.TempDir()
	key := keyFrom(1)
	name := log.Name{Network: stationOf(t, key).Network(), Ingest: stationOf(t, key)}
	for _, epoch := range []witness.Epoch{1, 2, 42} {
		name.Epoch = epoch
		n, err := log.Sign(key, log.Checkpoint{Name: name, Head: log.NewTree(nil).Head()})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(noteDir(dir).keep(n), noteDir(dir).forget(epoch)); err != nil {
			t.Fatal(err)
		}
	}
	for file, text := range map[string]string{"7-x.note": "damaged", "x.note": "", "evidence.json": "{}"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := noteDir(dir).read(name.Network)
	if len(list) != 2 || err == nil || !strings.Contains(err.Error(), "7-x.note") {
		t.Errorf("%v, %v", list, err)
	}
	if list, err := noteDir(filepath.Join(dir, "none")).read(name.Network); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
	if list, _ := noteDir(dir).read(radio.Network{1}); len(list) != 0 {
		t.Errorf("of another network: %v", list)
	}
}

// TestSitesAreSubmitted: a change is sent until the network has answered, and not again; a
// new one is.
func TestSitesAreSubmitted(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.change = []byte("a change")
		a.start()
		time.Sleep(submitPause + longTurn)
		sent := a.heard("up/site")
		if len(sent) != 2 || sent[0] != "a change" || a.c.Status().Registry.State != RegistryNotKnown {
			t.Fatalf("%q", sent)
		}
		taken := witness.SiteTaken{Report: sha256.Sum256(a.change), From: 12}
		a.c.Receive(Mail{Name: "ack", Payload: taken.Append(nil)})
		time.Sleep(10 * submitPause)
		if s := a.c.Status(); s.Registry.State != RegistryHas || *s.Registry.From != 12 || len(a.heard("up/site")) != 2 {
			t.Errorf("%+v, %d sent", s.Registry, len(a.heard("up/site")))
		}
		a.note(func() { a.change = []byte("another") })
		time.Sleep(sitePause + longTurn)
		if sent := a.heard("up/site"); len(sent) != 3 || sent[2] != "another" {
			t.Errorf("%q", sent)
		}
		for reason, settled := range map[witness.RefusalReason]bool{witness.RefusedRate: false, witness.RefusedOwner: true} {
			a.c.Receive(Mail{Name: "ack", Payload: witness.RefusalOf([]byte("another"), reason, "so it is").Append(nil)})
			synctest.Wait()
			if s := a.c.Status().Registry; s.Refused != string(reason) || s.RefusedText != "so it is" || s.State != RegistryNotKnown || a.c.submission.settled != settled {
				t.Errorf("%+v", s)
			}
			a.c.submission.settled = false
		}
		a.note(func() { a.change = nil })
		time.Sleep(sitePause + longTurn)
		if r := a.c.Status().Registry; r.State != RegistryNotKnown || r.Refused != "" {
			t.Error("the status has a change that is not there any more")
		}
		if n := a.c.Status().Counts.Unusable; n != 0 {
			t.Errorf("%d unusable", n)
		}
	})
}
