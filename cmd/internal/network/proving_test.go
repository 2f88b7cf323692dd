package network

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"hexspot/hardware/keys"
	"hexspot/internal/journal"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/chaindir"
	"hexspot/witness/ingest"
	"hexspot/witness/log"
)

// TestEntropyOverTheBroker: a station gets anchors and values that lead to them, none
// early; the chain goes on after a start; a lost seed gives the next revision.
func TestEntropyOverTheBroker(t *testing.T) {
	t.Parallel()
	data := Data(t.TempDir())
	n, end := serving(t, demoConfig(), data)
	p := newProver(t, n.ID())
	p.connect(n)
	await(t, "two values", func() bool { _, count := p.last(); return count >= 2 })
	for _, file := range seedsOf(t, data) {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Error("others may read a seed: ", err)
		}
	}
	end()
	before, _ := p.last()
	n, end = serving(t, demoConfig(), data)
	p.connect(n)
	await(t, "a value after the start", func() bool { v, _ := p.last(); return v.Slot > before.Slot })
	if v, _ := p.last(); v.Revision != 0 {
		t.Errorf("slot %d is of revision %d though the seeds are there", v.Slot, v.Revision)
	}
	end()
	for _, file := range seedsOf(t, data) {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	n, end = serving(t, demoConfig(), data)
	p.connect(n)
	await(t, "a value of the next revision", func() bool { v, _ := p.last(); return v.Revision == 1 })
	end()
}

// TestReportsEndToEnd: what a station reports is journaled, booked and answered by a
// receipt that anybody can check, the same one after a new start; what is wrong is
// refused by name.
func TestReportsEndToEnd(t *testing.T) {
	t.Parallel()
	data, config := Data(t.TempDir()), dailyConfig()
	timing := dailyTiming(t)
	n, end := serving(t, config, data)
	p := newProver(t, n.ID())
	p.connect(n)
	now := present()
	slot := timing.SlotAt(now)
	good := p.sign(n.ID(), radio.KindBeacon, beaconOf(slot, now, 1))
	text := p.report("beacon", good.Append(nil))
	receipt, err := log.ParseReceipt(text, n.ID())
	if err != nil {
		t.Fatal(err)
	}
	if receipt.Record != good.ID(n.ID()) || receipt.Index != 0 || receipt.Received < now || receipt.Epoch != timing.Epoch(slot) {
		t.Errorf("%+v", receipt.Receipt)
	}
	if again := p.report("beacon", good.Append(nil)); !bytes.Equal(again, text) {
		t.Error("the same record got another receipt")
	}
	forged := good
	forged.Signature[7] ^= 1
	stranger := newProver(t, n.ID())
	for name, c := range map[string]struct {
		kind    string
		payload []byte
		want    witness.RefusalReason
	}{
		"forged":             {"beacon", forged.Append(nil), witness.RefusedSignature},
		"foreign network":    {"beacon", p.sign(radio.Network{1, 2, 3, 4, 5, 6, 7, 8}, radio.KindBeacon, good.Body).Append(nil), witness.RefusedNetwork},
		"oversized":          {"beacon", make([]byte, radio.MaxSigned+1), witness.RefusedSize},
		"of another station": {"beacon", stranger.sign(n.ID(), radio.KindBeacon, good.Body).Append(nil), witness.RefusedStation},
		"on another topic":   {"witness", good.Append(nil), witness.RefusedTopic},
		"of the future":      {"beacon", p.sign(n.ID(), radio.KindBeacon, beaconOf(slot+10, now, 1)).Append(nil), witness.RefusedFuture},
		"of long ago":        {"beacon", p.sign(n.ID(), radio.KindBeacon, beaconOf(slot-witness.Slot(ingest.DefaultKeep+2)*timing.EpochSlots, now, 1)).Append(nil), witness.RefusedPast},
		"not a record":       {"discovery", []byte("x"), witness.RefusedEncoding},
	} {
		if got := p.refusal(c.kind, c.payload); got != c.want {
			t.Errorf("%s: refused as %s, want %s", name, got, c.want)
		}
	}
	end()
	n, _ = serving(t, config, data)
	p.connect(n)
	if again := p.report("beacon", good.Append(nil)); !bytes.Equal(again, text) {
		t.Error("another receipt after a new start")
	}
	next, err := log.ParseReceipt(p.report("beacon", p.sign(n.ID(), radio.KindBeacon, beaconOf(slot, now, 2)).Append(nil)), n.ID())
	if err != nil || next.Index != 1 {
		t.Errorf("%+v, %v", next.Receipt, err)
	}
	checkReceipts(t, n, data, receipt, next)
	checkJournal(t, n, receipt, next)
}

