package testlog

import (
	"fmt"
	"strings"
	"testing"
)

// failing is a test that may fail, and remembers what it logs.
type failing struct {
	testing.TB
	failed bool
	ends   []func()
	said   string
}

func (f *failing) Failed() bool     { return f.failed }
func (f *failing) Cleanup(c func()) { f.ends = append(f.ends, c) }
func (f *failing) Logf(format string, args ...any) {
	f.said += fmt.Sprintf(format, args...)
}

// TestShownOnFailure: the end of the log, and only if the test failed.
func TestShownOnFailure(t *testing.T) {
	for _, failed := range []bool{false, true} {
		f := &failing{TB: t}
		log := New(f)
		for n := range most + 5 {
			log.Info("line", "n", n)
		}
		f.failed = failed
		for _, end := range f.ends {
			end()
		}
		if got := strings.Count(f.said, "msg=line"); failed && got != most || !failed && f.said != "" {
			t.Errorf("failed %v: %d lines", failed, got)
		}
		if failed && (strings.Contains(f.said, "n=4\n") || !strings.Contains(f.said, fmt.Sprintf("n=%d\n", most+4))) {
			t.Error("not the last ones are shown")
		}
	}
}
