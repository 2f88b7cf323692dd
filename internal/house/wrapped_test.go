package house

import (
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// wrapped are libraries that one place knows, tests aside: a package, or one file of it, and why.
var wrapped = map[string]string{
	"github.com/uber/h3-go":         "coverage/hex.go", // it turns every bad coordinate and cell into an error
	"github.com/nats-io":            "internal/journal",
	"gocloud.dev":                   "internal/journal",
	"github.com/klauspost/compress": "internal/journal",
	"github.com/jackc/pgx":          "internal/store",
}

// wrapFault says which rule an import in a file breaks, or "".
func wrapFault(file, imported string) string {
	for library, place := range wrapped {
		if imported != library && !strings.HasPrefix(imported, library+"/") {
			continue
		}
		if file != place && path.Dir(file) != place {
			return "only " + place + " knows " + library
		}
	}
	return ""
}

func TestWrapped(t *testing.T) {
	used := map[string]bool{}
	for _, p := range listPackages(t, module+"/...") {
		for _, name := range p.GoFiles {
			file := path.Join(p.path(), name)
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../..", filepath.FromSlash(file)), nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range parsed.Imports {
				imported, err := strconv.Unquote(i.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				if fault := wrapFault(file, imported); fault != "" {
					t.Errorf("%s imports %s: %s", file, imported, fault)
				}
				for library := range wrapped {
					used[library] = used[library] || strings.HasPrefix(imported, library)
				}
			}
		}
	}
	for library := range wrapped {
		if !used[library] {
			t.Errorf("nothing imports %s: take it out of the table", library)
		}
	}
}

// TestWrappedRefuses shows that the rule can fail.
func TestWrappedRefuses(t *testing.T) {
	for file, imported := range map[string]string{
		"coverage/density.go": "github.com/uber/h3-go/v4", "witness/judge.go": "github.com/uber/h3-go/v4",
		"cmd/hexnet/main.go": "gocloud.dev/blob", "internal/store/book.go": "github.com/nats-io/nats.go",
	} {
		if wrapFault(file, imported) == "" {
			t.Errorf("%s may import %s, but should not", file, imported)
		}
	}
	for file, imported := range map[string]string{
		"coverage/hex.go": "github.com/uber/h3-go/v4", "internal/journal/bucket.go": "gocloud.dev/blob", "radio/band.go": "fmt",
	} {
		if fault := wrapFault(file, imported); fault != "" {
			t.Errorf("%s may not import %s (%s), but should", file, imported, fault)
		}
	}
}
