package sx1302

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// unused are rows without a reader or writer in this package, with the reason.
var unused = map[string]string{
	"regARBClock":       "on since the reset",
	"regDirectRAM":      "off since the reset",
	"regSyncDeltaPeaks": "kept",
	"regCounter":        "read with regPPSLatch, in one burst",
	"regWaitingLow":     "read with regWaitingHigh, in one burst",
}

// Every row of the table is used by the driver, or says why not; and is in a
// block's list, or the emulator would not know it.
func TestEveryFieldIsUsed(t *testing.T) {
	defined, listed, used := make(map[string]bool), make(map[string]bool), make(map[string]bool)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		table := strings.HasPrefix(name, "registers")
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				collect(n, table, defined, listed)
			case *ast.Ident:
				if strings.HasPrefix(n.Name, "reg") && !table {
					used[n.Name] = true
				}
			}
			return true
		})
	}
	if len(defined) < 200 {
		t.Fatalf("%d rows found", len(defined))
	}
	for _, name := range slices.Sorted(maps.Keys(defined)) {
		if !listed[name] {
			t.Errorf("%s is in no list", name)
		}
		if _, excused := unused[name]; used[name] == excused {
			t.Errorf("%s: used %v, excused %v", name, used[name], excused)
		}
	}
}

// collect notes the rows a table's declaration makes or, if it makes a list, puts
// into it.
func collect(spec *ast.ValueSpec, table bool, defined, listed map[string]bool) {
	if !table {
		return
	}
	name := spec.Names[0].Name
	if strings.HasPrefix(name, "reg") {
		defined[name] = true
		return
	}
	for _, value := range spec.Values {
		ast.Inspect(value, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				listed[id.Name] = true
			}
			return true
		})
	}
}
