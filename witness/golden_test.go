package witness

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// transcript is what a state machine was told and wanted.
type transcript struct{ strings.Builder }

func (s *transcript) note(format string, args ...any) { fmt.Fprintf(&s.Builder, format+"\n", args...) }

// golden compares the transcript with the one that somebody has looked at.
func (s *transcript) golden(t *testing.T, name string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(s.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(s.String(), "\n")); diff != "" {
		t.Errorf("%s (-want +got); look at it, then run with -update:\n%s", name, diff)
	}
}
