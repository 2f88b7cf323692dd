package sx1302

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hexspot/hardware"
)

// starter takes a chip from its reset to reception.
type starter struct {
	chip     chip
	config   Config
	channels [fskChannel + 1]rxChannel
	info     Info
}

// stage is a part of the start. Each ends at an ordering barrier.
type stage struct {
	name string
	run  func(context.Context) error
}

// newStarter takes a config that validateRadio accepts.
func newStarter(bus hardware.Bus, config Config) (*starter, error) {
	channels, err := channelsOf(config.Plan)
	if err != nil {
		return nil, err
	}
	s := &starter{chip: chip{bus}, config: config, channels: channels}
	s.info.Bus = bus.String()
	return s, nil
}

// wake ends with the chip running on a radio's clock, so that all of it can be read.
func (s *starter) wake() []stage {
	return []stage{
		{"resetting the board", s.chip.bus.Reset},
		{"looking for the chip", s.findChip},
		{"resetting the radios", s.resetRadios},
		{"calibrating the radios", s.calibrate},
		{"resetting the calibrated radios", s.resetRadios},
		{"setting up the radios", s.setUpRadios},
		{"identifying the chip", s.identify},
	}
}

// operate begins where wake ends.
func (s *starter) operate() []stage {
	return []stage{
		{"setting up the receiver", s.setUpReceiver},
		{"enabling the modems", s.set(enableSettings)},
		{"starting the AGC", s.startAGC},
		{"starting the ARB", s.startARB},
		{"setting up the transmitter", s.set(txSettings)},
		{"enabling the GPS pulse", s.set(pulseSettings)},
		{"lighting the LED", s.set(readySettings)},
	}
}

func run(ctx context.Context, stages ...stage) error {
	for _, s := range stages {
		if err := s.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// boot runs the whole start.
func (s *starter) boot(ctx context.Context) error {
	return run(ctx, append(s.wake(), s.operate()...)...)
}

func (s *starter) set(settings func() []setting) func(context.Context) error {
	return func(ctx context.Context) error { return s.chip.write(ctx, settings()...) }
}

// findChip reads the version, and puts the pins to rest.
func (s *starter) findChip(ctx context.Context) error {
	v, err := s.chip.read(ctx, regVersion)
	if err != nil {
		return err
	}
	if v == 0x00 || v == 0xFF {
		return &NoChipError{Bus: s.info.Bus, Version: v}
	}
	s.info.Version = v
	return s.chip.write(ctx, setting{regGPIOOut, 0})
}

// A radio's supply needs long to be steady, its reset does not (HAL,
// sx1302_radio_reset).
const (
	radioPowerUp = 500 * time.Millisecond
	radioPulse   = 10 * time.Millisecond
)

// resetRadios resets both at once; the HAL does one after the other. Meanwhile the
// registers run on the SPI clock.
func (s *starter) resetRadios(ctx context.Context) error {
	steps := []struct {
		settings []setting
		after    time.Duration
	}{
		{[]setting{{regClock32RIF, 0}}, 0},
		{all(regRadioEnable[:], 1), 0},
		{all(regRadioReset[:], 1), radioPowerUp},
		{all(regRadioReset[:], 0), radioPulse},
		{all(regRadioReset[:], 1), radioPulse},
		{all(regRadioMode[:], 1), 0},
	}
	for _, step := range steps {
		if err := s.chip.write(ctx, step.settings...); err != nil {
			return err
		}
		if err := pause(ctx, step.after); err != nil {
			return err
		}
	}
	return nil
}

// selectClock takes the registers from the SPI clock to that of a radio.
func (s *starter) selectClock(ctx context.Context) error {
	radio := s.config.Board.ClockRadio
	err := s.chip.write(ctx, setting{regClockRadio[radio], 1}, setting{regClockRadio[1-radio], 0}, setting{regClockDivider, 1})
	if err != nil {
		return err
	}
	return s.chip.write(ctx, setting{regClock32RIF, 1})
}

// calibrate tunes the radios' image rejection with PA and LNA off.
func (s *starter) calibrate(ctx context.Context) error {
	if err := s.selectClock(ctx); err != nil {
		return err
	}
	err := s.chip.write(ctx, setting{regForceHostFE, 1}, setting{regPAEnable[0], 0}, setting{regLNAEnable[0], 0})
	if err != nil {
		return err
	}
	for i, f := range s.config.Plan.Radios {
		if err := (transceiver{s.chip, i}).calibrateImage(ctx, f); err != nil {
			return err
		}
	}
	return s.chip.write(ctx, setting{regForceHostFE, 0})
}

// setUpRadios has both radios receive, and gives them to the AGC.
func (s *starter) setUpRadios(ctx context.Context) error {
	for i, f := range s.config.Plan.Radios {
		if err := (transceiver{s.chip, i}).setUp(ctx, radioSetup(f, s.config.Board.SingleInput)); err != nil {
			return err
		}
	}
	if err := s.selectClock(ctx); err != nil {
		return err
	}
	return s.chip.write(ctx, setting{regHostRadioControl, 0})
}

// identify reads what the factory wrote.
func (s *starter) identify(ctx context.Context) error {
	eui, model, err := s.chip.readOTP(ctx)
	if err != nil {
		return err
	}
	s.info.EUI, s.info.Model = eui, model
	if s.config.FineTimestamp && model != SX1303 {
		return errors.New("fine timestamps need an SX1303, this is an " + model.String())
	}
	return nil
}

// setUpReceiver writes everything of the receive side that has no order.
func (s *starter) setUpReceiver(ctx context.Context) error {
	plan := s.config.Plan
	var w window
	if s.config.FineTimestamp {
		w.add(fineTimestamps()...)
	} else {
		w.add(legacyTimestamps()...)
	}
	w.add(gpioSettings()...)
	w.add(frontEndSettings()...)
	w.add(channelizerSettings(s.channels)...)
	w.add(correlatorSettings(s.channels)...)
	w.add(modemSettings(plan.Radios[0])...)
	if plan.Service != nil {
		w.add(serviceSettings(*plan.Service, plan.Radios[0])...)
	}
	if plan.FSK != nil {
		w.add(fskSettings(*plan.FSK)...)
	}
	w.add(syncWordSettings(s.config.Private, plan.Service)...)
	return s.chip.flush(ctx, &w)
}

func (s *starter) startAGC(ctx context.Context) (err error) {
	if err := s.chip.load(ctx, agc(), s.config.Firmware.AGC); err != nil {
		return err
	}
	s.info.AGCVersion, err = s.chip.startAGC(ctx)
	return err
}

func (s *starter) startARB(ctx context.Context) (err error) {
	if err := s.chip.load(ctx, arb(), s.config.Firmware.ARB); err != nil {
		return err
	}
	s.info.ARBVersion, err = s.chip.startARB(ctx, s.config.FineTimestamp)
	return err
}

func pulseSettings() []setting { return []setting{{regGPSEnable, 1}, {regGPSPolarity, 1}} }
func readySettings() []setting { return []setting{{regGPIOOut, 1}} }

// rxSetup is what the receive side must know of the start.
func (s *starter) rxSetup() rxSetup {
	setup := rxSetup{
		gateway: s.info.EUI, channels: s.channels, chains: s.config.Board.chains(),
		fine: s.config.FineTimestamp, now: s.config.Now,
	}
	if fsk := s.config.Plan.FSK; fsk != nil {
		setup.bitRate = fsk.BitRate
	}
	return setup
}
