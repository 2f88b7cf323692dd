package network

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// watcher is a station that follows the network's log over MQTT.
type watcher struct {
	*prover
	mu       sync.Mutex
	follower *log.Follower
	found    []log.Evidence
	last     log.Note
}

// watch connects a station that remembers its receipts and a checkpoint.
func watch(n *Network, p *prover, seen *log.Note, receipts []log.Receipt) *watcher {
	w := &watcher{prover: p, follower: p.follower()}
	if seen != nil {
		if err := w.follower.Restore(*seen); err != nil {
			p.t.Fatal(err)
		}
	}
	for _, r := range receipts {
		w.follower.Hold(r)
	}
	p.connect(n)
	p.done(p.client.Subscribe(p.topic("proof"), 1, func(_ paho.Client, m paho.Message) { w.prove(m.Payload()) }))
	p.done(p.client.Subscribe(checkpointTopic, 1, func(_ paho.Client, m paho.Message) { w.show(m.Payload()) }))
	return w
}

func (w *watcher) show(payload []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	list, err := log.ParseShown(payload, w.network)
	if err != nil {
		w.t.Error(err)
	}
	for _, s := range list {
		w.do(w.follower.Show(s))
	}
	w.ask()
}

func (w *watcher) prove(payload []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, err := log.ParseAnswer(payload)
	if err != nil {
		w.t.Error(err)
	}
	moves, err := w.follower.Hear(a)
	if err != nil {
		w.t.Log(err)
	}
	w.do(moves)
	w.ask()
}

func (w *watcher) do(m log.Moves) {
	w.found = append(w.found, m.Found...)
	for _, n := range m.Keep {
		if n.Checkpoint().Size > 0 { // of epochs without records there are final ones, too
			w.last = n
		}
	}
	for _, n := range m.Cosigned {
		w.client.Publish(w.topic("cosign"), 1, false, n.String())
	}
}

func (w *watcher) ask() {
	if q := w.follower.Question(); q != "" {
		w.client.Publish(w.topic("ask"), 1, false, q)
	}
}

// state is the checkpoint that was accepted last, and the evidence.
func (w *watcher) state() (log.Note, []log.Evidence) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last, w.found
}

// forge changes the entries of a log on disk and removes what the network wrote down of it: what
// an operator can do who wants a record gone.
func forge(t *testing.T, data Data, name log.Name, change func([]log.Entry) []log.Entry) {
	t.Helper()
	path := filepath.Join(data.path(logsDir), fmt.Sprint(name.Epoch, ".log"))
	was, err := openLog(path, name)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]radio.RecordID, was.Head().Size)
	if err := was.ReadIDs(0, ids); err != nil {
		t.Fatal(err)
	}
	var entries []log.Entry
	for _, id := range ids {
		place, err := was.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, log.Entry{Record: id, Received: place.Received})
	}
	// Without the journal, from which a start brings a log up to date.
	if err := errors.Join(was.Close(), os.Remove(path), os.Remove(filepath.Join(data.path(logsDir), noteName(name.Epoch))), os.RemoveAll(data.path("journal"))); err != nil {
		t.Fatal(err)
	}
	is, err := openLog(path, name)
	if err == nil {
		_, err = is.Append(change(entries))
	}
	if err = errors.Join(err, is.Close()); err != nil {
		t.Fatal(err)
	}
}

func openLog(path string, name log.Name) (*log.Log, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, err
	}
	return log.Open(file, name)
}

// liar is a network that has taken three records of a station and shown it a checkpoint, and then
// serves a log that was changed.
func liar(t *testing.T, change func([]log.Entry) []log.Entry) (n *Network, p *prover, seen log.Note, mine []log.Receipt) {
	t.Helper()
	c := demoConfig()
	c.API = APIConfig{Listen: "127.0.0.1:0", RequestRate: 1000}
	data := Data(t.TempDir())
	n, end := serving(t, c, data)
	p = newProver(t, n.ID())
	w := watch(n, p, nil, nil)
	mine = placed(t, n, p, 3)
	await(t, "a checkpoint of the honest log", func() bool { last, _ := w.state(); return last.Checkpoint().Size == 3 })
	seen, found := w.state()
	if len(found) != 0 {
		t.Fatal(found)
	}
	end()
	forge(t, data, mine[0].Log, change)
	c.Journal.Lost = true // whoever lies to stations does not mind
	n, _ = serving(t, c, data)
	return n, p, seen, mine
}

