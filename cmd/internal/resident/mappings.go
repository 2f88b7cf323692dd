package resident

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"strconv"
	"strings"
)

// mapping is a stretch of a process's memory.
type mapping struct {
	from, to uintptr
	perms    string // "r-xp"
	file     string // empty: none
	own      uint64 // kB that are no longer the file's: written to
}

// clean says whether all of a mapping can be read again from its file.
func (m mapping) clean() bool {
	return m.own == 0 && strings.HasPrefix(m.file, "/") && strings.HasPrefix(m.perms, "r-") && strings.HasSuffix(m.perms, "p")
}

// parseMappings reads /proc/PID/smaps (proc_pid_smaps(5)): for each mapping a line that
// begins with its addresses, then lines "Name: value".
func parseMappings(r io.Reader) (list []mapping, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) > 0 && !strings.HasSuffix(words[0], ":"):
			m, err := parseMapping(lines.Text(), words)
			if err != nil {
				return nil, fmt.Errorf("line %q is no mapping: %w", lines.Text(), err)
			}
			list = append(list, m)
		case len(words) > 1 && words[0] == "Anonymous:" && len(list) > 0:
			if list[len(list)-1].own, err = strconv.ParseUint(words[1], 10, 64); err != nil {
				return nil, fmt.Errorf("line %q: %w", lines.Text(), err)
			}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	return list, nil
}

var errShort = errors.New("something is missing")

// parseMapping reads "from-to perms offset device inode file".
func parseMapping(line string, words []string) (mapping, error) {
	if len(words) < 5 {
		return mapping{}, errShort
	}
	first, last, _ := strings.Cut(words[0], "-")
	from, err := strconv.ParseUint(first, 16, bits.UintSize)
	if err != nil {
		return mapping{}, err
	}
	to, err := strconv.ParseUint(last, 16, bits.UintSize)
	if err != nil {
		return mapping{}, err
	}
	m := mapping{from: uintptr(from), to: uintptr(to), perms: words[1]}
	if at := strings.IndexByte(line, '/'); at >= 0 {
		m.file = line[at:]
	}
	return m, nil
}
