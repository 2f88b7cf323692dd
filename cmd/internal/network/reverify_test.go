package network

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hexspot/cmd/internal/verify"
	"hexspot/hardware/keys"
	"hexspot/radio"
	"hexspot/witness"
)

// mustReveal journals the entropy of an epoch and the next, signed by the data
// directory's key.
func mustReveal(t *testing.T, s *Store, data Data, epoch witness.Epoch) provingParts {
	t.Helper()
	parameters, err := demoConfig().Coverage.parameters()
	if err != nil {
		t.Fatal(err)
	}
	return mustRevealWith(t, s, data, epoch, parameters[0].Hash())
}

// mustRevealWith is mustReveal with the hash of other parameters.
func mustRevealWith(t *testing.T, s *Store, data Data, epoch witness.Epoch, hash [32]byte) provingParts {
	t.Helper()
	key, err := keys.LoadOrCreate(data.path(keyFile))
	if err != nil {
		t.Fatal(err)
	}
	config := demoConfig().Coverage
	schedule, err := config.schedule()
	if err != nil {
		t.Fatal(err)
	}
	parameters, err := config.parameters()
	if err != nil {
		t.Fatal(err)
	}
	p := provingParts{
		network: key.Station().Network(), ingest: key.Station(), schedule: schedule, parameters: parameters, journal: s.Journal, records: s,
		log: slog.New(slog.DiscardHandler),
	}
	for n, r := range p.revealed(t, key.Signer(), epoch, hash) {
		if err := p.keep(t.Context(), r.Kind, 0, fmt.Sprintf("%s-%d-%d", r.Kind, epoch, n), r.Stamp, r.Message); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// revealed is the entropy of an epoch and the next as it is journaled.
func (p provingParts) revealed(t *testing.T, signer crypto.Signer, epoch witness.Epoch, hash [32]byte) (records []verify.Record) {
	t.Helper()
	for e := epoch; e <= epoch+1; e++ {
		from, to := p.schedule.Slots(e)
		chain, err := witness.NewChain(p.network, from, to, witness.Entropy{byte(e)})
		if err != nil {
			t.Fatal(err)
		}
		anchor := witness.Anchor{From: from, To: to, Timing: p.schedule.Timing, Parameters: hash, X0: chain.X0()}
		signed, err := radio.Sign(signer, p.network, radio.KindAnchor, anchor.Append(nil))
		if err != nil {
			t.Fatal(err)
		}
		value, _ := chain.Value(to - 1)
		message := witness.AppendValues(nil, []witness.Value{{Slot: to - 1, Entropy: value}})
		records = append(records, verify.Record{Kind: "anchor", Stamp: p.schedule.Start(from) - 1, Message: signed.Append(nil)},
			verify.Record{Kind: "value", Stamp: p.schedule.Start(to - 1), Message: message})
	}
	return records
}

// rigVerifying verifies epochs of a data directory that are frozen up to one.
func rigVerifying(t *testing.T, data Data, p provingParts, first, frozen witness.Epoch) *verifying {
	t.Helper()
	book, err := data.Book(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	f := &verifying{
		provingParts: p, results: results(data.path(verdictsDir)), workers: 1, keep: 9, deny: data.path(denyFile),
		registry: book, next: first, frozen: func() witness.Epoch { return frozen },
	}
	if err := f.results.clean(); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestReverify verifies an epoch again: the same, byte for byte; and says which file of the
// published result is another one.
func TestReverify(t *testing.T) {
	t.Parallel()
	data := Data(t.TempDir())
	s, end := mustStore(t, data)
	epoch := witness.Epoch(1000)
	f := rigVerifying(t, data, mustReveal(t, s, data, epoch), epoch, epoch+1)
	if err := os.WriteFile(f.deny, []byte("# nobody\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.catchUp(t.Context(), f.schedule.Freezes(epoch+1)); err != nil || f.next != epoch+1 {
		t.Fatalf("next %d, %v", f.next, err)
	}
	again := Reverification{Config: demoConfig(), Data: data, Epoch: &epoch, Workers: 2, Log: f.log}
	again.Out = filepath.Join(t.TempDir(), "running")
	if found, err := again.Run(t.Context()); !found.FilesOnly || err == nil || !strings.Contains(err.Error(), "not rolled off") {
		t.Errorf("while the journal is in use: %+v, %v", found, err)
	}
	end()
	again.Epoch, again.Out = nil, filepath.Join(t.TempDir(), "again")
	found, err := again.Run(t.Context())
	if err != nil || !found.Published || len(found.Differ) != 0 || found.FilesOnly {
		t.Fatalf("%+v, %v", found, err)
	}
	if list, err := data.Verified(); err != nil || !slices.Equal(list, []witness.Epoch{epoch}) {
		t.Errorf("verified: %v, %v", list, err)
	}
	if r, err := data.OpenVerified(epoch); err != nil || r.Summary().Root != found.Summary.Root {
		t.Errorf("the published result: %v", err)
	}
	manifest := filepath.Join(f.results.path(epoch), "manifest.json")
	b, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	head, hash, _ := strings.Cut(string(b), `"links"`)
	hash = strings.Replace(hash, `sha256":"`, `sha256":"00`, 1)
	if err := os.WriteFile(manifest, []byte(head+`"links"`+hash), 0o644); err != nil {
		t.Fatal(err)
	}
	again.Out = filepath.Join(t.TempDir(), "differs")
	if found, err = again.Run(t.Context()); err != nil || !slices.Equal(found.Differ, []string{"links"}) {
		t.Errorf("%+v, %v", found.Differ, err)
	}
}

// twoVerified is the data of a network that verified two epochs and is over.
func twoVerified(t *testing.T, epoch witness.Epoch) (Data, *verifying) {
	t.Helper()
	data := Data(t.TempDir())
	s, end := mustStore(t, data)
	mustReveal(t, s, data, epoch)
	f := rigVerifying(t, data, mustReveal(t, s, data, epoch+1), epoch, epoch+2)
	if err := f.catchUp(t.Context(), f.schedule.Freezes(epoch+2)); err != nil || f.next != epoch+2 {
		t.Fatalf("next %d, %v", f.next, err)
	}
	end()
	return data, f
}

// TestReverifyOfAStateInItsPlace: an epoch is not verified with another state than its bundle
// binds, whichever of the two bundles was changed.
func TestReverifyOfAStateInItsPlace(t *testing.T) {
	t.Parallel()
	const epoch witness.Epoch = 1000
	data, f := twoVerified(t, epoch)
	later := epoch + 1
	again := Reverification{Config: demoConfig(), Data: data, Epoch: &later, Workers: 1, Log: f.log}
	again.Out = filepath.Join(t.TempDir(), "again")
	if found, err := again.Run(t.Context()); err != nil || !found.Published || len(found.Differ) != 0 {
		t.Fatalf("as it was: %+v, %v", found, err)
	}
	state := filepath.Join(f.results.path(epoch), "state")
	was, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	other := []byte("generation 7\n")
	if err := os.WriteFile(state, other, 0o600); err != nil {
		t.Fatal(err)
	}
	again.Out = filepath.Join(t.TempDir(), "other")
	if _, err := again.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "not what the manifest lists") {
		t.Errorf("with another state: %v", err)
	}
	relist(t, f.results.path(epoch), was, other)
	if _, err := again.Run(t.Context()); !errors.Is(err, verify.ErrNotFollowing) {
		t.Errorf("with another state and manifest: %v", err)
	}
}

// relist has the manifest of a result list other bytes of a file.
func relist(t *testing.T, dir string, was, is []byte) {
	t.Helper()
	path := filepath.Join(dir, "manifest.json")
	list, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line := func(b []byte) []byte {
		return fmt.Appendf(nil, `"size":%d,"sha256":"%x"`, len(b), sha256.Sum256(b))
	}
	changed := bytes.Replace(list, line(was), line(is), 1)
	if bytes.Equal(changed, list) {
		t.Fatal("the manifest lists no such file")
	}
	if err := os.WriteFile(path, changed, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestReverifyOfTheOldestKeptEpoch: the state it begins with was removed, which is said, and
// is not taken for a difference.
func TestReverifyOfTheOldestKeptEpoch(t *testing.T) {
	t.Parallel()
	const epoch witness.Epoch = 1000
	data, f := twoVerified(t, epoch)
	verify := func(epoch witness.Epoch) (Reverified, error) {
		again := Reverification{Config: demoConfig(), Data: data, Epoch: &epoch, Workers: 1, Log: f.log, Out: filepath.Join(t.TempDir(), "again")}
		return again.Run(t.Context())
	}
	for e := epoch; e <= epoch+1; e++ {
		if found, err := verify(e); err != nil || !found.Published || len(found.Differ) != 0 {
			t.Errorf("epoch %d: %+v, %v", e, found, err)
		}
	}
	if err := f.results.prune(epoch+1, 1); err != nil {
		t.Fatal(err)
	}
	for e, want := range map[witness.Epoch]string{epoch + 1: "began with what epoch 1000 left", epoch: "from epoch 1001 on"} {
		if found, err := verify(e); !errors.Is(err, ErrNoBefore) || !strings.Contains(err.Error(), want) {
			t.Errorf("epoch %d: %+v, %v", e, found, err)
		}
	}
}

// TestReverifyWithoutTheKey: a copy of the data directory without the secret key, and a
// configuration that was forgotten, give the same bytes. Which network it is, and its timing, the
// book says, or an anchor that was published or journaled.
func TestReverifyWithoutTheKey(t *testing.T) {
	t.Parallel()
	data := Data(t.TempDir())
	s, end := mustStore(t, data)
	epoch := witness.Epoch(1000)
	p := mustReveal(t, s, data, epoch)
	f := rigVerifying(t, data, p, epoch, epoch+1)
	if err := f.catchUp(t.Context(), f.schedule.Freezes(epoch+1)); err != nil || f.next != epoch+1 {
		t.Fatalf("next %d, %v", f.next, err)
	}
	end()
	if err := os.Remove(data.path(keyFile)); err != nil {
		t.Fatal(err)
	}
	run := func(n *radio.Network) (Reverified, error) {
		again := Reverification{Data: data, Network: n, Epoch: &epoch, Workers: 1, Log: f.log, Out: filepath.Join(t.TempDir(), "again")}
		return again.Run(t.Context())
	}
	same := func(what string) {
		t.Helper()
		if found, err := run(nil); err != nil || !found.Published || len(found.Differ) != 0 {
			t.Errorf("%s: %+v, %v", what, found, err)
		}
	}
	same("by a published anchor")
	if found, err := run(&radio.Network{1}); !errors.Is(err, verify.ErrNoEntropy) || !strings.Contains(err.Error(), "look at --network") {
		t.Errorf("of another network: %+v, %v", found, err)
	}
	epoch += 5
	if found, err := run(nil); !errors.Is(err, verify.ErrNoEntropy) || !strings.Contains(err.Error(), "1 epochs are verified here, 1000 to 1000") {
		t.Errorf("an epoch that there is not: %+v, %v", found, err)
	}
	epoch -= 5
	if err := data.settle(t.Context(), f.registry, Terms{p.network, p.schedule.Timing}); err != nil {
		t.Fatal(err)
	}
	same("by the book")
	bare := Data(t.TempDir())
	if err := os.CopyFS(string(bare), os.DirFS(string(data))); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{verdictsDir, bookFile} {
		if err := os.RemoveAll(bare.path(gone)); err != nil {
			t.Fatal(err)
		}
	}
	data = bare
	if _, err := run(nil); err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("without a book: %v", err)
	}
	book, err := bare.Book(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	if found, err := run(nil); err != nil || found.Published || found.Summary.Network != p.network {
		t.Errorf("by a journaled anchor: %+v, %v", found, err)
	}
}
