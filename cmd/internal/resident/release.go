package resident

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Release unmaps the pages of program and libraries, and evicts them where that is
// permitted; those that are used come back from their files. What a start needed once, a
// third of them, stays away. By itself the kernel keeps it until memory is short, and
// counts it as used: it maps whole blocks, of 64 KiB to 2 MiB, around each page that is
// touched.
func Release() error {
	file, err := os.Open("/proc/self/smaps")
	if err != nil {
		return err
	}
	defer file.Close()
	list, err := parseMappings(file)
	if err != nil {
		return fmt.Errorf("reading the mappings: %w", err)
	}
	for _, m := range list {
		if m.clean() {
			err = errors.Join(err, m.release())
		}
	}
	return err
}

// release evicts what nobody else has mapped, as far as this user may (madvise(2),
// MADV_PAGEOUT; kernels before 5.4 do not know it), and unmaps the rest. Both are safe
// while the mapping is used: whoever touches a page waits until it is there again.
func (m mapping) release() error {
	for _, advice := range []uintptr{unix.MADV_PAGEOUT, unix.MADV_DONTNEED} {
		_, _, no := unix.Syscall(unix.SYS_MADVISE, m.from, m.to-m.from, advice)
		if no != 0 && no != unix.EINVAL {
			return fmt.Errorf("madvise of %s: %w", m.file, no)
		}
	}
	return nil
}
