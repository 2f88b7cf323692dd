package emulator

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"hexspot/hardware"
	"hexspot/radio"
)

// Model is the concentrator's kind, as its OTP has it.
type Model byte

// The models.
const (
	SX1302 Model = 0x02
	SX1303 Model = 0x03
)

// String gives "SX1302" or "SX1303".
func (m Model) String() string {
	if m == SX1303 {
		return "SX1303"
	}
	return "SX1302"
}

// Config says which chip on which board to be. All but the EUI is useful at zero.
type Config struct {
	EUI          radio.EUI
	Model        Model           // zero: SX1302
	AGCVersion   byte            // what the AGC firmware reports; zero: 10
	ARBVersion   byte            // what the ARB firmware reports; zero: 2
	CounterStart time.Duration   // the counter after each reset
	Temperature  float64         // of the board, °C
	RSSIOffset   radio.DB        // board's correction, raw to dBm; zero: -215.4 dB
	Gain         []hardware.Gain // the board's transmit power by setting; empty: the CoreCell's

	// Strict makes an access that no correct driver makes an error of the
	// operation. Without it the chip behaves as memory. Violations has it either way.
	Strict bool
	Log    *slog.Logger // zero: none
}

// Defaults of Config.
const (
	defaultAGCVersion = 10
	defaultARBVersion = 2
	defaultRSSIOffset = -21540
)

func (c Config) withDefaults() (Config, error) {
	if c.Model == 0 {
		c.Model = SX1302
	}
	if c.Model != SX1302 && c.Model != SX1303 {
		return c, fmt.Errorf("emulator: model %#02x is neither SX1302 nor SX1303", byte(c.Model))
	}
	if c.CounterStart < 0 {
		return c, fmt.Errorf("emulator: counter start %v is negative", c.CounterStart)
	}
	if c.Temperature < -100 || c.Temperature > 200 {
		return c, fmt.Errorf("emulator: board temperature %v °C", c.Temperature)
	}
	c.AGCVersion = orElse(c.AGCVersion, defaultAGCVersion)
	c.ARBVersion = orElse(c.ARBVersion, defaultARBVersion)
	if c.RSSIOffset == 0 {
		c.RSSIOffset = defaultRSSIOffset
	}
	if len(c.Gain) == 0 {
		board, err := hardware.BoardNamed("corecell")
		if err != nil {
			return c, fmt.Errorf("emulator: gain table: %w", err)
		}
		c.Gain = board.Gain
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// Chip is one concentrator: SX1302 or SX1303, two SX1250, one SX1261. All
// methods may be called at the same time.
type Chip struct {
	config Config
	layout *layout

	mu         sync.Mutex
	powered    bool
	held       bool // the reset line is active
	unplugged  bool // from its in-process buses
	clock      clock
	registers  [addrRegistersEnd - addrRegisters]byte
	agc, arb   mcu
	agcReady   bool // start-up of the AGC is over
	arbReady   bool
	lbtOn      bool
	radios     [2]transceiver
	listener   sx1261
	rx         fifo
	lastModem  byte // multi-SF modem of the latest frame
	tx         [2]chain
	faults     Faults
	violations violations
	changed    chan struct{} // closed when a waiting Inject may look again; nil if none waits
	sent       subscribers
	watch      watch
}

// New makes a chip that is powered and out of reset.
func New(config Config) (*Chip, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	c := &Chip{config: config, layout: sharedLayout(), powered: true}
	c.agc.ctrl, c.arb.ctrl = regAGCCtrl, regARBCtrl
	c.tx[0].base, c.tx[1].base = addrTxTop, addrTxTop+chainStep
	c.sent.kept = make(chan Transmission, sentKept)
	c.reset(time.Now())
	return c, nil
}

// EUI is the concentrator's EUI-64.
func (c *Chip) EUI() radio.EUI { return c.config.EUI }

// Reset is the edge of the hardware reset line: all but the OTP is as after
// power-on, and the counter starts anew.
func (c *Chip) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reset(time.Now())
}

func (c *Chip) reset(now time.Time) {
	for i := range c.tx {
		c.abort(&c.tx[i], now)
		c.tx[i].payload = [256]byte{}
	}
	c.clock = startClock(now, c.config.CounterStart)
	c.registers = c.layout.reset
	c.agc = mcu{ctrl: regAGCCtrl}
	c.arb = mcu{ctrl: regARBCtrl}
	c.agcReady, c.arbReady, c.lbtOn = false, false, false
	for i := range c.radios {
		c.radios[i].reset()
	}
	c.rx.reset()
	c.faults.cure()
	c.wake()
}

// resetListener is the edge of the SX1261's own reset line.
func (c *Chip) resetListener() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listener.reset()
}

// alive: powered and not held in reset.
func (c *Chip) alive() bool { return c.powered && !c.held }

func (c *Chip) register(address uint16) byte { return c.registers[address-addrRegisters] }

func (c *Chip) setRegister(address uint16, value byte) { c.registers[address-addrRegisters] = value }

// settle brings up to date what depends on time.
func (c *Chip) settle(now time.Time) {
	c.rx.settle(now)
	for i := range c.tx {
		c.settleChain(&c.tx[i], now)
	}
}

// wake lets every waiting Inject look again.
func (c *Chip) wake() {
	if c.changed != nil {
		close(c.changed)
		c.changed = nil
	}
}

// awaitChange returns a channel that is closed at the next change.
func (c *Chip) awaitChange() <-chan struct{} {
	if c.changed == nil {
		c.changed = make(chan struct{})
	}
	return c.changed
}

// Counter is the free-running counter in microseconds, unwrapped.
func (c *Chip) Counter() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.clock.ticks(time.Now()) / ticksPerMicro
}

// Status is a chip at a glance.
type Status struct {
	EUI        string `json:"eui"`
	Model      string `json:"model"`
	Micros     uint64 `json:"counter_us"`
	Receiving  string `json:"receiving"` // "yes", or why not
	FIFO       int    `json:"fifo_bytes"`
	Violations int    `json:"violations"`
}

// Status tells what the chip is doing.
func (c *Chip) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	c.settle(now)
	s := Status{EUI: c.config.EUI.String(), Model: c.config.Model.String(), Receiving: "yes",
		Micros: c.clock.ticks(now) / ticksPerMicro, FIFO: c.rx.size, Violations: c.violations.count}
	if reason := c.deaf(); reason != "" {
		s.Receiving = reason
	}
	return s
}
