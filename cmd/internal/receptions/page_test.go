package receptions

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestPage: docs/real-receptions.md has what the rules make of the real records, to the last
// reception.
func TestPage(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "real-receptions.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	for _, name := range []string{"tower-sensor", "indoor-sensor", "field-tester"} {
		s := recorded(t, filepath.Join("..", "..", "..", "..", "shared", "data", "grenoble", name+".ndjson.gz"))
		for _, set := range Sets() {
			for _, rule := range physical[set] {
				c := s.Rules[set][rule]
				row := fmt.Sprintf("| %s | %s | `%s` | %s | %s | %.2f %% |\n", name, set, rule, grouped(c.Evaluated), grouped(c.Failed), 100*float64(c.Failed)/float64(max(c.Evaluated, 1)))
				if !strings.Contains(strings.ReplaceAll(page, "**", ""), row) {
					t.Errorf("the page has no row %s", row)
				}
			}
		}
		for _, x := range s.Suspects() {
			if !strings.Contains(page, "| "+x.Hotspot+" | ") {
				t.Errorf("the page does not list %s of %s", x.Hotspot, name)
			}
		}
	}
}

// recorded is the study of a real record, by the assumptions that the command has.
func recorded(t *testing.T, path string) *Study {
	t.Helper()
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the record %s is not there", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewStudy(Assumptions{EIRP: 1_600, Gain: 300})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(z, s.Add); err != nil {
		t.Fatal(err)
	}
	if err := s.Judge(); err != nil {
		t.Fatal(err)
	}
	return s
}

// grouped is a number as the page has it.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
