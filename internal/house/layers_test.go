package house

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// arrows are all imports between domain roots.
var arrows = map[string][]string{
	"radio":    {},
	"coverage": {"radio"},
	"hardware": {"radio"},
	"gateway":  {"radio"},
	"witness":  {"radio", "coverage"},
	"rewards":  {"radio", "witness"},
}

// siblings are the only imports between sub-packages of one root or of two.
var siblings = map[string][]string{
	"hardware/emulator": {"hardware/sx1302", "hardware/corecell", "radio/ether"},
	"rewards/settle":    {"rewards/contracts"},
}

// impure are the parts of the standard library that a domain root, which holds
// words and rules, has no use for: sockets, files, SQL, HTTP, environment.
var impure = []string{"net", "os", "io/fs", "io/ioutil", "database/sql", "syscall", "path/filepath", "embed", "plugin"}

// layerFault says which rule an import breaks, or "".
func layerFault(from, to string) string {
	switch room, _, _ := strings.Cut(from, "/"); {
	case room == "cmd":
		return ""
	case room == "internal":
		if belowRoot(to, "internal") || !ours(to) || isDomain(inModule(to)) {
			return ""
		}
		return "an engine imports domain packages only"
	case !isDomain(from):
		return "the package is in none of the rooms " + strings.Join(domainRoots(), ", ") + ", cmd, internal"
	case !ours(to):
		return standardFault(from, to)
	}
	return domainFault(from, inModule(to))
}

func domainFault(from, to string) string {
	fromRoot, _, fromSub := strings.Cut(from, "/")
	toRoot, _, toSub := strings.Cut(to, "/")
	switch {
	case toRoot == "internal" || toRoot == "cmd":
		return "only cmd imports internal, and nothing imports cmd"
	case slices.Contains(siblings[from], to):
		return ""
	case toSub:
		return "a sub-package is imported by cmd only, never by its root or a sibling"
	case fromRoot == toRoot && fromSub:
		return ""
	case slices.Contains(arrows[fromRoot], toRoot):
		return ""
	}
	return fmt.Sprintf("no arrow leads from %s to %s", fromRoot, toRoot)
}

func standardFault(from, to string) string {
	if strings.Contains(from, "/") {
		return ""
	}
	first, _, _ := strings.Cut(to, "/")
	if slices.Contains(impure, to) || slices.Contains(impure, first) && to != "net/netip" && to != "net/url" {
		return "a domain root has no sockets, files, SQL, HTTP or environment"
	}
	return ""
}

func belowRoot(importPath, root string) bool {
	path := inModule(importPath)
	return ours(importPath) && (path == root || strings.HasPrefix(path, root+"/"))
}

func isDomain(path string) bool {
	root, _, _ := strings.Cut(path, "/")
	_, ok := arrows[root]
	return ok
}

func domainRoots() []string {
	var roots []string
	for root := range arrows {
		roots = append(roots, root)
	}
	slices.Sort(roots)
	return roots
}

func TestLayers(t *testing.T) {
	for _, p := range listPackages(t, module+"/...") {
		for _, imported := range p.Imports {
			if fault := layerFault(p.path(), imported); fault != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imported, fault)
			}
		}
	}
}

// TestLayersRefuse shows that each rule can fail.
func TestLayersRefuse(t *testing.T) {
	for _, c := range []struct{ from, to string }{
		{"radio", module + "/hardware"},
		{"gateway", module + "/hardware"},
		{"hardware", module + "/gateway"},
		{"gateway", module + "/gateway/mqtt"},
		{"gateway/mqtt", module + "/gateway/broker"},
		{"gateway/mqtt", module + "/hardware/keys"},
		{"hardware/sx1302", module + "/hardware/emulator"},
		{"gateway/mqtt", module + "/internal/journal"},
		{"witness", module + "/gateway"},
		{"radio", "os"},
		{"gateway", "net/http"},
		{"rewards", "database/sql"},
		{"internal/store", module + "/cmd/hexnet"},
		{"things", "fmt"},
	} {
		if layerFault(c.from, c.to) == "" {
			t.Errorf("%s may import %s, but should not", c.from, c.to)
		}
	}
	for _, c := range []struct{ from, to string }{
		{"hardware/emulator", module + "/hardware/sx1302"},
		{"gateway/mqtt", module + "/gateway"},
		{"gateway/mqtt", module + "/radio"},
		{"gateway/mqtt", "crypto/tls"},
		{"cmd/hexspot", module + "/cmd/internal/hotspot"},
		{"radio", "crypto/ed25519"},
	} {
		if fault := layerFault(c.from, c.to); fault != "" {
			t.Errorf("%s may not import %s (%s), but should", c.from, c.to, fault)
		}
	}
}

func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	for _, p := range listPackages(t, module+"/...") {
		if len(p.GoFiles) > 0 && p.Doc == "" {
			t.Errorf("%s has no package comment: say what it is for and what it never does", p.ImportPath)
		}
	}
}
