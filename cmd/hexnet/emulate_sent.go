package main

import (
	"context"
	"errors"

	"hexspot/hardware/emulator"
)

type emulateSent struct {
	Control string `help:"Control address of the emulator." required:"" placeholder:"127.0.0.1:PORT"`
}

// Help has the example.
func (emulateSent) Help() string {
	return `Prints until it is ended.

Example:
  hexnet emulate sent --control 127.0.0.1:7000`
}

// Run prints transmissions until ctx ends.
func (s emulateSent) Run(ctx context.Context, std streams) error {
	err := emulator.ControlSent(ctx, s.Control, std.out)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
