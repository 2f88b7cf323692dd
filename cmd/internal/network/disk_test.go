package network

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"hexspot/cmd/internal/stations"
	"hexspot/gateway/broker"
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
// neither uplink nor report may be acknowledged while nothing can be kept of it, and all
// goes on by itself when there is room.
type fullDisk struct {
	*testing.T
	n     *Network
	fleet *stations.Fleet
}

// fullStations are as many as publish; what is waited for is some of each.
const fullStations = 20

func (d fullDisk) refusals() int64 { return d.n.broker.Counters().RefusedBy[broker.RefusedStorage] }

// whileFull waits until every station has been refused, and then until it has been again,
// and counts the uplinks that were acknowledged meanwhile. No report may be; what was kept
// before the disk was full may take some rounds to be acknowledged where it is slow.
func (d fullDisk) whileFull(uplinksToo bool) (uplinks uint64) {
	d.Helper()
	const rounds = 4
	for round := 1; ; round++ {
		d.awaitRefusals()
		before, receipts := d.fleet.Total(), d.fleet.Receipts()
		d.awaitRefusals()
		reports := d.fleet.Receipts() - receipts
		uplinks = d.fleet.Total() - before
		if reports == 0 && (uplinks == 0 || !uplinksToo) {
			return uplinks
		}
		if round == rounds {
			d.Fatalf("%d reports and %d uplinks acknowledged by a full disk", reports, uplinks)
		}
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

// TestFullDiskIsNotAcknowledged: real clients at QoS 1 while the disk fills. Neither uplink
// nor report is acknowledged without room, they are disconnected, come back and send again,
// and all that was acknowledged is there once.
func TestFullDiskIsNotAcknowledged(t *testing.T) {
	data := Data(t.TempDir())
	smallDisk(t, string(data), "64m")
	config := demoConfig()
	config.Journal.ReserveBytes = 4 << 20
	d, end := overSmallDisk(t, config, data)
	ballast := fillDisk(t, string(data), 4<<20)
	d.whileFull(true)
	d.awaitRoom(ballast)
	end()
	auditWell(t, config, data, d.fleet)
}

// TestFullDiskUnderTheLog: the disk of the logs of record ids is full, that of the journal
// is not. No report is acknowledged, uplinks are; the logs are whole afterwards, and what
// was journaled and not placed is placed once when it comes again.
func TestFullDiskUnderTheLog(t *testing.T) {
	data := Data(t.TempDir())
	smallDisk(t, data.path(logsDir), "512k")
	config := demoConfig()
	d, end := overSmallDisk(t, config, data)
	ballast := fillDisk(t, data.path(logsDir), 0)
	if d.whileFull(false) == 0 {
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