// TestALyingNetworkIsFound: a network takes three records, shows a checkpoint, and then
// serves a log in which one record is another. The station has its receipts and the
// checkpoint that it saw, nothing else. It finds both lies at once over MQTT; and
// `hexspot receipts` finds the split view with what HTTP serves now, and the omission with
// what HTTP serves when the epoch is frozen.
func TestALyingNetworkIsFound(t *testing.T) {
	t.Parallel()
	hexspot := buildHexspot(t)
	const victim = 1
	n, p, seen, mine := liar(t, func(entries []log.Entry) []log.Entry {
		entries[victim].Record = radio.RecordID{0xba, 0xd}
		return entries
	})
	split := watch(n, p, &seen, nil)
	await(t, "the split view to be found", func() bool { _, found := split.state(); return len(found) > 0 })
	if _, found := split.state(); found[0].Kind != log.Split || found[0].Verify() != nil {
		t.Errorf("%v", found)
	}
	p.client.Disconnect(0)
	omission := watch(n, p, nil, mine)
	await(t, "the omission to be found", func() bool { _, found := omission.state(); return len(found) > 0 })
	if _, found := omission.state(); found[0].Kind != log.Replaced || found[0].Receipts[0].Index != victim || found[0].Verify() != nil {
		t.Errorf("%v", found)
	}

	o := owner{t: t, n: n, epoch: mine[0].Epoch, dir: t.TempDir()}
	receipts := o.save("mine.receipts", log.AppendReceipts(nil, mine...))
	lies(t, "split", hexspot, "receipts", "compare", o.save("seen.note", []byte(seen.String())), o.fetch("checkpoint"), "--out", o.dir)
	o.awaitFreeze()
	lies(t, "replaced", hexspot, "receipts", "check", receipts, "--checkpoint", o.fetch("checkpoint"), "--log", o.fetch("ids"), "--high-water", o.fetch("high-water"), "--out", o.dir)
	for _, evidence := range []string{fmt.Sprintf("evidence-split-%d.json", mine[0].Epoch), fmt.Sprintf("evidence-replaced-%d-%d.json", mine[0].Epoch, victim)} {
		lies(t, "broke its promise", hexspot, "receipts", "verify", filepath.Join(o.dir, evidence), "--network", n.ID().String())
	}
}

// owner is who has a hotspot's files, and asks the network by HTTP about an epoch.
type owner struct {
	t     *testing.T
	n     *Network
	epoch witness.Epoch
	dir   string
}

func (o owner) save(name string, b []byte) string {
	o.t.Helper()
	path := filepath.Join(o.dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		o.t.Fatal(err)
	}
	return path
}

func (o owner) get(what string) answer {
	o.t.Helper()
	return request(o.t, http.MethodGet, fmt.Sprintf("%s/v1/log/%d/%s", o.n.API(), o.epoch, what), nil)
}

func (o owner) fetch(what string) string {
	o.t.Helper()
	a := o.get(what)
	if a.status != http.StatusOK {
		o.t.Fatalf("%s: %s", what, a.body)
	}
	return o.save(what, a.body)
}

func (o owner) awaitFreeze() {
	o.t.Helper()
	awaitFor(o.t, patience+time.Minute, "the epoch to be frozen", func() bool { return o.get("high-water").status == http.StatusOK })
}

func buildHexspot(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hexspot")
	if out, err := exec.Command("go", "build", "-o", path, "hexspot/cmd/hexspot").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// TestACutLogIsFound: a network takes three records, shows a checkpoint, and then goes on with a
// log that lacks the last one. There is no proof that leads there, and the network refuses to give
// one; but when it shows the final checkpoint, a station that has the receipt finds the cut
// at once, and so does one that has the checkpoint alone. `hexspot receipts` finds both with what
// HTTP serves.
func TestACutLogIsFound(t *testing.T) {
	t.Parallel()
	hexspot := buildHexspot(t)
	n, p, seen, mine := liar(t, func(entries []log.Entry) []log.Entry { return entries[:2] })
	held, bare := watch(n, p, &seen, mine), watch(n, newProver(t, n.ID()), &seen, nil)
	o := owner{t: t, n: n, epoch: mine[0].Epoch, dir: t.TempDir()}
	o.awaitFreeze()
	for kind, w := range map[log.Kind]*watcher{log.Overdue: held, log.Cut: bare} {
		await(t, "the cut to be found", func() bool { _, found := w.state(); return len(found) > 0 })
		if _, found := w.state(); len(found) != 1 || found[0].Kind != kind || found[0].Verify() != nil {
			t.Errorf("%v, want %s", found, kind)
		}
	}
	receipts, note, mark := o.save("mine.receipts", log.AppendReceipts(nil, mine...)), o.fetch("checkpoint"), o.fetch("high-water")
	lies(t, "overdue", hexspot, "receipts", "check", receipts, "--checkpoint", note, "--log", o.fetch("ids"), "--high-water", mark, "--out", o.dir)
	lies(t, "cut", hexspot, "receipts", "compare", o.save("seen.note", []byte(seen.String())), note, "--high-water", mark, "--out", o.dir)
	for _, evidence := range []string{fmt.Sprintf("evidence-overdue-%d-2.json", o.epoch), fmt.Sprintf("evidence-cut-%d.json", o.epoch)} {
		lies(t, "broke its promise", hexspot, "receipts", "verify", filepath.Join(o.dir, evidence), "--network", n.ID().String())
	}
}

// placed has a station report beacons of one slot and gives their receipts.
func placed(t *testing.T, n *Network, p *prover, count byte) (receipts []log.Receipt) {
	t.Helper()
	now := present()
	for number := range count {
		s := p.sign(n.ID(), radio.KindBeacon, beaconOf(demoTiming(t).SlotAt(now), now, number))
		r, err := log.ParseReceipt(p.report("beacon", s.Append(nil)), n.ID())
		if err != nil {
			t.Fatal(err)
		}
		receipts = append(receipts, r)
	}
	return receipts
}

// lies demands that a command finds or verifies evidence.
func lies(t *testing.T, what, program string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	command := exec.Command(program, args...)
	command.Stdout, command.Stderr = &out, &out
	err := command.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 || !strings.Contains(out.String(), what) {
		t.Errorf("%v: %v\n%s", args, err, out.String())
	}
	t.Log(out.String())
}
