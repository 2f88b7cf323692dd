package main

import (
	"context"
	"fmt"
	"os"

	"hexspot/hardware/emulator"
)

type emulateScript struct {
	Control string `help:"Control address of the emulator." required:"" placeholder:"127.0.0.1:PORT"`
	File    string `arg:"" help:"The script; - for standard input." placeholder:"FILE"`
}

// Help has the examples.
func (emulateScript) Help() string {
	return `One JSON object a line: do is inject, faults, status or wait; after is how long to wait before it. Lines that
begin with # are comments. It stops at the first line that goes wrong.

Examples:
  hexnet emulate script --control 127.0.0.1:7000 morning.jsonl
  echo '{"do":"faults","faults":{"stall":true},"after":"5s"}' | hexnet emulate script --control 127.0.0.1:7000 -`
}

// Run plays the script.
func (s emulateScript) Run(ctx context.Context, std streams) error {
	script := std.in
	if s.File != "-" {
		file, err := os.Open(s.File)
		if err != nil {
			return fmt.Errorf("opening the script: %w", err)
		}
		defer file.Close()
		script = file
	}
	return emulator.ControlScript(ctx, s.Control, script, std.out)
}
