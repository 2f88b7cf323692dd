package witness

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hexspot/coverage"
)

// rulesPage is docs/rules.md, which others write verifiers from.
func rulesPage(t *testing.T) string { return docsPage(t, "rules.md") }

// docsPage is a page of the documentation.
func docsPage(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// section is the text below a heading up to the next one of any rank.
func section(t *testing.T, page, heading string) string {
	t.Helper()
	_, text, found := strings.Cut(page, "\n"+heading+"\n")
	if !found {
		t.Fatalf("the page has no section %q", heading)
	}
	text, _, _ = strings.Cut(text, "\n#")
	return text
}

// tableOf are the cells of the first table of a text, without its header.
func tableOf(text string) (rows [][]string) {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "|") {
			if len(rows) > 0 {
				break
			}
			continue
		}
		line = strings.ReplaceAll(strings.TrimSpace(line), `\|`, "\x00")
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(strings.ReplaceAll(cells[i], "\x00", "|"))
		}
		rows = append(rows, cells)
	}
	return rows[min(2, len(rows)):]
}

// TestRulesPageHasTheTables compares names, order, units, Helium's numbers, and which rules are optional or of
// the second pass.
func TestRulesPageHasTheTables(t *testing.T) {
	page := rulesPage(t)
	for heading, rules := range map[string][]Rule{
		"### Beacon reports of `hexspot-1`":             hexspotBeacon,
		"### Observations of `hexspot-1`":               hexspotWitness,
		"### Beacon reports of `helium-2026-05`":        heliumBeacon,
		"### Observations of `helium-2026-05`":          heliumWitness,
		"## Provisional weights, what is held, appeals": appealTable,
	} {
		rows := tableOf(section(t, page, heading))
		if len(rows) != len(rules) {
			t.Errorf("%s: %d rows, %d rules", heading, len(rows), len(rules))
			continue
		}
		for i := range rules {
			checkRuleRow(t, heading, rows[i], &rules[i])
		}
	}
}

func checkRuleRow(t *testing.T, heading string, row []string, rule *Rule) {
	t.Helper()
	if row[0] != "`"+string(rule.Name)+"`" {
		t.Errorf("%s: %s stands where rule %s is", heading, row[0], rule.Name)
		return
	}
	if !slices.Contains(row, rule.Unit) {
		t.Errorf("%s, %s: the unit is %s", heading, rule.Name, rule.Unit)
	}
	if rule.Code > 0 && row[1] != strconv.Itoa(rule.Code) {
		t.Errorf("%s, %s: the number is %d, not %s", heading, rule.Name, rule.Code, row[1])
	}
	if last := row[len(row)-1]; strings.Contains(last, "*optional*") != rule.optional {
		t.Errorf("%s, %s: optional is %v, the page says %q", heading, rule.Name, rule.optional, last)
	}
	if rule.exact && !strings.Contains(row[3], "equal") {
		t.Errorf("%s, %s: the limit is exact, the page says %q", heading, rule.Name, row[3])
	}
	if last := row[len(row)-1]; strings.HasPrefix(heading, "###") && (last == "first pass") != (rule.check == nil) {
		t.Errorf("%s, %s: of the second pass is %v, the page says %q", heading, rule.Name, rule.check == nil, last)
	}
}

var codeWord = regexp.MustCompile("`[a-z0-9_]+`")

// TestRulesPageNamesAll looks for each figure, clue and group of vectors, and for names of figures that there are
// not.
func TestRulesPageNamesAll(t *testing.T) {
	page := rulesPage(t)
	known := map[string]bool{}
	names := func(kind string, list ...string) {
		for _, name := range list {
			known[name] = true
			if !strings.Contains(page, "`"+name+"`") {
				t.Errorf("the page lacks the %s %s", kind, name)
			}
		}
	}
	for _, set := range []*Set{hexspot1, helium202605} {
		for _, f := range DefaultParameters(set).Table() {
			names("figure", f.Name)
		}
		for _, r := range slices.Concat(set.Beacon, set.Witness, appealTable) {
			names("rule", string(r.Name))
		}
	}
	for _, w := range clueWords {
		names("clue", string(w.name))
	}
	names("group", vectorGroups(t)...)
	for _, f := range schedules["default"].Table() {
		known[f.Name] = true
	}
	for _, word := range []string{"none", "orphan", "reports", "links", "state", "provisions", "entropy"} {
		known[word] = true // of the files
	}
	for _, word := range codeWord.FindAllString(page, -1) {
		if name := strings.Trim(word, "`"); !known[name] && !regexp.MustCompile(`^\d+$`).MatchString(name) {
			t.Errorf("the page names %s: there is none", word)
		}
	}
}

