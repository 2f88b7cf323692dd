package sx1302

import "context"

// agcStep is one exchange of parameters over the AGC's mailbox.
type agcStep struct {
	name    string
	values  []byte // bytes 0 on; the AGC gives them back
	command byte   // into byte 3
	status  byte   // that answers
}

// autoGain leaves a gain to the AGC.
const autoGain = 0xFF

// agcSteps are the AGC's parameters for boards with SX1250 radios, in the order in
// which it asks (HAL, sx1302_agc_start and loragw_agc_params.h). The HAL looks for
// the full-duplex flag in byte 2 of the answers about gains, which the firmware for
// SX1250 never writes; this does not.
func agcSteps() []agcStep {
	return []agcStep{
		{"gains of radio A", []byte{autoGain, autoGain}, 0x80, 0x02},
		{"gains of radio B", []byte{autoGain, autoGain}, 0x20, 0x03},
		{"analog gain", []byte{1, 13}, 0x03, 0x04},
		{"analog thresholds", []byte{3, 12}, 0x04, 0x05},
		{"decimator attenuation", []byte{4, 15}, 0x05, 0x06},
		{"decimator thresholds", []byte{40, 80, 90}, 0x06, 0x07},
		{"channel attenuation", []byte{4, 14}, 0x07, 0x08},
		{"channel thresholds", []byte{52, 132}, 0x08, 0x09},
		{"power amplifier", []byte{0, 7, 4}, 0x09, 0x0A}, // deviceSel, hpMax, paDutyCycle
		{"power amplifier delay", []byte{8}, 0x0A, 0x0B}, // 100 µs each
		{"listen before talk", []byte{0}, 0x0B, 0x0F},
	}
}

// agcDone ends the exchange; the AGC's status is then 0, and bits of it tell of
// transmissions.
const agcDone = 0x0F

// startAGC takes the AGC through its start and gives its version.
func (c chip) startAGC(ctx context.Context) (byte, error) {
	version, err := c.awaken(ctx, agc())
	if err != nil {
		return version, err
	}
	for _, step := range agcSteps() {
		if err := c.exchange(ctx, step); err != nil {
			return version, err
		}
	}
	return version, c.write(ctx, setting{regMailboxWrite[3], agcDone})
}

func (c chip) exchange(ctx context.Context, step agcStep) error {
	var values []setting
	for i, v := range step.values {
		values = append(values, setting{regMailboxWrite[i], v})
	}
	if err := c.write(ctx, values...); err != nil {
		return err
	}
	if err := c.write(ctx, setting{regMailboxWrite[3], step.command}); err != nil {
		return err
	}
	if err := c.await(ctx, agc(), step.name, step.status); err != nil {
		return err
	}
	return c.checkEcho(ctx, step)
}

func (c chip) checkEcho(ctx context.Context, step agcStep) error {
	var got [4]byte // byte 3 first
	if err := c.readBurst(ctx, regMailboxRead[3].Address, got[:]); err != nil {
		return err
	}
	for i, want := range step.values {
		if b := got[3-i]; b != want {
			return &EchoError{MCU: "AGC", Step: step.name, Byte: i, Got: b, Want: want}
		}
	}
	return nil
}

// The ARB's parameters (HAL, sx1302_arb_start).
const (
	arbStatisticsSF      = 7    // which spreading factor to count, for debugging
	arbFilter            = 3    // threshold of the filter of doubly detected frames
	arbDoubleNone        = 0x00 // demodulate a frame once
	arbDoubleEvery       = 0xFF // twice at every spreading factor: for data, for time
	arbGo                = 1
	arbRunning      byte = 0x00 // status
)

// startARB takes the ARB through its start and gives its version.
func (c chip) startARB(ctx context.Context, fine bool) (byte, error) {
	version, err := c.awaken(ctx, arb())
	if err != nil {
		return version, err
	}
	double := byte(arbDoubleNone)
	if fine {
		double = arbDoubleEvery
	}
	err = c.write(ctx, setting{regARBConfig[0], arbStatisticsSF},
		setting{regARBConfig[2], arbFilter}, setting{regARBConfig[3], double})
	if err != nil {
		return version, err
	}
	if err := c.write(ctx, setting{regARBConfig[1], arbGo}); err != nil {
		return version, err
	}
	return version, c.await(ctx, arb(), "parameters", arbRunning)
}
