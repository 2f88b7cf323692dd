package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"hexspot/gateway/spool"
	"hexspot/gateway/storetest"
)

// makeSpool makes a spool: spool FILE.
func makeSpool(ts *testscript.TestScript, _ bool, args []string) {
	ctx := context.Background()
	s, err := spool.Open(ctx, spool.Config{Path: ts.MkAbs(args[0])}, slog.New(slog.DiscardHandler))
	ts.Check(err)
	_, err = s.Frames("tcp://192.0.2.7:1883", 1).Append(ctx, 1, storetest.Frames(1, 4))
	ts.Check(err)
	ts.Check(s.Records("report").Put(ctx, []byte("key"), []byte("body"), time.Now()))
	ts.Check(s.Close())
}
