package sx1302

import (
	"bytes"
	"context"
	"fmt"
	"time"
)

// mcu is one of the chip's two microcontrollers.
type mcu struct {
	name                   string
	memory                 uint16 // of its program
	clear, program, parity Field
	status, versionAt      Field
	version                byte // that this driver speaks to
}

func agc() mcu {
	return mcu{
		name: "AGC", memory: AGCMemory, clear: regAGCClear, program: regAGCProgram, parity: regAGCParity,
		status: regAGCStatus, versionAt: regMailboxRead[0], version: 10,
	}
}

func arb() mcu {
	return mcu{
		name: "ARB", memory: ARBMemory, clear: regARBClear, program: regARBProgram, parity: regARBParity,
		status: regARBStatus, versionAt: regARBDebug[0], version: 2,
	}
}

// Waiting for a microcontroller. The HAL waits for ever.
const (
	mcuTimeout = time.Second
	mcuPause   = time.Millisecond
)

// started is the status of a program that runs and waits for its parameters.
const started = 0x01

// load writes a program, compares it with what the memory then holds, and lets it run.
func (c chip) load(ctx context.Context, m mcu, image Image) error {
	if err := c.program(ctx, m, image); err != nil {
		return fmt.Errorf("loading the %s firmware: %w", m.name, err)
	}
	return nil
}

func (c chip) program(ctx context.Context, m mcu, image Image) error {
	if err := c.inTurn(ctx, setting{m.clear, 1}, setting{m.program, 1}, setting{regPage, 0}); err != nil {
		return err
	}
	if err := c.writeBurst(ctx, m.memory, image.program); err != nil {
		return err
	}
	if err := c.verify(ctx, m, image.program); err != nil {
		return err
	}
	if err := c.inTurn(ctx, setting{m.program, 0}, setting{m.clear, 0}); err != nil {
		return err
	}
	parity, err := c.read(ctx, m.parity)
	if err == nil && parity != 0 {
		err = &ParityError{m.name}
	}
	return err
}

func (c chip) verify(ctx context.Context, m mcu, want []byte) error {
	got := make([]byte, len(want))
	if err := c.readBurst(ctx, m.memory, got); err != nil {
		return err
	}
	if bytes.Equal(got, want) {
		return nil
	}
	i := 0
	for got[i] == want[i] {
		i++
	}
	return &ReadBackError{MCU: m.name, Address: m.memory + uint16(i), Got: got[i], Want: want[i]}
}

// awaken waits until a program runs and gives the version it reports.
func (c chip) awaken(ctx context.Context, m mcu) (byte, error) {
	if err := c.await(ctx, m, "start", started); err != nil {
		return 0, err
	}
	v, err := c.read(ctx, m.versionAt)
	if err == nil && v != m.version {
		err = &VersionError{MCU: m.name, Got: v, Want: m.version}
	}
	return v, err
}

// await polls a microcontroller's status until it is the one wanted.
func (c chip) await(ctx context.Context, m mcu, step string, want byte) error {
	deadline := time.Now().Add(mcuTimeout)
	for {
		status, err := c.read(ctx, m.status)
		switch {
		case err != nil:
			return err
		case status == want:
			return nil
		case time.Now().After(deadline):
			return &TimeoutError{MCU: m.name, Step: step, Want: want, Last: status}
		}
		if err := pause(ctx, mcuPause); err != nil {
			return err
		}
	}
}

// inTurn sets fields one after the other, each a barrier for the next.
func (c chip) inTurn(ctx context.Context, list ...setting) error {
	for _, s := range list {
		if err := c.write(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// pause lets time go by.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
