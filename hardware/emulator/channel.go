package emulator

import (
	"fmt"
	"math"

	"hexspot/radio"
)

// Where the channels are in the RX packet.
const (
	channelService = 8
	channelFSK     = 9
	modemService   = 16
	modemFSK       = 17
	multiSFModems  = 16
)

// Synchronisation words as peak positions. Public is LoRaWAN's 0x34 on the air.
var (
	syncPrivate = [2]byte{2, 4}
	syncPublic  = [2]byte{6, 8}
)

// fskTolerance is how far from the centre an FSK frame may be.
const fskTolerance = 25_000

// deaf is why the chip as a whole receives nothing, or "".
func (c *Chip) deaf() string {
	switch {
	case !c.powered:
		return "no power"
	case c.held:
		return "held in reset"
	case c.faults.Stall:
		return "receiver stalled"
	case c.register(regGenEnable)&genGlobal == 0:
		return "GLOBAL_EN is 0"
	case c.register(regCommonCtrl)&clock32RIF == 0 || c.register(regClockSelect)&clockDivider == 0:
		return "no 32 MHz clock"
	case c.clockRadio() < 0:
		return "no radio selected as the clock"
	case c.radios[c.clockRadio()].mode != modeReceive:
		return "the radio that gives the clock is not in RX"
	case !c.agcReady || !c.agc.running:
		return "the AGC is not started"
	case !c.arbReady || !c.arb.running:
		return "the ARB is not started"
	case c.register(regCommonCtrl)&hostRadioControl != 0:
		return "the host still controls the radios"
	}
	return ""
}

// clockRadio is the radio whose clock the chip uses, -1 if not exactly one.
func (c *Chip) clockRadio() int {
	switch c.register(regClockSelect) & (clockRadioA | clockRadioB) {
	case clockRadioA:
		return 0
	case clockRadioB:
		return 1
	}
	return -1
}

// centre is the frequency in hertz of an IF register pair behind a radio.
func (c *Chip) centre(address uint16, chain int) float64 {
	word := uint16(c.register(address))<<8 | uint16(c.register(address+1))
	offset := int16(word<<3) >> 3 // 13 bits, two's complement
	return c.radios[chain].hertz() + float64(offset)*15625/32
}

// receives: the radio behind a channel runs and is in RX.
func (c *Chip) receives(chain int) bool {
	return c.radioRuns(chain) && c.radios[chain].mode == modeReceive
}

// ear is one channel that hears a frame.
type ear struct {
	channel, modem byte
	away           float64 // Hz, the frame's frequency less the channel's centre
	intermediate   float64 // Hz, of the centre; multi-SF channels only
}

// ears finds the channels that hear a frame, or the reason why none does.
func (c *Chip) ears(f *Frame) ([]ear, error) {
	var found []ear
	var reason string
	add := func(e ear, why string) {
		if why != "" {
			reason = why
			return
		}
		found = append(found, e)
	}
	switch m := f.Modulation.(type) {
	case radio.FSK:
		add(c.fskEar(f, m))
	case radio.LoRa:
		if m.Bandwidth != 125*radio.KHz || c.serviceOn() {
			add(c.serviceEar(f, m))
		}
		if m.Bandwidth == 125*radio.KHz {
			add(c.multiSFEar(f, m))
		}
	default:
		reason = "modulation unknown"
	}
	if len(found) == 0 {
		return nil, &NotHeardError{Frequency: f.Frequency, Reason: reason}
	}
	return found, nil
}

