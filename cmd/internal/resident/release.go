package resident

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Release takes the pages of program and libraries out of RAM; those that are used
// come back from the file. What a start needed once, a third of the program, stays
// away. The kernel maps whole blocks around what is used, and would take them back
// only when memory is short.
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

// release evicts a mapping, as far as that is permitted and nobody shares it, and then
// unmaps the rest (madvise(2)). Both are safe for pages that are still the file's.
// Kernels before 5.4 do not know the first.
func (m mapping) release() error {
	for _, advice := range []uintptr{unix.MADV_PAGEOUT, unix.MADV_DONTNEED} {
		_, _, no := unix.Syscall(unix.SYS_MADVISE, m.from, m.to-m.from, advice)
		if no != 0 && no != unix.EINVAL {
			return fmt.Errorf("madvise of %s: %w", m.file, no)
		}
	}
	return nil
}
