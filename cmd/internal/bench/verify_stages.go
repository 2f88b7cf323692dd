package bench

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"hexspot/cmd/internal/verify"
)

// stageTimes is how much processor time each stage of a verification took, in order. The
// last stage, settling, ends with the result on disk.
type stageTimes struct {
	list  []stageTime
	began time.Duration // of the last one
	fault error
}

type stageTime struct {
	stage verify.Stage
	took  time.Duration
}

// reach says that a stage is going on; an empty one, that the last one has ended.
func (t *stageTimes) reach(s verify.Stage) {
	last := len(t.list) - 1
	if last >= 0 && t.list[last].stage == s {
		return
	}
	now, err := processorTime()
	t.fault = cmp.Or(t.fault, err)
	if last >= 0 {
		t.list[last].took = now - t.began
	}
	if t.began = now; s != "" {
		t.list = append(t.list, stageTime{stage: s})
	}
}

func (t *stageTimes) sum() (all time.Duration) {
	for _, s := range t.list {
		all += s.took
	}
	return all
}

// String gives "stage time, ...".
func (t stageTimes) String() string {
	var words []string
	for _, s := range t.list {
		words = append(words, fmt.Sprintf("%s %v", s.stage, s.took.Round(time.Millisecond)))
	}
	return strings.Join(words, ", ")
}
