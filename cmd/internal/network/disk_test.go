package network

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"hexspot/cmd/internal/stations"
	"hexspot/gateway/broker"
	"hexspot/internal/journal"
	"hexspot/radio"
)

// smallDisk mounts a file system of its own at a directory until the test ends.
func smallDisk(t *testing.T, dir, size string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("a full disk is a small file system mounted for the test, and only root may mount")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "mode=700,size="+size); err != nil {
		t.Skipf("a full disk is a small file system mounted for the test, and none can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
}

// fillDisk takes all of a disk but so many bytes, until what it returns is removed.
func fillDisk(t *testing.T, dir string, leave int64) (ballast string) {
	t.Helper()
	ballast = filepath.Join(dir, "ballast")
	file, err := os.OpenFile(ballast, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for block := make([]byte, 4096); ; {
		var disk unix.Statfs_t
		if err := unix.Statfs(dir, &disk); err != nil {
			t.Fatal(err)
		}
		if int64(disk.Bavail)*int64(disk.Bsize) <= leave {
			return ballast
		}
		if _, err := file.Write(block); err != nil {
			return ballast // somebody else took the rest
		}
	}
}

// fullDisk is a network whose stations publish while the disk of a directory is filled:
// nothing may be acknowledged that is not kept, and all goes on by itself when there is room.
type fullDisk struct {
	*testing.T
	n     *Network
	fleet *stations.Fleet
}

// fullStations are as many as publish; what is waited for is some of each.
const fullStations = 20

func (d fullDisk) refusals() int64 { return d.n.broker.Counters().RefusedBy[broker.RefusedStorage] }

// journaled is the number of the last entry of the journal.
func (d fullDisk) journaled() uint64 {
	d.Helper()
	status, err := d.n.store.Journal.Status(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	return status.Last
}

// receipted is how many reports have a receipt.
func (d fullDisk) receipted() uint64 { return uint64(d.fleet.Receipts()) }

// whileFull waits until every station was refused and nothing new came meanwhile: what was on its way when
// the disk became full may have been kept, and be acknowledged at any time after that, but there is an end
// to it. It counts the uplinks that were acknowledged in that time.
func (d fullDisk) whileFull(news func() uint64) (uplinks uint64) {
	d.Helper()
	for deadline := time.Now().Add(patience); ; {
		before, acked := news(), d.fleet.Total()
		d.awaitRefusals()
		if news() == before {
			return d.fleet.Total() - acked
		}
		if time.Now().After(deadline) {
			d.Fatal("a full disk goes on to keep things")
		}
	}
}

// checkKept wants all that stations have been told so far to be kept, as it is at this moment: uplinks and
// reports in the journal, and reports in the log as well, where their receipts say. The disk must be full:
// what is kept may not change.
func (d fullDisk) checkKept() {
	d.Helper()
	acked, receipts := d.fleet.Acked(), d.fleet.Reported().Receipts
	uplinks, records := stations.Found{}, map[string]bool{}
	must(d, d.n.store.Journal.Read(d.Context(), journal.Query{}, func(r journal.Record) error {
		if strings.HasPrefix(r.Subject, "pkt.") {
			uplinks.Add(r.Data)
		}
		records[r.ID] = true
		return nil
	}))
	if b := uplinks.Balance(acked); b.Lost > 0 || b.Acked == 0 {
		d.Errorf("%d uplinks are acknowledged, %d of them are not in the journal", b.Acked, b.Lost)
	}
	for _, r := range receipts {
		id := make([]radio.RecordID, 1)
		must(d, d.n.proving.book.Log(r.Epoch).ReadIDs(r.Index, id))
		if !records[r.Record.String()] || id[0] != r.Record {
			d.Errorf("record %s has a receipt; it is in the journal: %v; in the log at its index: %s", r.Record, records[r.Record.String()], id[0])
		}
	}
	if len(receipts) == 0 {
		d.Error("there are no receipts")
	}
}

func (d fullDisk) awaitRefusals() {
	d.Helper()
	refused := d.refusals()
	await(d.T, "refusals for every station", func() bool { return d.refusals() > refused+3*fullStations })
}

// awaitRoom makes room and waits for acknowledgements.
func (d fullDisk) awaitRoom(ballast string) {
	d.Helper()
	uplinks, receipts := d.fleet.Total(), d.fleet.Receipts()
	if err := os.Remove(ballast); err != nil {
		d.Fatal(err)
	}
	await(d.T, "acknowledgements again", func() bool {
		return d.fleet.Total() > uplinks+3*fullStations && d.fleet.Receipts() > receipts+2*fullStations
	})
}

// overSmallDisk runs stations that report over a network in data until the test ends.
func overSmallDisk(t *testing.T, c Config, data Data) (d fullDisk, end func()) {
	t.Helper()
	n, ended := serving(t, c, data)
	f, stop := publishing(t, n, stations.Config{Count: fullStations, Reports: 50 * time.Millisecond})
	await(t, "the first messages", func() bool { return f.Total() > 3*fullStations && f.Receipts() > 2*fullStations })
	return fullDisk{t, n, f}, func() { stop(); ended() }
}

// TestFullDiskIsNotAcknowledged: real clients at QoS 1 while the disk fills. When it is full, nothing
// is acknowledged but what was kept before: stations are disconnected, come back and send again, nothing
// more is kept, and when there is room all that was acknowledged is there once.
func TestFullDiskIsNotAcknowledged(t *testing.T) {
	data := Data(t.TempDir())
	smallDisk(t, string(data), "64m")
	config := demoConfig()
	config.Journal.ReserveBytes = 4 << 20
	d, end := overSmallDisk(t, config, data)
	ballast := fillDisk(t, string(data), 2<<20) // what others give back does not make room
	d.whileFull(d.journaled)
	full := d.journaled()
	d.awaitRefusals()
	if now := d.journaled(); now != full {
		t.Errorf("%d entries more are kept by a full disk", now-full)
	}
	d.checkKept() // so nothing that came later was acknowledged
	d.awaitRoom(ballast)
	end()
	auditWell(t, config, data, d.fleet)
}

// TestFullDiskUnderTheLog: the disk of the logs of record ids is full, that of the journal
// is not. Uplinks are acknowledged. No report is, once the log's last page on the disk has no room either;
// every receipt's record is in the log in the end. The logs are whole afterwards, and what was journaled and
// not placed is placed once when it comes again.
func TestFullDiskUnderTheLog(t *testing.T) {
	data := Data(t.TempDir())
	smallDisk(t, data.path(logsDir), "512k")
	config := demoConfig()
	d, end := overSmallDisk(t, config, data)
	ballast := fillDisk(t, data.path(logsDir), 0)
	if d.whileFull(d.receipted) == 0 {
		t.Error("no uplink was acknowledged beside a full log")
	}
	d.awaitRoom(ballast)
	end()
	auditWell(t, config, data, d.fleet)
}

// auditWell wants nothing lost, nothing twice, nothing wrong.
func auditWell(t *testing.T, c Config, data Data, f *stations.Fleet) stations.Audit {
	t.Helper()
	a := audit(t, c, data, f)
	for _, problem := range a.Problems() {
		t.Error(problem)
	}
	t.Logf("\n%s", a)
	return a
}

// TestFullDiskUnderTheChains: the disk of seeds and anchors is full. Values go on as far as
// there is a chain; reports are taken all the same; when there is room, the next chain is
// published, and a new start goes on with what is kept.
func TestFullDiskUnderTheChains(t *testing.T) {
	data := Data(t.TempDir())
	smallDisk(t, data.path(chainsDir), "64k")
	config := demoConfig()
	config.Broker.Listen = kept
	d, end := overSmallDisk(t, config, data)
	ballast := fillDisk(t, data.path(chainsDir), 0)
	values, _ := d.fleet.Values()
	await(t, "two values beside it", func() bool { now, _ := d.fleet.Values(); return now >= values+2 })
	receipts := d.fleet.Receipts()
	await(t, "reports beside it", func() bool { return d.fleet.Receipts() > receipts+2*fullStations })
	d.awaitRoom(ballast)
	config.Broker.Listen = []string{d.n.Addresses()[0][len("tcp://"):]}
	end()
	n, ended := serving(t, config, data)
	p := newProver(t, n.ID())
	p.connect(n)
	await(t, "a value after the start", func() bool { _, count := p.last(); return count >= 1 })
	ended()
	auditWell(t, config, data, d.fleet)
}
