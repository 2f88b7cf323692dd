package house

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestNoticeNamesWhatIsLinked compares NOTICE with the modules of both programs:
// each must be named, with "(hexnet only)" if hexspot does not link it.
func TestNoticeNamesWhatIsLinked(t *testing.T) {
	notice, err := os.ReadFile("../../NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	named := noticed(string(notice))
	hexspot, hexnet := linkedModules(t, "hexspot"), linkedModules(t, "hexnet")
	for _, m := range slices.Concat(hexspot, hexnet) {
		line, ok := named[m]
		if only := strings.Contains(line, "(hexnet only)"); !ok || only == slices.Contains(hexspot, m) {
			t.Errorf("%s: NOTICE says %q; linked by hexspot: %v", m, line, slices.Contains(hexspot, m))
		}
		if len(strings.Fields(line)) < 2 {
			t.Errorf("%s has no licence in NOTICE", m)
		}
	}
	for m := range named {
		if !slices.Contains(hexspot, m) && !slices.Contains(hexnet, m) {
			t.Errorf("NOTICE names %s, which no program links", m)
		}
	}
}

// noticed gives the lines of NOTICE that begin with a module, by module.
func noticed(notice string) map[string]string {
	lines := map[string]string{}
	for line := range strings.Lines(notice) {
		words := strings.Fields(line)
		if strings.HasPrefix(line, "  ") && len(words) > 0 && strings.Contains(words[0], ".") {
			lines[words[0]] = line
		}
	}
	return lines
}

func linkedModules(t *testing.T, program string) []string {
	t.Helper()
	var modules []string
	for _, p := range listPackages(t, "-deps", module+"/cmd/"+program) {
		if m := p.Module.Path; m != "" && m != module {
			modules = append(modules, m)
		}
	}
	slices.Sort(modules)
	return slices.Compact(modules)
}
