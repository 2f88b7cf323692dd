package sx1302

import (
	"context"
	"errors"
	"fmt"

	"hexspot/hardware"
	"hexspot/radio"
)

// Model is the kind of chip, as its OTP memory has it.
type Model byte

// The models. SX1303 adds fine timestamps.
const (
	SX1302 Model = 0x02 // early ones have 0x00
	SX1303 Model = 0x03
)

// String gives "SX1302", "SX1303" or the number.
func (m Model) String() string {
	switch m {
	case 0x00, SX1302:
		return "SX1302"
	case SX1303:
		return "SX1303"
	}
	return fmt.Sprintf("unknown model %02X", byte(m))
}

// Info is what a concentrator says about itself.
type Info struct {
	Bus        string // its name
	EUI        radio.EUI
	Model      Model
	Version    byte // of the silicon, 0x10 or 0x12
	AGCVersion byte // of the firmware; 0: none was loaded
	ARBVersion byte // likewise

	Temperature    float64 // of the board, degrees Celsius; only if HasTemperature
	HasTemperature bool
}

// otpModel is where OTP memory holds the model; the EUI-64 is at 0 to 7.
const otpModel = 0xD0

// readOTP reads the model and the EUI-64 in one exchange, in the order of the HAL.
func (c chip) readOTP(ctx context.Context) (eui radio.EUI, model Model, err error) {
	var ops []hardware.Op
	for _, address := range []byte{otpModel, 0, 1, 2, 3, 4, 5, 6, 7} {
		ops = append(ops, writeOp(regOTPAddress.Address, address), readOp(regOTPData.Address, 1))
	}
	if err := c.bus.Do(ctx, ops...); err != nil {
		return eui, 0, err
	}
	at := func(i int) byte { return readData(ops[2*i+1])[0] }
	for i := range eui {
		eui[i] = at(i + 1)
	}
	return eui, Model(at(0)), nil
}

// Identify resets the chip on a bus and reads what it says about itself, which takes
// a second and a half. Without firmware in the config it stops before the start of
// the two microcontrollers; with it the chip is left receiving. Without a channel
// plan that of EU868 stands in: nothing is sent.
func Identify(ctx context.Context, bus hardware.Bus, config Config) (Info, error) {
	if config.Plan.IsZero() {
		plan, err := radio.PlanNamed("EU868")
		if err != nil {
			return Info{}, err
		}
		config.Plan = plan
	}
	if err := config.validateRadio(); err != nil {
		return Info{}, err
	}
	s, err := newStarter(bus, config)
	if err != nil {
		return Info{}, err
	}
	stages := s.wake()
	if config.Firmware.Complete() {
		stages = append(stages, s.operate()...)
	}
	if err := run(ctx, stages...); err != nil {
		return s.info, fmt.Errorf("identifying the concentrator: %w", err)
	}
	if err := s.info.measure(ctx, bus); errors.Is(err, hardware.ErrGone) {
		return s.info, err
	}
	return s.info, nil
}

// measure reads the board's temperature. A chip without one is no less a chip.
func (i *Info) measure(ctx context.Context, bus hardware.Bus) error {
	celsius, err := temperature(ctx, bus)
	i.Temperature, i.HasTemperature = celsius, err == nil
	return err
}

func temperature(ctx context.Context, bus hardware.Bus) (float64, error) {
	sensor, ok := bus.(hardware.Thermometer)
	if !ok {
		return 0, hardware.ErrNoSensor
	}
	celsius, err := sensor.Temperature(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading the temperature: %w", err)
	}
	if celsius < -60 || celsius > 150 {
		return 0, fmt.Errorf("a board temperature of %.0f °C: %w", celsius, hardware.ErrNoSensor)
	}
	return celsius, nil
}
