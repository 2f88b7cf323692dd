package witness

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hexspot/radio"
)

// protocolPage is docs/protocol.md, which others write clients and verifiers from.
func protocolPage(t *testing.T) string { return docsPage(t, "protocol.md") }

// TestProtocolPageHasTheLinesOfState compares the lines of the file state with the table: which there
// are, in which order, and the order of the sums in each.
func TestProtocolPageHasTheLinesOfState(t *testing.T) {
	_, text, _ := strings.Cut(protocolPage(t), "The sums in `state`")
	rows := tableOf(text)
	if len(rows) != stateKinds {
		t.Fatalf("%d rows, %d kinds of lines", len(rows), stateKinds)
	}
	sums := [stateKinds]reflect.Type{reflect.TypeFor[WaySums](), reflect.TypeFor[NearSums](), reflect.TypeFor[TwinSums](), nil}
	word := regexp.MustCompile("[A-Z][a-z]+")
	for kind, row := range rows {
		if !strings.HasPrefix(row[0], "`"+stateWords[kind]+" ") {
			t.Errorf("%s stands where %s is", row[0], stateWords[kind])
		}
		names := []string{"frames"}
		if of := sums[kind]; of != nil {
			names = nil
			for field := range of.Fields() {
				names = append(names, strings.ToLower(strings.Join(word.FindAllString(field.Name, -1), " ")))
			}
		}
		if want := strings.Join(names, ", "); row[1] != want || len(names) != stateNumbers[kind] {
			t.Errorf("%s: the page has %q, the code %q", row[0], row[1], want)
		}
	}
}

// TestALineOfStateHasTheSumsInOrder numbers the sums, of the running generation first, and finds each
// in its place.
func TestALineOfStateHasTheSumsInOrder(t *testing.T) {
	a, b := sampleStation(t, 0), sampleStation(t, 1)
	s := newLinkState(3)
	s.Ways[Way{a, b}] = [2]WaySums{{1, 2, 3, 4, 5, 6, 7, 8}, {9, 10, 11, 12, 13, 14, 15, 16}}
	s.Near[Way{a, b}] = [2]NearSums{{1, 2}, {3, 4}}
	s.Shown[Way{a, a}] = [2]int64{1, 2}
	pair := fmt.Sprintf("%x %x", a.Bytes(), b.Bytes())
	want := "generation 3\nway " + pair + " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\nnear " + pair + " 1 2 3 4\n" +
		fmt.Sprintf("shown %x %x 1 2\n", a.Bytes(), a.Bytes())
	if got := string(s.AppendText(nil)); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestWaysWithoutSumsHaveALineOnce: a way that was heard, but so weakly that nothing enters its
// sums, has a line in that epoch and none in the next.
func TestWaysWithoutSumsHaveALineOnce(t *testing.T) {
	p, c := DefaultParameters(hexspot1), sampleCase(t)
	for i := range c.Witnesses {
		c.Witnesses[i].SNR = -1_200
	}
	book, v := NewLinkBook(p), Judge(&c, p)
	book.Add(&c, &v)
	after, _, err := book.Settle(LinkState{}, 20_249)
	if zeros := strings.Repeat(" 0", 16) + "\n"; err != nil || strings.Count(string(after.AppendText(nil)), zeros) != len(c.Witnesses) {
		t.Errorf("%v\n%s", err, after.AppendText(nil))
	}
	next, _, err := NewLinkBook(p).Settle(after, 20_250)
	if err != nil || len(next.Ways) != 0 {
		t.Errorf("the next epoch has %v, %v", next.Ways, err)
	}
}

// TestProtocolPageHasTheExamples works the page's examples out again: the words of a station, the
// plan that a region of the vectors means, and for how long what is over is told.
func TestProtocolPageHasTheExamples(t *testing.T) {
	page := protocolPage(t)
	example := regexp.MustCompile("`(spot1[a-z0-9]{59})` is `([a-z ]+)`").FindStringSubmatch(page)
	if example == nil {
		t.Fatal("the page has no example of words")
	}
	s, err := radio.ParseStation(example[1])
	if words := s.Words(); err != nil || strings.Join(words[:], " ") != example[2] {
		t.Errorf("%s has the words %v, %v; the page says %s", example[1], words, err, example[2])
	}
	regions := map[string]string{}
	for _, v := range loadVectors(t).Draws {
		if name := v.plan(t).Name; name != v.Region {
			regions[v.Region] = name
		}
	}
	for region, plan := range regions {
		if len(regions) != 1 || !strings.Contains(strings.ReplaceAll(page, "\n", " "), "`"+region+"` is the plan `"+plan+"` there") {
			t.Errorf("the page does not say that %s is %s, of %d", region, plan, len(regions))
		}
	}
	if once := strings.Contains(page, "forgets what is over once a minute"); once != (sweepPause == 60_000) {
		t.Errorf("what is over is forgotten after %d ms, which the page does not say", sweepPause)
	}
}

// TestPagesNameTheCluesOfPresence: which clues the evidence of an appeal bears on is said three times.
func TestPagesNameTheCluesOfPresence(t *testing.T) {
	var want []string
	for i := range clueWords {
		if clueWords[i].presence {
			want = append(want, string(clueWords[i].name))
		}
	}
	slices.Sort(want)
	name := regexp.MustCompile("`([a-z_]+)`")
	for _, said := range []struct{ page, begins, ends string }{
		{"protocol.md", "`undecided` (a clue below 5,000 other than", "of a\nstation"},
		{"protocol.md", "frames shown the clues", "are left out"},
		{"rules.md", "frames shown (of itself) has no clues", "\n"},
	} {
		_, text, begins := strings.Cut(docsPage(t, said.page), said.begins)
		text, _, ends := strings.Cut(text, said.ends)
		var got []string
		for _, m := range name.FindAllStringSubmatch(text, -1) {
			got = append(got, m[1])
		}
		if slices.Sort(got); !begins || !ends || !slices.Equal(got, want) {
			t.Errorf("%s names %v behind %q, the code has %v", said.page, got, said.begins, want)
		}
	}
}
