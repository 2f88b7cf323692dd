package verify

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hexspot/witness"
)

var pageRow = regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| (.+) \\|$")

// pageRows are the rows of docs/protocol.md that follow some words, up to what follows the table.
func pageRows(t *testing.T, behind string) [][]string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(page), behind)
	_, text, table := strings.Cut(text, "\n|---|---|\n")
	text, _, _ = strings.Cut(text, "\n\n")
	if !found || !table {
		t.Fatalf("the page has no table behind %q", behind)
	}
	return pageRow.FindAllStringSubmatch(text, -1)
}

// TestProtocolPageHasTheDrops compares the table of what is dropped with the drops that there are,
// and the numbers that it names.
func TestProtocolPageHasTheDrops(t *testing.T) {
	source, err := os.ReadFile("drop.go")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, m := range regexp.MustCompile(`Drop\w+ +Drop = "(\w+)"`).FindAllStringSubmatch(string(source), -1) {
		want = append(want, m[1])
	}
	says := map[Drop]string{}
	for _, row := range pageRows(t, "### What is dropped") {
		got, says[Drop(row[1])] = append(got, row[1]), row[2]
	}
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("the page has the drops %v, the code %v", got, want)
	}
	set, err := witness.SetNamed("hexspot-1")
	if err != nil {
		t.Fatal(err)
	}
	for drop, number := range map[Drop]int{DropCopies: MaxCopies, DropTags: witness.DefaultParameters(set).TagLimit()} {
		if !strings.Contains(says[drop], fmt.Sprintf(" %d ", number)) {
			t.Errorf("%s: the page does not say %d: %s", drop, number, says[drop])
		}
	}
}

// TestProtocolPageHasTheWordsOfSummary compares the table with the file: its words, their order, and
// that two figures are said where there are two.
func TestProtocolPageHasTheWordsOfSummary(t *testing.T) {
	rows, lines := pageRows(t, "The words of `summary`"), strings.Split(strings.TrimSpace(string((&Summary{Rules: "hexspot-1"}).appendText(nil))), "\n")
	if len(rows) != len(lines) {
		t.Fatalf("%d rows, %d lines", len(rows), len(lines))
	}
	for i, line := range lines {
		words := strings.Fields(line)
		if rows[i][1] != words[0] || (len(words) == 3) != strings.Contains(rows[i][2], ", ") {
			t.Errorf("%q stands where the file has %q", rows[i][0], line)
		}
	}
	if before := rows[3]; before[1] != "before" || lines[3] != "before none" || !strings.Contains(before[2], "`none`") {
		t.Errorf("before nothing there is %q, the page says %q", lines[3], before[2])
	}
}