// vectorGroups are the groups of the second implementation's vectors.
func vectorGroups(t *testing.T) (groups []string) {
	t.Helper()
	b, err := os.ReadFile("../radio/testdata/hexspot-1.json")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]json.RawMessage
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	for name, content := range file {
		if content[0] != '"' { // what says what the file is
			groups = append(groups, name)
		}
	}
	return groups
}

// TestRulesPageHasTheFixedFigures compares the table of what no parameter file states.
func TestRulesPageHasTheFixedFigures(t *testing.T) {
	want := map[string]int64{
		"beacon sent before its drawn start, ms":                     earlySlack,
		"heard outside the slot, ms":                                 heardSlack,
		"fine times apart at most, ns":                               farthestFine,
		"partners of fine time":                                      leastPartners,
		"SNR that tells of noise is below, 0.01 dB":                  int64(noiseKnown),
		"least distance of free-space loss, mm":                      int64(leastLossDistance),
		"coordinates apart at most, mm":                              int64(farthest),
		"frequency of excess, Hz":                                    int64(midBand),
		"variance of drops from which there is a slope, (0.01 dB)^2": leastSpread,
		"ways of a mean over partners":                               partners,
		"ways of a reach":                                            reachWays,
		"ways of a pool":                                             poolWays,
		"ways left out of what a station hears, one of":              quarterWithout,
		"ways left out at most":                                      mostWithout,
		"ways of a `distance`":                                       leastShadows,
		"ways added to those of `elsewhere`":                         doubtfulWays,
		"stations added to those of an area":                         doubtfulStations,
		"others around, of the ground":                               leastGround,
		"ways of a pair of cells, of the ground":                     mostGround,
		"witnesses and neighbours compared":                          mostCompared,
		"cells of neighbours and of the ground, resolution":          aroundAt,
		"cells of areas, resolution":                                 areaAt,
		"cells of selection, resolution":                             selectAt,
		"cells of `min_steps`, resolution":                           stepsAt,
	}
	rows := tableOf(section(t, rulesPage(t), "## Fixed figures"))
	if len(rows) != len(want) {
		t.Errorf("%d rows, %d figures", len(rows), len(want))
	}
	for _, row := range rows {
		if value, ok := want[row[0]]; !ok || strconv.FormatInt(value, 10) != row[1] {
			t.Errorf("%s: the page says %s, the code %d", row[0], row[1], value)
		}
		if len(row) != 3 || row[2] == "" {
			t.Errorf("%s has no reason", row[0])
		}
	}
}

// TestRulesPageHasTheClips compares the table of density.
func TestRulesPageHasTheClips(t *testing.T) {
	rows := tableOf(section(t, rulesPage(t), "## Density and scale"))
	clips := coverage.HIP104().Clips
	if len(rows) != 7 {
		t.Fatalf("%d rows", len(rows))
	}
	for i, row := range rows {
		c := clips[4+i]
		want := []string{strconv.Itoa(4 + i), strconv.FormatUint(c.Neighbours, 10), strconv.FormatUint(c.Target, 10), strconv.FormatUint(c.Max, 10)}
		if !slices.Equal(row, want) {
			t.Errorf("%v, want %v", row, want)
		}
	}
}

