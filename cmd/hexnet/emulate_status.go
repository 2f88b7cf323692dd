package main

import (
	"context"
	"encoding/json"

	"hexspot/hardware/emulator"
)

type emulateStatus struct {
	Control string `help:"Control address of the emulator." required:"" placeholder:"127.0.0.1:PORT"`
}

// Help has the example.
func (emulateStatus) Help() string {
	return `receiving is "yes", or why the concentrator hears nothing.

Example:
  hexnet emulate status --control 127.0.0.1:7000`
}

// Run prints the state of the concentrator.
func (s emulateStatus) Run(ctx context.Context, std streams) error {
	status, err := emulator.ControlStatus(ctx, s.Control)
	if err != nil {
		return err
	}
	return json.NewEncoder(std.out).Encode(status)
}
