package bench

import (
	"strings"
	"testing"

	"hexspot/cmd/internal/verify"
)

// TestStagesTakeAllTheTime: each stage is there once, in order, and together they take what
// the process took.
func TestStagesTakeAllTheTime(t *testing.T) {
	var stages stageTimes
	before, err := processorTime()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []verify.Stage{verify.StageReading, verify.StageReading, verify.StageJudging, verify.StageWeighing, verify.StageSettling, verify.StageSettling} {
		stages.reach(s)
	}
	stages.reach("")
	after, err := processorTime()
	if err != nil || stages.fault != nil {
		t.Fatal(err, stages.fault)
	}
	if got := stages.sum(); got < 0 || got > after-before {
		t.Errorf("%v of %v", got, after-before)
	}
	text := stages.String()
	at := 0
	for _, s := range []string{"reading ", ", judging ", ", weighing ", ", settling "} {
		next := strings.Index(text[at:], s)
		if next < 0 || strings.Count(text, s) != 1 {
			t.Fatalf("%q", text)
		}
		at += next
	}
}
