package resident

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// used asks the kernel what this process uses (getrusage(2), proc_pid_statm(5)).
func used() (usage, error) {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		return usage{}, fmt.Errorf("asking for the processor time: %w", err)
	}
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return usage{}, err
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		return usage{}, fmt.Errorf("reading the memory in use: %w", err)
	}
	return usage{cpu: time.Duration(r.Utime.Nano() + r.Stime.Nano()), rss: pages * int64(os.Getpagesize())}, nil
}
