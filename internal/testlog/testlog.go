// Package testlog keeps what a program logs in a test, and shows the end of it if the test
// fails: the cause of a failure on a machine that nobody has at hand. No program links it.
package testlog

import (
	"bytes"
	"log/slog"
	"sync"
	"testing"
)

// most is how many lines are shown.
const most = 200

// New is a logger for one test.
func New(t testing.TB) *slog.Logger {
	l := &lines{}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("what was logged last:\n%s", l)
		}
	})
	return slog.New(slog.NewTextHandler(l, nil))
}

// lines are the last ones that were written, safe for several goroutines.
type lines struct {
	mu   sync.Mutex
	list [][]byte
}

// Write takes a line.
func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.list = append(l.list, bytes.Clone(line)); len(l.list) > most {
		l.list = l.list[1:]
	}
	return len(line), nil
}

// String is all of them.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(bytes.Join(l.list, nil))
}
