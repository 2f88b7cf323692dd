package hotspot

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hexspot/gateway/mqtt"
	"hexspot/hardware"
	"hexspot/hardware/emulator"
	"hexspot/internal/testlog"
	"hexspot/radio"
)

func board(t *testing.T) hardware.Board {
	t.Helper()
	b, err := hardware.BoardNamed(DefaultBoard)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// overUSB makes a hotspot on a pseudo-terminal.
func overUSB(t *testing.T, link string, plan radio.Plan, outputs ...mqtt.Config) *Hotspot {
	t.Helper()
	open, err := Opener("usb:"+link, board(t), testlog.New(t))
	if err != nil {
		t.Fatal(err)
	}
	return with(t, open, plan, outputs...)
}

func with(t *testing.T, open hardware.Opener, plan radio.Plan, outputs ...mqtt.Config) *Hotspot {
	t.Helper()
	config := ChipConfig(board(t), plan)
	config.Firmware = images(t)
	h, err := New(Parts{Open: open, Chip: config, Outputs: outputs, Log: testlog.New(t)})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// registers are the chip's, but for the counters and what the OTP memory was
// last asked for.
func registers(t *testing.T, chip *emulator.Chip) map[string]byte {
	t.Helper()
	all := make(map[string]byte)
	bus := chip.Bus()
	for address := 0x5600; address < 0x6180; address++ {
		if address >= 0x6101 && address <= 0x6108 {
			continue
		}
		op := hardware.Op{Out: []byte{0, byte(address >> 8), byte(address), 0, 0}, In: make([]byte, 5)}
		if err := bus.Do(context.Background(), op); err != nil {
			t.Fatal(err)
		}
		all[fmt.Sprintf("%04X", address)] = op.In[4]
	}
	return all
}

// twins are the same hotspot twice: over USB, and in process.
type twins struct {
	plan            radio.Plan
	plugged, direct *emulator.Chip
	usb, near       *Hotspot
}

func launchTwins(t *testing.T, plan radio.Plan) (w twins) {
	t.Helper()
	link := linkIn(t)
	w.plan = plan
	w.plugged, _ = plug(t, link)
	var err error
	if w.direct, err = emulator.New(emulator.Config{EUI: testEUI, Temperature: 25}); err != nil {
		t.Fatal(err)
	}
	w.usb = overUSB(t, link, plan)
	w.near = with(t, func(context.Context) (hardware.Bus, error) { return w.direct.Bus(), nil }, plan)
	launch(t, w.usb)
	launch(t, w.near)
	return w
}

// TestEveryPlanOverUSB starts a chip behind the CoreCell protocol on a
// pseudo-terminal for every channel plan. Its registers are those of a start in
// process, which the driver's tests compare with typed tables; and it hears a
// frame on every channel.
func TestEveryPlanOverUSB(t *testing.T) {
	var all []twins
	for _, plan := range radio.Plans() { // together: a start is mostly waiting
		all = append(all, launchTwins(t, plan))
	}
	for _, w := range all {
		t.Run(w.plan.Name, w.check)
	}
}

func (w twins) check(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, h := range []*Hotspot{w.usb, w.near} {
		if info, err := h.Ready(ctx); err != nil || info.EUI != testEUI {
			t.Fatalf("ready: %+v, %v", info, err)
		}
	}
	if v := w.plugged.Violations(); len(v) > 0 {
		t.Errorf("violations: %v", v)
	}
	// On a machine that stands still for a while one of them may be starting again.
	for look := time.NewTicker(20 * time.Millisecond); ; <-look.C {
		wrong := w.differ(t)
		if len(wrong) == 0 {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("over USB %+v, in process %+v: %s", w.usb.concentrator.Status(), w.near.concentrator.Status(), strings.Join(wrong, "\n"))
		}
	}
}

// differ is what one twin does not do as the other.
func (w twins) differ(t *testing.T) (wrong []string) {
	t.Helper()
	if diff := cmp.Diff(registers(t, w.direct), registers(t, w.plugged)); diff != "" {
		wrong = append(wrong, "registers differ (-in process +over USB):\n"+diff)
	}
	for i, f := range w.plan.MultiSF {
		if err := w.plugged.TryInject(frame(byte(i), f)); err != nil {
			wrong = append(wrong, fmt.Sprintf("channel %d: %v", i, err))
		}
	}
	return wrong
}

// TestUnplugged pulls the concentrator under a running hotspot and plugs another
// one in: packets flow again, with timestamps of another session.
func TestUnplugged(t *testing.T) {
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		t.Fatal(err)
	}
	link := linkIn(t)
	net := startNetwork(t, "127.0.0.1:0")
	defer net.server.Close()
	chip, pull := plug(t, link)
	h := overUSB(t, link, plan, mqtt.Config{Server: net.url})
	launch(t, h)
	inject(t, chip, frame(1, plan.MultiSF[0]))
	before := net.await(1)[0]
	pull()
	chip, _ = plug(t, link)
	inject(t, chip, frame(2, plan.MultiSF[0]))
	after := net.await(2)[1]
	for i, up := range []*struct{ payload, context []byte }{{before.PhyPayload, before.RxInfo.Context}, {after.PhyPayload, after.RxInfo.Context}} {
		if got := up.payload[len(up.payload)-1]; got != byte(i+1) {
			t.Errorf("uplink %d has payload %d", i+1, got)
		}
	}
	first, err1 := radio.ParseContext(before.RxInfo.Context)
	second, err2 := radio.ParseContext(after.RxInfo.Context)
	if err1 != nil || err2 != nil || first.Session == second.Session {
		t.Errorf("sessions %x and %x (%v, %v), want two", first.Session, second.Session, err1, err2)
	}
	if s := h.concentrator.Status(); s.Starts != 2 {
		t.Errorf("the chip was started %d times, want 2", s.Starts)
	}
}

// TestBrokerAway stops the network for a while under a running hotspot.
func TestBrokerAway(t *testing.T) {
	plan, err := radio.PlanNamed("US915_1")
	if err != nil {
		t.Fatal(err)
	}
	link := linkIn(t)
	net := startNetwork(t, kept)
	address := net.url[len("tcp://"):]
	chip, _ := plug(t, link)
	h := overUSB(t, link, plan, mqtt.Config{Server: net.url})
	stop := launch(t, h)
	inject(t, chip, frame(1, plan.MultiSF[0]))
	net.await(1)
	net.server.Close()
	for i := byte(2); i < 40; i++ {
		inject(t, chip, frame(i, plan.MultiSF[int(i)%8]))
	}
	again := startNetwork(t, address)
	defer again.server.Close()
	for i, up := range again.await(38) {
		if got := up.PhyPayload[len(up.PhyPayload)-1]; got != byte(i+2) {
			t.Errorf("uplink %d of those that waited is number %d", i+2, got)
		}
	}
	stop()
	if c := h.Counters(); c.Read != 39 || c.Forwarded != 39 || c.Acked != 39 || c.Dropped != 0 {
		t.Errorf("counters %+v, want 39 of all and none dropped", c)
	}
}
