package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"time"

	"hexspot/cmd/internal/mqttlink"
	"hexspot/hardware/emulator"
)

// eui is the concentrator's.
const eui = "68657873706f7421"

// region is the plan that is measured with.
const region = "EU868"

// rig is an emulated concentrator, a broker, and a network server's client; the
// hotspot is put between them.
type rig struct {
	dir      string
	log      *os.File // of the processes, shown if something fails
	emulator *process
	broker   *process
	observer *mqttlink.Link
	control  string // address of the emulator's control
	server   string // URL of the broker
	network  string // whom logins are for
	received atomic.Int64
	reports  chan report
}

func newRig(ctx context.Context, c Config) (*rig, error) {
	dir, err := os.MkdirTemp("", "hexnet-bench-")
	if err != nil {
		return nil, err
	}
	r := &rig{dir: dir, reports: make(chan report, 1)}
	if err := r.build(ctx, c); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

func (r *rig) path(name string) string { return filepath.Join(r.dir, name) }

func (r *rig) build(ctx context.Context, c Config) (err error) {
	if r.log, err = os.Create(r.path("log")); err != nil {
		return err
	}
	if err := c.Firmware(r.path("firmware")); err != nil {
		return err
	}
	account, err := c.Account(r.path("data"))
	if err != nil {
		return err
	}
	if err := r.serve(ctx, c); err != nil {
		return err
	}
	if err := r.emulate(ctx, c); err != nil {
		return err
	}
	account.URL = r.server
	r.observer, err = mqttlink.Open(ctx, account, []string{mqttlink.Uplinks(topic), reports(topic)}, r.take)
	return err
}

const topic = "eu868"

// Where a process says what it listens on.
var (
	serverURL      = regexp.MustCompile(`tcp://127\.0\.0\.1:\d+`)
	networkID      = regexp.MustCompile(`network ([0-9a-f]{16})`)
	controlAddress = regexp.MustCompile(`control (127\.0\.0\.1:\d+)`)
)

func (r *rig) serve(ctx context.Context, c Config) error {
	var err error
	text := c.ServeTOML
	if c.Coverage {
		text += coveredServeTOML
	}
	if err := os.WriteFile(r.path("hexnet.toml"), []byte(text), 0o600); err != nil {
		return err
	}
	r.broker, err = start(ctx, r.log, c.Hexnet, "serve", "--data", r.path("data"), "--config", r.path("hexnet.toml"))
	if err != nil {
		return err
	}
	line, err := r.broker.line()
	id := networkID.FindStringSubmatch(line)
	if r.server = serverURL.FindString(line); err == nil && (r.server == "" || id == nil) {
		err = fmt.Errorf("the broker says %q, without a network and a URL", line)
	}
	if err == nil {
		r.network = id[1]
	}
	return err
}

func (r *rig) emulate(ctx context.Context, c Config) error {
	var err error
	r.emulator, err = start(ctx, r.log, c.Hexnet, "emulate", "--link", r.path("concentrator"), "--eui", eui, "--control", "127.0.0.1:0")
	if err != nil {
		return err
	}
	line, err := r.emulator.line()
	if err != nil {
		return err
	}
	found := controlAddress.FindStringSubmatch(line)
	if found == nil {
		return fmt.Errorf("the emulator says %q, without a control address", line)
	}
	r.control = found[1]
	return nil
}

// hotspotTOML is the configuration of the program that is measured.
const hotspotTOML = `region = %q
[concentrator]
bus = %q
firmware = %q
[station]
key = %q
[spool]
path = %q
[[output]]
type = "chirpstack"
server = %q
station_login = true
network = %q
`

// Proof of coverage in the configurations of hotspot and network.
const (
	coveredHotspotTOML = "[coverage]\nenabled = true\nstatus = %q\n"
	coveredServeTOML   = "[coverage]\nenabled = true\n"
)

// hotspot starts the hotspot and waits until it receives.
func (r *rig) hotspot(ctx context.Context, c Config) (p *process, boot time.Duration, err error) {
	text := fmt.Sprintf(hotspotTOML, region, "usb:"+r.path("concentrator"), r.path("firmware"), r.path("station.key"), r.path("spool.db"), r.server, r.network)
	if c.Coverage {
		text += fmt.Sprintf(coveredHotspotTOML, r.path("status.sock"))
	}
	if err := os.WriteFile(r.path("hexspot.toml"), []byte(text), 0o600); err != nil {
		return nil, 0, err
	}
	if p, err = start(ctx, r.log, c.Hexspot, "run", "--config", r.path("hexspot.toml")); err != nil {
		return nil, 0, err
	}
	if boot, err = r.awaitBoot(ctx, p); err != nil {
		return nil, 0, errors.Join(err, p.stop())
	}
	return p, boot, nil
}

// Bounds of a boot.
const (
	bootTimeout = 20 * time.Second
	bootLook    = 5 * time.Millisecond
)

func (r *rig) awaitBoot(ctx context.Context, p *process) (time.Duration, error) {
	for {
		status, err := emulator.ControlStatus(ctx, r.control)
		took := time.Since(p.begun)
		switch {
		case err != nil:
			return 0, err
		case status.Receiving == "yes":
			return took, nil
		case took > bootTimeout:
			return 0, fmt.Errorf("the hotspot does not receive after %v: %s", bootTimeout, status.Receiving)
		}
		time.Sleep(bootLook)
	}
}

// close ends everything and removes what was written.
func (r *rig) close() error {
	var all []error
	if r.observer != nil {
		r.observer.Close()
	}
	for _, p := range []*process{r.emulator, r.broker} {
		if p != nil {
			all = append(all, p.stop())
		}
	}
	if r.log != nil {
		all = append(all, r.log.Close())
	}
	return errors.Join(append(all, os.RemoveAll(r.dir))...)
}

// tail is the end of what the processes logged.
func (r *rig) tail() string {
	const most = 2000
	text, _ := os.ReadFile(r.path("log"))
	return string(text[max(0, len(text)-most):])
}