// multiSFEar is the nearest of the eight channels that is within a quarter of
// the bandwidth.
func (c *Chip) multiSFEar(f *Frame, m radio.LoRa) (ear, string) {
	switch {
	case c.register(regGenEnable)&genConcentrator == 0:
		return ear{}, "the multi-SF modems are off"
	case c.register(regModemEnable0)|c.register(regModemEnable1) == 0:
		return ear{}, "no multi-SF modem is enabled"
	case m.SF < 5 || m.SF > 12 || c.register(regRxSFMask)>>(m.SF-5)&1 == 0:
		return ear{}, fmt.Sprintf("SF%d is not enabled", m.SF)
	case m.ImplicitHeader:
		return ear{}, "multi-SF modems need a header"
	case !c.syncMatches(c.multiSFSync(m.SF), f, m):
		return ear{}, "another sync word or inverted IQ"
	}
	best := ear{away: math.Inf(1)}
	enabled := c.register(regRxChannels) & c.register(regRxChannels+1)
	for i := range byte(8) {
		chain := int(c.register(regRxRadioSelect) >> i & 1)
		if enabled>>i&1 == 0 || !c.receives(chain) {
			continue
		}
		away := float64(f.Frequency) - c.centre(regRxFrequency+2*uint16(i), chain)
		if math.Abs(away) < math.Abs(best.away) {
			best = ear{channel: i, away: away, intermediate: float64(f.Frequency) - away - c.radios[chain].hertz()}
		}
	}
	if math.Abs(best.away) > float64(m.Bandwidth)/4 {
		return ear{}, "no channel at that frequency"
	}
	c.lastModem = (c.lastModem + 1) % multiSFModems
	best.modem = c.lastModem
	return best, ""
}

func (c *Chip) serviceOn() bool {
	return c.register(regGenEnable)&genService != 0 && c.register(regServiceModem)>>3&1 == 1 &&
		c.register(regServiceControl)>>4&1 == 1
}

func (c *Chip) serviceEar(f *Frame, m radio.LoRa) (ear, string) {
	rate := c.register(regServiceRate)
	chain := int(c.register(regServiceRadio) & 1)
	switch {
	case !c.serviceOn():
		return ear{}, "the LoRa service modem is off"
	case !c.receives(chain):
		return ear{}, "the LoRa service channel's radio is not in RX"
	case bandwidthOf(rate>>4) != m.Bandwidth || rate&0x0F != byte(m.SF):
		return ear{}, "the LoRa service channel has another rate"
	case c.register(regServiceControl)>>1&1 == 1 != m.ImplicitHeader:
		return ear{}, "the LoRa service channel differs in the header"
	case !c.syncMatches(c.sync(regServiceSync), f, m):
		return ear{}, "another sync word or inverted IQ"
	}
	away := float64(f.Frequency) - c.centre(regServiceFrequency, chain)
	if math.Abs(away) > float64(m.Bandwidth)/4 {
		return ear{}, "no channel at that frequency"
	}
	return ear{channel: channelService, modem: modemService, away: away}, ""
}

func (c *Chip) fskEar(f *Frame, m radio.FSK) (ear, string) {
	chain := int(c.register(regFSKConfig) >> 1 & 1)
	rate := uint32(c.register(regFSKBitRate))<<8 | uint32(c.register(regFSKBitRate+1))
	switch {
	case c.register(regGenEnable)&genFSK == 0:
		return ear{}, "the FSK modem is off"
	case !c.receives(chain):
		return ear{}, "the FSK channel's radio is not in RX"
	case m.BitRate == 0 || ticksPerSecond/m.BitRate != rate:
		return ear{}, "the FSK channel has another bit rate"
	}
	away := float64(f.Frequency) - c.centre(regFSKFrequency, chain)
	if math.Abs(away) > fskTolerance {
		return ear{}, "no channel at that frequency"
	}
	return ear{channel: channelFSK, modem: modemFSK, away: away}, ""
}

func (c *Chip) multiSFSync(sf radio.SpreadingFactor) [2]byte {
	switch sf {
	case 5:
		return c.sync(regSyncSF5)
	case 6:
		return c.sync(regSyncSF6)
	}
	return c.sync(regSyncSF7to12)
}

func (c *Chip) sync(address uint16) [2]byte {
	return [2]byte{c.register(address) & 0x1F, c.register(address+1) & 0x1F}
}

// syncMatches: LoRaWAN uses the public word, but the private one for SF5 and
// SF6; InvertIQ is the way of downlinks, which no receiving modem hears.
func (c *Chip) syncMatches(sync [2]byte, f *Frame, m radio.LoRa) bool {
	want := syncPublic
	if f.Private || m.SF < 7 {
		want = syncPrivate
	}
	return sync == want && !m.InvertIQ
}

func bandwidthOf(code byte) radio.Hertz {
	if code < 4 || code > 6 {
		return 0
	}
	return 125 * radio.KHz << (code - 4)
}
