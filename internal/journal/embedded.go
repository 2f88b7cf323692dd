package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"golang.org/x/sys/unix"
)

// embedded is the NATS server in this process: no listener, no signal handlers.
type embedded struct {
	dir     string
	options server.Options
	log     *slog.Logger
	reserve int64
	lock    *os.File // that this process is the only one over dir
}

// readyTimeout is how long the server may take to open its streams.
const readyTimeout = time.Minute

// serverMemory bounds streams in memory, of which there are none.
const serverMemory = 16 << 20

func newEmbedded(c Config, log *slog.Logger) (*embedded, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the journal's directory: %w", err)
	}
	lock, err := lockDir(c.Dir)
	if err != nil {
		return nil, err
	}
	interval, err := c.syncInterval()
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &embedded{dir: c.Dir, log: log, reserve: c.ReserveBytes, lock: lock, options: server.Options{
		ServerName: streamName, DontListen: true, NoSigs: true,
		JetStream: true, StoreDir: c.Dir, JetStreamMaxMemory: serverMemory, JetStreamMaxStore: c.MaxBytes + spareStore,
		SyncAlways: interval == 0, SyncInterval: interval,
		MaxPayload: MaxData + maxHeader, DisableJetStreamBanner: true,
	}}, nil
}

// spareStore is what the server may use above the stream's own limit.
const spareStore = 64 << 20

// lockDir keeps other processes out until the file is closed or the process ends.
func lockDir(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the journal: %w", err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		err = fmt.Errorf("%w: %s", ErrInUse, dir)
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// connect starts a server and connects to it.
func (e *embedded) connect(context.Context) (*connection, error) {
	options := e.options
	s, err := server.NewServer(&options)
	if err != nil {
		return nil, fmt.Errorf("setting up the log: %w", err)
	}
	s.SetLoggerV2(serverLog{e.log}, false, false, false)
	stop := func() { s.Shutdown(); s.WaitForShutdown() }
	s.Start()
	if !s.ReadyForConnections(readyTimeout) {
		stop()
		return nil, errors.New("the log does not start")
	}
	nc, err := nats.Connect("", nats.InProcessServer(s), nats.NoReconnect())
	if err != nil {
		stop()
		return nil, fmt.Errorf("connecting to the log: %w", err)
	}
	return &connection{nc: nc, stop: stop, alone: true}, nil
}

// room is nil while the disk has more than its reserve.
func (e *embedded) room() error {
	free, err := freeBytes(e.dir)
	if err == nil && free < e.reserve {
		err = fmt.Errorf("%w: the disk has %d bytes left, reserve_bytes is %d", ErrFull, free, e.reserve)
	}
	return err
}

// freeBytes is what the disk of a directory has left.
func freeBytes(dir string) (int64, error) {
	var disk unix.Statfs_t
	if err := unix.Statfs(dir, &disk); err != nil {
		return 0, fmt.Errorf("asking for the disk's free space: %w", err)
	}
	return int64(disk.Bavail) * int64(disk.Bsize), nil // of other widths on 32 bits
}

func (e *embedded) close() error { return e.lock.Close() }