// checkReceipts does what `hexspot receipts check` does.
func checkReceipts(t *testing.T, n *Network, data Data, receipts ...log.Receipt) {
	t.Helper()
	key, err := keys.Load(data.path(keyFile))
	if err != nil {
		t.Fatal(err)
	}
	book := n.proving.book.Log(receipts[0].Epoch)
	note, err := log.Sign(key.Signer(), book.Checkpoint())
	if err != nil {
		t.Fatal(err)
	}
	findings, err := log.Check(log.Bundle{Final: note, Log: book}, receipts)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.Outcome != log.Included {
			t.Errorf("record %s is %s", f.Receipt.Record, f.Outcome)
		}
	}
}

// checkJournal compares the journal's beacons with the receipts.
func checkJournal(t *testing.T, n *Network, receipts ...log.Receipt) {
	t.Helper()
	var stamps []witness.Millis
	err := n.store.Journal.Read(t.Context(), journal.Query{Subjects: []string{"rec.beacon.*"}}, func(r journal.Record) error {
		s, err := radio.ParseSigned(r.Data[8:])
		if err == nil && r.ID != s.ID(n.ID()).String() {
			err = errors.New("another id")
		}
		stamps = append(stamps, witness.Millis(binary.BigEndian.Uint64(r.Data)))
		return err
	})
	if err != nil || len(stamps) != len(receipts) {
		t.Fatalf("%d beacons in the journal for %d receipts, %v", len(stamps), len(receipts), err)
	}
	for i, r := range receipts {
		if stamps[i] != r.Received {
			t.Errorf("journaled %d, receipt %d", stamps[i], r.Received)
		}
	}
}

// flaky is a journal that can be broken.
type flaky struct {
	noted
	data   [][]byte
	broken bool
}

func (f *flaky) Append(ctx context.Context, subject, id string, data []byte) error {
	if f.broken {
		return journal.ErrFull
	}
	f.data = append(f.data, data)
	return f.noted.Append(ctx, subject, id, data)
}

// provingOver makes the parts over a directory and a journal, with what is published.
func provingOver(t *testing.T, data Data, j appender) (v *proving, published map[string]int) {
	t.Helper()
	id, err := data.network()
	if err != nil {
		t.Fatal(err)
	}
	published = map[string]int{}
	publish := func(topic string, _ []byte, retain bool) error {
		if !retain {
			t.Errorf("%s is not retained", topic)
		}
		published[topic]++
		return nil
	}
	parts := provingParts{journal: j, publish: publish, log: slog.New(slog.DiscardHandler)}
	if v, err = openProving(t.Context(), demoConfig().Coverage, data, id, parts); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.close() })
	return v, published
}

// TestAnchorsWaitForTheJournal: an anchor that cannot be journaled is not published; it
// is when the journal is well again.
func TestAnchorsWaitForTheJournal(t *testing.T) {
	j := &flaky{broken: true}
	v, published := provingOver(t, Data(t.TempDir()), j)
	if err := stepped(t, v.entropy, present()); !errors.Is(err, journal.ErrFull) {
		t.Error(err)
	}
	if len(published) != 0 || len(seedsOf(t, Data(strings.TrimSuffix(string(v.entropy.chains), "/"+chainsDir)))) == 0 {
		t.Errorf("published %v", published)
	}
	j.broken = false
	if err := stepped(t, v.entropy, present()); err != nil {
		t.Error(err)
	}
	if published[anchorTopic] == 0 || len(j.subjects) == 0 || !strings.HasPrefix(j.subjects[0], "rec.anchor.") {
		t.Errorf("published %v, journaled %v", published, j.subjects)
	}
}

// slow is a journal that takes some milliseconds.
type slow struct{ flaky }

