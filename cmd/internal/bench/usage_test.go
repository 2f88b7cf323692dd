package bench

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestCPUOfOurselves(t *testing.T) {
	before := rusage(t)
	got, err := cpu(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	// The kernel scales what getrusage shows to whole ticks.
	const tick = 20 * time.Millisecond
	if after := rusage(t); got < before-tick || got > after+tick {
		t.Errorf("%v, but getrusage says %v to %v", got, before, after)
	}
}

func rusage(t *testing.T) time.Duration {
	t.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestMemoryOfOurselves(t *testing.T) {
	m, err := memoryOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if m.rss < 1<<20 || m.pss > m.rss {
		t.Errorf("RSS %d, PSS %d", m.rss, m.pss)
	}
}

func TestUsageOfNobody(t *testing.T) {
	const nobody = 1<<22 + 1 // process ids end at 2^22
	if _, err := cpu(nobody); err == nil {
		t.Error("the CPU time of no process")
	}
	if _, err := memoryOf(nobody); err == nil {
		t.Error("the memory of no process")
	}
}
