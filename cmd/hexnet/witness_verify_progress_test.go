package main

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/cmd/internal/verify"
)

// TestProgress has a line every few seconds, also in a stage that reports nothing.
func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := newProgress(&out)
		time.Sleep(progressEvery + time.Second)
		p.take()(verify.Progress{Stage: verify.StageJudging, Records: 7, Cases: 3})
		time.Sleep(2 * progressEvery)
		p.stop()
		want := "3s: opening, 0 records read, 0 cases judged in both passes\n" +
			"6s: judging, 7 records read, 3 cases judged in both passes\n" +
			"9s: judging, 7 records read, 3 cases judged in both passes\n"
		if out.String() != want {
			t.Errorf("%s\nwant\n%s", out.String(), want)
		}
		var none *progress
		if none.stop(); none.take() != nil {
			t.Error("a quiet one listens")
		}
	})
}