func (s *slow) Append(ctx context.Context, subject, id string, data []byte) error {
	for begun := present(); present() < begun+3; {
		runtime.Gosched()
	}
	return s.flaky.Append(ctx, subject, id, data)
}

// TestOneTimeOfAnAnchor: whether an anchor is void the publisher says by the time that the
// journal has, which is all that others know.
func TestOneTimeOfAnAnchor(t *testing.T) {
	j := &slow{}
	v, _ := provingOver(t, Data(t.TempDir()), j)
	if err := stepped(t, v.entropy, present()); err != nil {
		t.Fatal(err)
	}
	keys, err := v.entropy.chains.Keys()
	if err != nil || len(keys) == 0 {
		t.Fatal(keys, err)
	}
	for _, k := range keys {
		kept, err := v.entropy.chains.Read(k)
		if err != nil || kept.Anchor == nil {
			t.Fatal(err)
		}
		want := stamped(kept.Journaled, kept.Anchor.Append(nil))
		if !slices.ContainsFunc(j.data, func(data []byte) bool { return bytes.Equal(data, want) }) {
			t.Errorf("the anchor to slot %d is kept with another time than journaled", k.To)
		}
	}
}

// TestASeedWithoutAnchorIsUsed: a power cut between the two costs no revision.
func TestASeedWithoutAnchorIsUsed(t *testing.T) {
	data := Data(t.TempDir())
	j := &flaky{broken: true}
	v, _ := provingOver(t, data, j)
	_ = stepped(t, v.entropy, present())
	seeds := len(seedsOf(t, data))
	if err := v.close(); err != nil {
		t.Fatal(err)
	}
	j.broken = false
	v, published := provingOver(t, data, j)
	if err := stepped(t, v.entropy, present()); err != nil {
		t.Error(err)
	}
	if got := len(seedsOf(t, data)); got != seeds || published[anchorTopic] == 0 {
		t.Errorf("%d seeds, then %d; published %v", seeds, got, published)
	}
}

