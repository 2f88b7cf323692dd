package demo

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"hexspot/cmd/internal/town"
	"hexspot/cmd/internal/town/towntest"
)

// terminal understands the two commands that a Screen uses, and gives the lines
// that stand in the end.
func terminal(t *testing.T, text string) []string {
	t.Helper()
	lines, at := []string{""}, 0
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case strings.HasPrefix(text, "\x1b[J"):
			lines = append(lines[:at], "")
			size = 3
		case strings.HasPrefix(text, "\x1b["):
			number, _, ok := strings.Cut(text[2:], "F")
			n, err := strconv.Atoi(number)
			if !ok || err != nil || n > at {
				t.Fatalf("%.20q at line %d", text, at)
			}
			at -= n
			size = 3 + len(number)
		case r == '\n':
			at++
			lines = append(lines, "")
		default:
			lines[at] += string(r)
		}
		text = text[size:]
	}
	return lines
}

func TestTableStaysInItsPlace(t *testing.T) {
	var out bytes.Buffer
	s := NewScreen(&out, true)
	s.draw(towntest.Empty())
	fmt.Fprintln(s, "level=WARN msg=first")
	s.draw(towntest.Town(nil))
	fmt.Fprintln(s, "level=WARN msg=second")
	s.draw(towntest.Town(nil))
	want := slices.Concat([]string{"level=WARN msg=first", "level=WARN msg=second"}, townTable(towntest.Town(nil)), []string{""})
	if got := terminal(t, out.String()); !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTownTable(t *testing.T) {
	covered := towntest.Town(nil)
	covered.Coverage = towntest.Coverage(nil)
	got := townTable(covered)
	for _, line := range got {
		if utf8.RuneCountInString(line) > tableWidth {
			t.Errorf("%d columns: %s", utf8.RuneCountInString(line), line)
		}
	}
	golden(t, "town_table.golden", strings.Join(got, "\n")+"\n\n"+
		strings.Join(townTable(towntest.Empty()), "\n")+"\n\n"+townLine(covered)+"\n"+townLine(towntest.Empty())+"\n")
}

func TestPlainLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		ctx, cancel := context.WithTimeout(t.Context(), 2*plainPeriod+time.Millisecond)
		defer cancel()
		if err := NewScreen(&out, false).Show(ctx, func() town.Snapshot { return towntest.Empty() }); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(out.String(), "\n"); n != 4 || strings.Contains(out.String(), "\x1b") {
			t.Errorf("%d lines:\n%s", n, out.String())
		}
	})
}
