package house

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages are what people read.
func pages(t *testing.T) []string {
	t.Helper()
	docs, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(docs) == 0 {
		t.Fatalf("no page in docs: %v", err)
	}
	return append(docs, "../../README.md", "../../ARCHITECTURE.md", "../../CHANGELOG.md")
}

func page(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var delimiterRow = regexp.MustCompile(`^ {0,3}\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$`)

// tableRow is a line of a table and its cells.
type tableRow struct {
	line  int // from 1
	want  int // cells of the header
	cells []string
}

// tableRows gives the rows of all tables of a page, header rows among them, by the rules of GitHub
// Flavored Markdown: a header, as many delimiters as it has cells, and rows until a blank line or
// another block.
func tableRows(text string) (rows []tableRow) {
	lines := strings.Split(text, "\n")
	fenced, want := false, 0
	for i, line := range lines {
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			fenced, want = !fenced, 0
		case fenced, strings.TrimSpace(line) == "", strings.HasPrefix(line, "    "), strings.HasPrefix(line, "#"),
			strings.HasPrefix(line, ">"), strings.HasPrefix(line, "<!--"):
			want = 0
		case want > 0 && !delimiterRow.MatchString(line):
			rows = append(rows, tableRow{i + 1, want, cellsOf(line)})
		case want == 0 && strings.Contains(line, "|") && i+1 < len(lines) && delimiterRow.MatchString(lines[i+1]) && strings.Contains(lines[i+1], "|"):
			want = len(cellsOf(lines[i+1]))
			rows = append(rows, tableRow{i + 1, want, cellsOf(line)})
		}
	}
	return rows
}

// cellsOf splits a row at each bar that no backslash stands before; code spans do not protect bars.
// A backslash before a bar goes.
func cellsOf(line string) []string {
	line = strings.TrimPrefix(strings.TrimSpace(line), "|")
	cells := []string{""}
	for i := 0; i < len(line); i++ {
		last := &cells[len(cells)-1]
		switch {
		case line[i] == '\\' && i+1 < len(line) && line[i+1] == '|':
			*last += "|"
			i++
		case line[i] != '|':
			*last += line[i : i+1]
		case i < len(line)-1:
			cells = append(cells, "")
		}
	}
	return cells
}

// TestTablesHaveTheirCells finds bars that split a cell: GitHub drops what is beyond the header.
func TestTablesHaveTheirCells(t *testing.T) {
	seen := 0
	for _, path := range pages(t) {
		for _, row := range tableRows(page(t, path)) {
			seen++
			if len(row.cells) != row.want {
				t.Errorf("%s:%d has %d cells, the header %d: write \\| for a bar within a cell", filepath.Base(path), row.line, len(row.cells), row.want)
			}
		}
	}
	if seen < 300 {
		t.Errorf("only %d rows were looked at", seen)
	}
}

func TestTableRowsAreSplitAsOnGitHub(t *testing.T) {
	for _, c := range []struct {
		text string
		want []int
	}{
		{"| a | b |\n|---|---|\n| 1 | 2 |\n", []int{2, 2}},
		{"| a | b |\n|---|---|\n| `x|y` | 2 |\n", []int{2, 3}},
		{"| a | b |\n|---|---|\n| `x\\|y` | 2 |\n", []int{2, 2}},
		{"a | b\n--|--\n1 | 2 | 3\n\n1 | 2\n", []int{2, 3}},
		{"| a |\n| b |\n", nil},
		{"```\n| a | b |\n|---|---|\n```\n", nil},
		{"    | a | b |\n    |---|---|\n", nil},
	} {
		var got []int
		for _, row := range tableRows(c.text) {
			got = append(got, len(row.cells))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %v cells, want %v", c.text, got, c.want)
		}
	}
}
