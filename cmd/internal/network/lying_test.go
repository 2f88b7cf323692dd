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

// forge replaces a record in a log on disk and removes what the network wrote down of it: what
// an operator can do who wants a record gone.
func forge(t *testing.T, data Data, name log.Name, victim uint64) {
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
	for i, id := range ids {
		place, err := was.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		if uint64(i) == victim {
			id = radio.RecordID{0xba, 0xd}
		}
		entries = append(entries, log.Entry{Record: id, Received: place.Received})
	}
	// Without the journal, from which a start brings a log up to date.
	if err := errors.Join(was.Close(), os.Remove(path), os.Remove(filepath.Join(data.path(logsDir), noteName(name.Epoch))), os.RemoveAll(data.path("journal"))); err != nil {
		t.Fatal(err)
	}
	is, err := openLog(path, name)
	if err == nil {
		_, err = is.Append(entries)
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

// TestALyingNetworkIsFound: a network takes three records, shows a checkpoint, and then
// serves a log in which one record is another. The station has its receipts and the
// checkpoint that it saw, nothing else. It finds both lies at once over MQTT; and
// `hexspot receipts` finds the split view with what HTTP serves now, and the omission with
// what HTTP serves when the epoch is frozen.
func TestALyingNetworkIsFound(t *testing.T) {
	t.Parallel()
	hexspot := filepath.Join(t.TempDir(), "hexspot")
	if out, err := exec.Command("go", "build", "-o", hexspot, "hexspot/cmd/hexspot").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c := demoConfig()
	c.API = APIConfig{Listen: "127.0.0.1:0", RequestRate: 1000}
	data := Data(t.TempDir())
	n, end := serving(t, c, data)
	p := newProver(t, n.ID())
	w := watch(n, p, nil, nil)
	mine := placed(t, n, p, 3)
	await(t, "a checkpoint of the honest log", func() bool { last, _ := w.state(); return last.Checkpoint().Size == 3 })
	seen, found := w.state()
	if len(found) != 0 {
		t.Fatal(found)
	}
	end()

	const victim = 1
	forge(t, data, mine[0].Log, victim)
	c.Journal.Lost = true // whoever lies to stations does not mind
	n, _ = serving(t, c, data)
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

	dir := t.TempDir()
	save := func(name string, b []byte) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	fetch := func(what string) string {
		t.Helper()
		a := request(t, http.MethodGet, fmt.Sprintf("%s/v1/log/%d/%s", n.API(), mine[0].Epoch, what), nil)
		if a.status != http.StatusOK {
			t.Fatalf("%s: %s", what, a.body)
		}
		return save(what, a.body)
	}
	receipts := save("mine.receipts", log.AppendReceipts(nil, mine...))
	lies(t, "split", hexspot, "receipts", "compare", save("seen.note", []byte(seen.String())), fetch("checkpoint"), "--out", dir)
	awaitFor(t, patience+time.Minute, "the epoch to be frozen", func() bool {
		return request(t, http.MethodGet, fmt.Sprintf("%s/v1/log/%d/high-water", n.API(), mine[0].Epoch), nil).status == http.StatusOK
	})
	lies(t, "replaced", hexspot, "receipts", "check", receipts, "--checkpoint", fetch("checkpoint"), "--log", fetch("ids"), "--high-water", fetch("high-water"), "--out", dir)
	for _, evidence := range []string{fmt.Sprintf("evidence-split-%d.json", mine[0].Epoch), fmt.Sprintf("evidence-replaced-%d-%d.json", mine[0].Epoch, victim)} {
		lies(t, "broke its promise", hexspot, "receipts", "verify", filepath.Join(dir, evidence), "--network", n.ID().String())
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
