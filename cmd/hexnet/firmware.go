package main

import (
	"fmt"
	"os"
	"path/filepath"

	"hexspot/cmd/internal/hotspot"
	"hexspot/hardware/sx1302"
)

type firmwareCommand struct {
	Synthesize firmwareSynthesize `cmd:"" help:"Write firmware images that an emulated concentrator takes for real ones."`
}

type firmwareSynthesize struct {
	Out string `help:"Directory to write to; it is made if need be." required:"" placeholder:"DIR"`
}

// Help has the example.
func (firmwareSynthesize) Help() string {
	return `Semtech's images are not ours to ship. These have the right size and parity, so that hexspot starts an
emulated concentrator with them; a real one they do not start: see 'hexspot firmware import' for that.

Example:
  hexnet firmware synthesize --out /tmp/firmware`
}

// Run writes the images.
func (f firmwareSynthesize) Run(std streams) error {
	if err := synthesize(f.Out); err != nil {
		return err
	}
	_, err := fmt.Fprintf(std.out, "wrote %s and %s to %s (for emulated concentrators only)\n", hotspot.AGCFile, hotspot.ARBFile, f.Out)
	return err
}

func synthesize(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the firmware directory: %w", err)
	}
	for seed, name := range []string{hotspot.AGCFile, hotspot.ARBFile} {
		if err := os.WriteFile(filepath.Join(dir, name), sx1302.SyntheticImage(uint64(seed)+1), 0o644); err != nil {
			return fmt.Errorf("writing a firmware image: %w", err)
		}
	}
	return nil
}