// TestRulesPageSaysWithoutWhatARuleIsNotEvaluated takes the distance, and then the site, from an
// observation: the rules that are not evaluated then are those of which the page says so.
func TestRulesPageSaysWithoutWhatARuleIsNotEvaluated(t *testing.T) {
	rows := tableOf(section(t, rulesPage(t), "### Observations of `hexspot-1`"))
	for _, missing := range []struct {
		spoil func(*SiteFacts)
		words *regexp.Regexp
	}{
		{func(s *SiteFacts) { s.Position.X += 4 * farthest }, regexp.MustCompile("no distance")},
		{func(s *SiteFacts) { *s = SiteFacts{Known: true, Full: true} }, regexp.MustCompile("(one has|,) no site")},
	} {
		c, p := sampleCase(t), DefaultParameters(hexspot1)
		missing.spoil(&c.Witnesses[0].Site)
		judged := of(t, Judge(&c, p).Witnesses, c.Witnesses[0].ID)
		for i, row := range rows {
			says := missing.words.MatchString(row[len(row)-1])
			if is := judged.Findings[i].Outcome == RuleNotEvaluated; hexspotWitness[i].check != nil && is != says {
				t.Errorf("%s: not evaluated is %v, the page says %q", row[0], is, row[len(row)-1])
			}
		}
	}
}

// withoutFacts take facts away without which Helium's rules have nothing to compare, one for each
// row of the page's table.
var withoutFacts = []func(*Case){
	func(c *Case) { c.Value.Known = false },
	func(c *Case) { c.Beacons[0].Sent = rangeOfTimes },
	func(c *Case) { c.Beacons[0].Sent = rangeOfTimes },
	func(c *Case) { c.Beacons[0].Sent = rangeOfTimes },
	func(c *Case) { c.Witnesses[0].Site.Cell, _ = c.Witnesses[0].Site.Cell.Parent(10) },
	func(c *Case) { c.Witnesses[0].Site.Position.X += 4 * farthest },
	func(c *Case) { c.Witnesses[0].Site = SiteFacts{Known: true} },
	func(c *Case) { c.Witnesses[0].Site.Position = c.Beacons[0].Site.Position },
}

// TestRulesPageHasTheFiguresWithoutFacts compares the table of Helium's figures where there is
// nothing to compare.
func TestRulesPageHasTheFiguresWithoutFacts(t *testing.T) {
	_, text, _ := strings.Cut(rulesPage(t), "Figures where there is nothing to compare")
	rows, p := tableOf(text), DefaultParameters(helium202605)
	if len(rows) != len(withoutFacts) {
		t.Fatalf("%d rows, %d known", len(rows), len(withoutFacts))
	}
	for i, row := range rows {
		c := sampleCase(t)
		withoutFacts[i](&c)
		v := Judge(&c, p)
		got, outcome := ruleFigures(t, p.Set, &v, c.Witnesses[0].ID, Fault(strings.Trim(row[0], "`")))
		for _, f := range p.Table() {
			row[2] = strings.ReplaceAll(row[2], "`"+f.Name+"`", strconv.FormatInt(f.Value, 10))
		}
		want := strings.ReplaceAll(row[2], "RSSI", strconv.FormatInt(int64(levelOf(*c.Witnesses[0].SignalRSSI)), 10))
		if d := int64(widest(c.Beacons[0].Site.Position, c.Witnesses[0].Site.Position) / coverage.Kilometre); strings.HasPrefix(want, "largest") {
			want = fmt.Sprintf("%d/%d/%d", d, p.MaxDistance, p.MaxDistance-d)
		}
		if got != want || !strings.HasSuffix(row[1], map[RuleOutcome]string{RuleFailed: "fails", RulePassed: "passes"}[outcome]) {
			t.Errorf("%s, %s: %s and %v, the page says %s", row[0], row[1], got, outcome, want)
		}
	}
}

// ruleFigures are a rule's figures on the beacon, or on an observation.
func ruleFigures(t *testing.T, set *Set, v *Verdict, id [32]byte, rule Fault) (string, RuleOutcome) {
	t.Helper()
	judged, rules := of(t, v.Witnesses, id), set.Witness
	if slices.ContainsFunc(set.Beacon, func(r Rule) bool { return r.Name == rule }) {
		judged, rules = &v.Beacons[0], set.Beacon
	}
	f := findingOf(t, rules, judged, rule)
	return fmt.Sprintf("%d/%d/%d", f.Value, f.Limit, f.Margin), f.Outcome
}
