package emulator

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"hexspot/radio"
)

// Frame is one frame on the air at the chip's antenna.
type Frame struct {
	Payload    []byte
	Frequency  radio.Hertz
	Modulation radio.Modulation // radio.LoRa or radio.FSK
	RSSI       radio.DBm
	SNR        radio.DB
	CRC        radio.CRCStatus // its zero value: the frame carries none
	Private    bool            // sync word of private networks (0x12)

	// End is when the last symbol ended, to which the chip's timestamp is exact
	// however late the frame is injected. Zero: when it is injected.
	End time.Time
}

// Errors of TryInject.
var (
	// ErrFull says that the RX FIFO has no room: the driver must read first.
	ErrFull = errors.New("emulator: the RX FIFO is full")
	// ErrNotReceiving says that the chip is not (yet) started; the text has why.
	ErrNotReceiving = errors.New("emulator: the concentrator is not receiving")
)

// NotHeardError says that the chip receives, but no channel hears the frame.
type NotHeardError struct {
	Frequency radio.Hertz
	Reason    string
}

// Error names frequency and reason.
func (e *NotHeardError) Error() string {
	return fmt.Sprintf("emulator: frame at %v not heard: %s", e.Frequency, e.Reason)
}

// Inject lets the chip hear a frame. While the FIFO has no room or the chip is
// not receiving it waits, until ctx ends. Errors: NotHeardError, ctx's error
// (wrapped, with what it was waiting for), a frame that cannot be.
func (c *Chip) Inject(ctx context.Context, f Frame) error {
	for {
		changed, err := c.inject(f)
		if changed == nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%w (%w)", err, context.Cause(ctx))
		}
	}
}

// TryInject is Inject without waiting: ErrFull or ErrNotReceiving instead.
func (c *Chip) TryInject(f Frame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hear(f)
}

// inject tries once; if it is worth trying again, changed says when.
func (c *Chip) inject(f Frame) (changed <-chan struct{}, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	err = c.hear(f)
	if errors.Is(err, ErrFull) || errors.Is(err, ErrNotReceiving) {
		return c.awaitChange(), err
	}
	return nil, err
}

func (c *Chip) hear(f Frame) error {
	if err := f.validate(); err != nil {
		return err
	}
	now := time.Now()
	if f.End.IsZero() {
		f.End = now
	}
	c.settle(now)
	if reason := c.deaf(); reason != "" {
		return fmt.Errorf("%w: %s", ErrNotReceiving, reason)
	}
	if f.End.Before(c.clock.origin) {
		return &NotHeardError{Frequency: f.Frequency, Reason: "it ended before the chip's counter began"}
	}
	ears, err := c.ears(&f)
	if err != nil {
		return err
	}
	packets, need := make([][]byte, len(ears)), 0
	readies := make([]time.Time, len(ears))
	for i, e := range ears {
		p, ready := c.demodulate(&f, e)
		packets[i], readies[i] = c.faults.spoil(p.append(make([]byte, 0, p.size()))), ready
		need += len(packets[i])
	}
	if need > c.rx.room() {
		return ErrFull
	}
	for i := range packets {
		c.rx.schedule(readies[i], packets[i])
	}
	c.rx.settle(now)
	return nil
}

func (f *Frame) validate() error {
	if len(f.Payload) > 255 {
		return fmt.Errorf("emulator: a frame of %d bytes; at most 255", len(f.Payload))
	}
	if f.CRC > radio.CRCOK {
		return fmt.Errorf("emulator: CRC state %d", f.CRC)
	}
	if m, ok := f.Modulation.(radio.LoRa); ok && m.CodeRate > radio.CodeRate4_8 {
		return fmt.Errorf("emulator: code rate %d", m.CodeRate)
	}
	return nil
}

// demodulate makes the packet and says when the modem is done with it, which is
// never before its timestamp.
func (c *Chip) demodulate(f *Frame, e ear) (packet, time.Time) {
	p := packet{payload: f.Payload, channel: e.channel, modem: e.modem,
		crcOn: f.CRC != radio.CRCNone, crcBad: f.CRC == radio.CRCBad}
	var delay int64 // µs from the end of the frame to the timestamp
	if m, ok := f.Modulation.(radio.LoRa); ok {
		delay = c.demodulateLoRa(&p, f, m, e.away)
	} else {
		p.rssi = c.rawFSK(f.RSSI.Float())
		delay = fskDelay(f.Modulation.(radio.FSK).BitRate)
	}
	p.ticks = uint32(c.clock.ticks(f.End) + uint64(delay*ticksPerMicro))
	if m, ok := f.Modulation.(radio.LoRa); ok && p.timingSet {
		c.latchFine(&p, f, m, e)
	}
	if delay < 0 {
		return p, f.End
	}
	return p, f.End.Add(time.Duration(delay+1) * time.Microsecond)
}

func (c *Chip) demodulateLoRa(p *packet, f *Frame, m radio.LoRa, away float64) (delay int64) {
	p.sf, p.codeRate = byte(m.SF), byte(m.CodeRate)
	if p.codeRate == 0 {
		p.codeRate = byte(radio.CodeRate4_5)
	}
	p.snr = quarters(f.SNR.Float())
	p.rssi = c.rawRSSI(f.RSSI.Float())
	p.rssiSig = c.rawRSSI(signalLevel(f.RSSI.Float(), f.SNR.Float()))
	p.freqError = errorSteps(away, m.Bandwidth)
	r := reception{int(m.Bandwidth), int(m.SF), int(p.codeRate), p.crcOn, len(f.Payload)}
	if c.register(regRxBuffer)&bufferLegacy != 0 {
		return r.legacyDelay()
	}
	p.timingSet = c.config.Model == SX1303
	if p.timingSet {
		p.metrics = min(int(c.register(regMaxMetrics)), metricPairs(m.SF))
	}
	return r.fineDelay()
}

// errorSteps is a frequency error in the modem's steps: bandwidth / 2^20, 20 bits.
func errorSteps(away float64, bandwidth radio.Hertz) int32 {
	steps := math.Round(away / (float64(bandwidth) / (1 << 20)))
	return int32(min(max(steps, -1<<19), 1<<19-1)) & 0xFFFFF
}

// metricPairs is how many the SX1303 keeps: the fewer, the longer the symbol.
func metricPairs(sf radio.SpreadingFactor) int {
	switch sf {
	case 12:
		return 4
	case 11:
		return 8
	case 10:
		return 16
	}
	return 32
}
