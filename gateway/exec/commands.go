package exec

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Commands is the owner's list: names and what they stand for, the absolute path of
// a program and its arguments. Empty, everything is refused.
type Commands map[string][]string

// What a list may hold.
const (
	maxCommands  = 64
	maxName      = 64
	maxArguments = 64
)

// Validate checks names and paths, not whether the programs are there.
func (c Commands) Validate() error {
	var faults []error
	if len(c) > maxCommands {
		faults = append(faults, fmt.Errorf("%d commands: want at most %d", len(c), maxCommands))
	}
	for _, name := range slices.Sorted(maps.Keys(c)) {
		if err := checkCommand(name, c[name]); err != nil {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

func checkCommand(name string, line []string) error {
	switch {
	case !isName(name):
		return fmt.Errorf("command %q: want 1 to %d lower-case letters, digits, _ and -", clip(name), maxName)
	case len(line) == 0 || !filepath.IsAbs(line[0]):
		return fmt.Errorf("command %s: want the absolute path of a program first, for example [\"/usr/bin/uptime\", \"-p\"]", name)
	case len(line) > maxArguments:
		return fmt.Errorf("command %s: %d arguments, want at most %d", name, len(line)-1, maxArguments-1)
	case slices.ContainsFunc(line, hasNUL):
		return fmt.Errorf("command %s: there is a zero byte in it", name)
	}
	return nil
}

func isName(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return s != "" && len(s) <= maxName
}

func hasNUL(s string) bool { return strings.IndexByte(s, 0) >= 0 }

// clip keeps hostile text short in errors.
func clip(s string) string {
	const most = 80
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
