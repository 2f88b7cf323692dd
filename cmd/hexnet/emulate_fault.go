package main

import (
	"context"
	"strings"

	"hexspot/hardware/emulator"
)

type emulateFault struct {
	Control string   `help:"Control address of the emulator." required:"" placeholder:"127.0.0.1:PORT"`
	Faults  []string `arg:"" optional:"" help:"Faults from now on, and no other; none: a sound concentrator." placeholder:"NAME[=N]"`
}

// Help has the examples.
func (emulateFault) Help() string {
	names, valued := emulator.FaultNames()
	for i, name := range names {
		if valued[name] {
			names[i] += "=N"
		}
	}
	return `stall and counter_stopped end with a reset of the chip; the others last until the next call.

Faults: ` + strings.Join(names, ", ") + `

Examples:
  hexnet emulate fault --control 127.0.0.1:7000 stall
  hexnet emulate fault --control 127.0.0.1:7000 agc_stuck=3 no_pps
  hexnet emulate fault --control 127.0.0.1:7000`
}

// Run makes the concentrator broken, or sound.
func (f emulateFault) Run(ctx context.Context) error {
	faults, err := emulator.ParseFaults(f.Faults)
	if err != nil {
		return usageError{err}
	}
	return emulator.ControlFaults(ctx, f.Control, faults)
}
