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

// makeReceiptSpool makes the spool of a hotspot that has had receipts 7, 41 and 599 of
// the scripts' epoch and one of the next, a refusal, and has a report to send:
// receiptspool FILE [NETWORK...], with reports to other networks.
func makeReceiptSpool(ts *testscript.TestScript, _ bool, args []string) {
	ctx, now := context.Background(), time.Now()
	s, err := spool.Open(ctx, spool.Config{Path: ts.MkAbs(args[0])}, slog.New(slog.DiscardHandler))
	ts.Check(err)
	reports := s.Records("reports to " + epochStation(ts).Network().String())
	put := func(key []byte) []byte {
		ts.Check(reports.Put(ctx, key, []byte("report"), now))
		return key
	}
	for _, r := range append(epochReceiptsOf(ts, 21225, 7, 41, 599), epochReceiptsOf(ts, 21226, 3)...) {
		ts.Check(reports.Ack(ctx, put(r.Record[:]), r.Bytes(), now))
	}
	ts.Check(reports.Ack(ctx, put([]byte("damaged")), []byte("no receipt"), now))
	ts.Check(reports.Refuse(ctx, put([]byte("refused")), "range", now))
	put([]byte("waiting"))
	for _, other := range args[1:] {
		ts.Check(s.Records("reports to "+other).Put(ctx, []byte("key"), []byte("body"), now))
	}
	ts.Check(s.Close())
}
