package bench

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// cpuClock is CPUCLOCK_SCHED, the clock of the time a process was on a
// processor, user and system together (linux/posix-timers.h). It counts
// nanoseconds where /proc/PID/stat counts hundredths of a second.
const cpuClock = 2

// cpu is the processor time a process has used.
func cpu(pid int) (time.Duration, error) {
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid)<<3|cpuClock, &t); err != nil {
		return 0, fmt.Errorf("reading the CPU clock of process %d: %w", pid, err)
	}
	return time.Duration(t.Nano()), nil
}

// memory is what a process has in RAM, in bytes.
type memory struct {
	rss int64 // with what it shares
	pss int64 // with its share of that
}

// memoryOf reads /proc/PID/smaps_rollup.
func memoryOf(pid int) (memory, error) {
	file, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return memory{}, err
	}
	defer file.Close()
	var m memory
	for lines := bufio.NewScanner(file); lines.Scan(); {
		name, rest, _ := strings.Cut(lines.Text(), ":")
		var kilobytes int64
		if _, err := fmt.Sscanf(strings.TrimSpace(rest), "%d kB", &kilobytes); err != nil {
			continue
		}
		switch name {
		case "Rss":
			m.rss = kilobytes << 10
		case "Pss":
			m.pss = kilobytes << 10
		}
	}
	if m.rss == 0 || m.pss == 0 {
		return memory{}, fmt.Errorf("no memory figures of process %d", pid)
	}
	return m, nil
}
