package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"hexspot/hardware/sx1302"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hexspot": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
		stop()
		os.Exit(code)
	}})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"image": writeImage, "epoch": writeEpoch, "spool": makeSpool, "receiptspool": makeReceiptSpool},
	})
}

// writeImage makes a firmware image that an emulated chip takes: image FILE SEED.
func writeImage(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), sx1302.SyntheticImage(uint64(len(args[1]))), 0o644))
}