// TestTwoInstances: of two instances with one key and one book, each end and revision has
// one anchor, the other instance says no more of that chain, also after a start.
func TestTwoInstances(t *testing.T) {
	one, two := Data(t.TempDir()), Data(t.TempDir())
	if _, err := one.network(); err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(one.path(keyFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(two.path(keyFile), key, 0o600); err != nil {
		t.Fatal(err)
	}
	shared := func(c *CoverageConfig) { c.Book = "sqlite:" + one.path("shared.db") }
	a, b := newDesk(t, one, shared), newDesk(t, two, shared)
	now := present()
	anchored := map[string]int{}
	for range 40 { // two epochs of the demo
		for i, d := range []*desk{a, b} {
			if err := stepped(t, d.entropy, now); err != nil {
				t.Fatal(i, err)
			}
		}
		now = a.schedule.End(a.schedule.SlotAt(now))
	}
	count := func(d *desk) {
		t.Helper()
		list, err := d.entropy.chains.Keys()
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range list {
			if c, err := d.entropy.chains.Read(k); err == nil && c.Anchor != nil {
				anchored[fmt.Sprint(k)]++
			}
		}
	}
	count(a)
	count(b)
	if len(anchored) < 2 {
		t.Fatalf("%v", anchored)
	}
	for chain, n := range anchored {
		if n != 1 {
			t.Errorf("chain %s has %d anchors", chain, n)
		}
	}
	if a.last(valueTopic) == nil || b.last(valueTopic) != nil {
		t.Error("both reveal values, or the first does not")
	}
	if err := b.close(); err != nil {
		t.Fatal(err)
	}
	b = newDesk(t, two, shared)
	if err := stepped(t, b.entropy, now); err != nil || b.last(valueTopic) != nil {
		t.Error("after a start the second reveals values: ", err)
	}
}

// TestRetainedAnchorsAreTheNewest: a start at which a chain of the next revision is made leaves
// that chain's anchor retained, too, for stations that come later.
func TestRetainedAnchorsAreTheNewest(t *testing.T) {
	data := Data(t.TempDir())
	d := newDesk(t, data, func(*CoverageConfig) {})
	now := present()
	must(t, stepped(t, d.entropy, now))
	must(t, d.close())
	for _, file := range seedsOf(t, data) {
		must(t, os.Remove(file))
	}
	d = newDesk(t, data, func(*CoverageConfig) {})
	must(t, stepped(t, d.entropy, now))
	list, err := witness.ParseAnchors(d.last(anchorTopic))
	must(t, err)
	newest := uint32(0)
	for _, signed := range list {
		a, err := witness.ParseAnchor(signed.Body)
		must(t, err)
		newest = max(newest, a.Revision)
	}
	if newest != 1 {
		t.Errorf("%d anchors, the highest revision is %d", len(list), newest)
	}
}

// TestOtherTimingIsRefused: lengths never change in a network.
func TestOtherTimingIsRefused(t *testing.T) {
	data := Data(t.TempDir())
	v, _ := provingOver(t, data, &flaky{})
	if err := stepped(t, v.entropy, present()); err != nil {
		t.Fatal(err)
	}
	v.entropy.schedule.Slot *= 2
	if _, err := newEntropy(v.entropy.provingParts, v.entropy.chains, v.registry); err == nil || !strings.Contains(err.Error(), "timing") {
		t.Error(err)
	}
}

// TestValuesAreLoggedLater: when a value was published is logged when the journal takes it.
func TestValuesAreLoggedLater(t *testing.T) {
	j := &flaky{broken: true}
	v, published := provingOver(t, Data(t.TempDir()), j)
	value := witness.Value{Slot: v.entropy.schedule.SlotAt(present())}
	if _, err := v.entropy.reveal(t.Context(), witness.Reveal{Value: value, Retained: []witness.Value{value}}); err != nil {
		t.Fatal(err)
	}
	logValues := func() error {
		v.entropy.logValues(t.Context())
		return settled(t, v.entropy)
	}
	if err := logValues(); !errors.Is(err, journal.ErrFull) || published[valueTopic] != 1 {
		t.Error(err, published)
	}
	at := v.entropy.unlogged[0].at
	j.broken = false
	if err := logValues(); err != nil || len(v.entropy.unlogged) != 0 {
		t.Error(err)
	}
	if want := stamped(at, witness.AppendValues(nil, []witness.Value{value})); len(j.data) != 1 || !bytes.Equal(j.data[0], want) {
		t.Errorf("logged %x", j.data)
	}
	if c, err := v.entropy.chains.Read(v.entropy.chainOf(value)); err != nil || c.Last == nil || *c.Last != value {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestAPublishedValueOutlivesItsLogging: a process that dies after it has published a value
// and before the journal has that leaves it to the next one.
func TestAPublishedValueOutlivesItsLogging(t *testing.T) {
	data := Data(t.TempDir())
	v, _ := provingOver(t, data, &flaky{})
	if err := stepped(t, v.entropy, present()); err != nil { // chains
		t.Fatal(err)
	}
	slot := v.entropy.schedule.SlotAt(present()) + 2
	value := witness.Value{Slot: slot}
	if _, err := v.entropy.reveal(t.Context(), witness.Reveal{Value: value, Retained: []witness.Value{value}}); err != nil {
		t.Fatal(err)
	}
	at := v.entropy.unlogged[0].at
	if err := v.close(); err != nil { // it is not logged
		t.Fatal(err)
	}
	j := &flaky{}
	v, _ = provingOver(t, data, j)
	v.entropy.logValues(t.Context())
	if err := settled(t, v.entropy); err != nil {
		t.Fatal(err)
	}
	if want := stamped(at, witness.AppendValues(nil, []witness.Value{value})); len(j.data) != 1 || !bytes.Equal(j.data[0], want) {
		t.Errorf("logged %x", j.data)
	}
}

// TestEpochsFreeze: an epoch that is over gets its mark, its checkpoint and its seal.
func TestEpochsFreeze(t *testing.T) {
	data := Data(t.TempDir())
	j := &flaky{}
	v, _ := provingOver(t, data, j)
	f := v.freezing
	epoch := f.next
	if _, err := v.book.Place([]log.Arrival{{Record: radio.RecordID{1}, Own: epoch, Received: present()}}); err != nil {
		t.Fatal(err)
	}
	freezes := f.config.Timing.Freezes(epoch)
	if err := f.catchUp(t.Context(), freezes-1); err != nil || f.next != epoch || len(j.subjects) != 0 {
		t.Errorf("frozen before its time: %v, %v", j.subjects, err)
	}
	j.broken = true
	if err := f.catchUp(t.Context(), freezes); !errors.Is(err, journal.ErrFull) || f.next != epoch {
		t.Error(err)
	}
	j.broken = false
	if err := f.catchUp(t.Context(), freezes); err != nil || f.next != epoch+1 {
		t.Fatal(err)
	}
	mark, err := log.ParseHighWater(j.data[0][8:], f.network)
	if err != nil || mark.Epoch != epoch || mark.Size != 1 || mark.Received != freezes {
		t.Errorf("%+v, %v", mark, err)
	}
	note, err := log.ParseNote(j.data[1][8:])
	if err != nil || note.Checkpoint().Head != v.book.Log(epoch).Head() {
		t.Errorf("%v, %v", note, err)
	}
	if names, err := v.logs.Names(); err != nil || !strings.Contains(strings.Join(names, " "), ".seal") {
		t.Errorf("%v, %v", names, err)
	}
}

// TestFrozenOnce: a start does not freeze again what is sealed.
func TestFrozenOnce(t *testing.T) {
	data := Data(t.TempDir())
	v, _ := provingOver(t, data, &flaky{})
	epoch := v.freezing.next
	if err := v.freezing.catchUp(t.Context(), v.freezing.config.Timing.Freezes(epoch)); err != nil || v.freezing.next != epoch+1 {
		t.Fatal(err)
	}
	if err := v.close(); err != nil {
		t.Fatal(err)
	}
	if v, _ = provingOver(t, data, &flaky{}); v.freezing.next != epoch+1 {
		t.Errorf("goes on with epoch %d after %d", v.freezing.next, epoch)
	}
}

// TestOldChainsAreForgotten: when they are over, their files go.
func TestOldChainsAreForgotten(t *testing.T) {
	v, _ := provingOver(t, Data(t.TempDir()), &flaky{})
	e := v.entropy
	old, young := e.chainOf(witness.Value{Slot: 30}), e.chainOf(witness.Value{Slot: e.schedule.SlotAt(present())})
	for _, k := range []chaindir.Key{old, young} {
		if err := e.chains.KeepSeed(k, 0, witness.Entropy{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.forget(); err != nil {
		t.Fatal(err)
	}
	if left, err := e.chains.Keys(); err != nil || len(left) != 1 || left[0] != young {
		t.Errorf("%v, %v", left, err)
	}
}

// TestFreezingWaitsForReports: a report on its way keeps its epoch open.
func TestFreezingWaitsForReports(t *testing.T) {
	slow := &gate{entered: make(chan struct{}), leave: make(chan struct{})}
	v, _ := provingOver(t, Data(t.TempDir()), slow)
	p := newProver(t, v.freezing.network)
	now := present()
	s := p.sign(v.freezing.network, radio.KindBeacon, beaconOf(v.freezing.config.Timing.SlotAt(now), now, 1))
	done := make(chan error, 1)
	go func() {
		_, err := v.reports.ingest.Take(t.Context(), ingest.Message{Station: p.key.Station(), Kind: "beacon", Payload: s.Append(nil)}, now)
		done <- err
	}()
	<-slow.entered
	epoch := v.freezing.next
	if err := v.freezing.catchUp(t.Context(), v.freezing.config.Timing.Freezes(epoch)); err != nil || v.freezing.next != epoch {
		t.Errorf("frozen while a report is on its way, %v", err)
	}
	close(slow.leave)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// gate is a journal that takes its time.
type gate struct{ entered, leave chan struct{} }

func (g *gate) Append(context.Context, string, string, []byte) error {
	close(g.entered)
	<-g.leave
	return nil
}

// TestProvingNeedsItsKey: the broker's network must be that of the key.
func TestProvingNeedsItsKey(t *testing.T) {
	c := demoConfig()
	c.Broker.Listen, c.Broker.Network = []string{"127.0.0.1:0"}, "0102030405060708"
	if n, err := New(t.Context(), c, Data(t.TempDir()), slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "broker.network") {
		t.Errorf("%v, %v", n, err)
	}
	for _, bad := range []CoverageConfig{{Timing: "fast"}, {OtherNetworks: []string{"x"}}, {OtherNetworks: make([]string, 9)}} {
		if bad.Validate() == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}
