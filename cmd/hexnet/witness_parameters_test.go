package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"hexspot/witness"
)

func printed(t *testing.T, args string) string {
	t.Helper()
	var out, problems bytes.Buffer
	if code := run(t.Context(), strings.Fields(args), streams{nil, &out, &problems}); code != exitOK {
		t.Fatalf("hexnet %s: exit code %d, %s", args, code, problems.String())
	}
	return out.String()
}

// TestParametersPageIsCurrent fails when a figure, a reason or a set changed and the page did not.
func TestParametersPageIsCurrent(t *testing.T) {
	page, err := os.ReadFile("../../docs/parameters.md")
	if err != nil {
		t.Fatal(err)
	}
	if printed(t, "witness parameters --markdown") != string(page) {
		t.Error("docs/parameters.md is not current: hexnet witness parameters --markdown > docs/parameters.md")
	}
}

// TestParametersInEachForm looks for each figure of a set, and for none of the other's.
func TestParametersInEachForm(t *testing.T) {
	for name, other := range map[string]string{"hexspot-1": "entropy_life", "helium-2026-05": "min_distance"} {
		set, err := witness.SetNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		text := printed(t, "witness parameters --set "+name)
		var list []writtenParameters
		if err := json.Unmarshal([]byte(printed(t, "witness parameters --json --set "+name)), &list); err != nil {
			t.Fatal(err)
		}
		table := witness.DefaultParameters(set).Table()
		if len(list) != 1 || list[0].Set != name || len(list[0].Figures) != len(table) || len(list[0].Plans) == 0 {
			t.Fatalf("%s: JSON has %+v", name, list)
		}
		for i, f := range table {
			if !strings.Contains(text, f.Name) || !strings.Contains(text, f.Reason) {
				t.Errorf("%s: the text lacks %s", name, f.Name)
			}
			if got := list[0].Figures[i]; got != (writtenFigure{f.Name, f.Value, f.Unit, f.Reason}) {
				t.Errorf("%s: JSON has %+v for %s", name, got, f.Name)
			}
		}
		if strings.Contains(text, other) {
			t.Errorf("%s: the text has %s, of the other set", name, other)
		}
	}
}

func TestParametersRefusesUnknownSets(t *testing.T) {
	var out, problems bytes.Buffer
	if code := run(t.Context(), []string{"witness", "parameters", "--set", "hexspot-2"}, streams{nil, &out, &problems}); code != exitUsage {
		t.Errorf("exit code %d, %s", code, out.String())
	}
}
