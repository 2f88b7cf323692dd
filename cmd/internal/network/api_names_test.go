package network

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// refusedName finds the names of refusals in the source.
var refusedName = regexp.MustCompile(`Refused: *"([a-z_]+)"|bad\("([a-z_]+)"`)

// TestEveryRefusalIsInTheTable of docs/api.md, and none has only the page as its cure.
func TestEveryRefusalIsInTheTable(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "## Refusals")
	table, _, _ = strings.Cut(table, "## Sending a site")
	found := 0
	for _, dir := range []string{".", "../answers", "../web"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			for _, m := range refusedName.FindAllStringSubmatch(string(text), -1) {
				found++
				if name := m[1] + m[2]; !strings.Contains(table, "`"+name+"`") {
					t.Errorf("%s refuses by the name %s, which the table has not", path, name)
				}
			}
			if strings.Contains(string(text), `"see docs/api.md"`) {
				t.Errorf("%s has a cure that is only a page", path)
			}
		}
	}
	for reason := range siteAnswers {
		if !strings.Contains(table, "`"+string(reason)+"`") {
			t.Errorf("the table has no %s", reason)
		}
	}
	if found < 20 {
		t.Errorf("%d names were found", found)
	}
}
