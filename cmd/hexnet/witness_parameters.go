package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"hexspot/radio"
	"hexspot/witness"
)

// parametersCommand prints what a network may choose.
type parametersCommand struct {
	Set      string `help:"Of one set of rules: hexspot-1 or helium-2026-05. Default: both." enum:"hexspot-1,helium-2026-05," default:"" placeholder:"SET"`
	JSON     bool   `help:"Print JSON." xor:"form"`
	Markdown bool   `help:"Print the tables as they are in docs/parameters.md." xor:"form"`
}

// Help has the examples.
func (parametersCommand) Help() string {
	return `The defaults of this build: each figure with its unit and reason, the highest EIRP of a beacon in each
channel plan, and the timings. What a network really uses is the file parameters.json of an epoch.

Examples:
  hexnet witness parameters
  hexnet witness parameters --set hexspot-1 --json
  hexnet witness parameters --markdown > docs/parameters.md`
}

// Run prints them.
func (p parametersCommand) Run(std streams) error {
	sets, err := p.sets()
	switch {
	case err != nil:
		return err
	case p.JSON:
		return parametersJSON(std.out, sets)
	case p.Markdown:
		_, err = io.WriteString(std.out, parametersMarkdown(sets))
		return err
	}
	return parametersText(std.out, sets)
}

func (p parametersCommand) sets() ([]*witness.Parameters, error) {
	names := []string{"hexspot-1", "helium-2026-05"}
	if p.Set != "" {
		names = []string{p.Set}
	}
	var sets []*witness.Parameters
	for _, name := range names {
		set, err := witness.SetNamed(name)
		if err != nil {
			return nil, err
		}
		sets = append(sets, witness.DefaultParameters(set))
	}
	return sets, nil
}

// eirpCap is the highest EIRP of a beacon and the plans that have it.
type eirpCap struct {
	level radio.DBm
	plans []string
}

// capsOf are the caps of the plans, rising.
func capsOf(p *witness.Parameters) []eirpCap {
	by := map[radio.DBm][]string{}
	for _, name := range slices.Sorted(maps.Keys(p.Plans)) {
		by[p.Plans[name]] = append(by[p.Plans[name]], name)
	}
	var caps []eirpCap
	for level, plans := range by {
		caps = append(caps, eirpCap{level, plans})
	}
	slices.SortFunc(caps, func(a, b eirpCap) int { return cmp.Compare(a.level, b.level) })
	return caps
}

func parametersText(w io.Writer, sets []*witness.Parameters) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, p := range sets {
		fmt.Fprintf(table, "%s, SHA-256 of the file %x\n", p.Set.Name, p.Hash())
		fmt.Fprintln(table, "NAME\tVALUE\tUNIT\tREASON")
		for _, f := range p.Table() {
			fmt.Fprintf(table, "%s\t%d\t%s\t%s\n", f.Name, f.Value, f.Unit, f.Reason)
		}
		for _, c := range capsOf(p) {
			fmt.Fprintf(table, "plans\t%d\t0.01 dBm EIRP\t%s\n", c.level, strings.Join(c.plans, " "))
		}
		fmt.Fprintln(table)
	}
	fmt.Fprintln(table, "Timing, stated by anchors\nNAME\tDEFAULT\tDEMO\tREASON")
	for _, f := range timings() {
		fmt.Fprintf(table, "%s\t%d %s\t%d\t%s\n", f.Name, f.Value, f.Unit, f.demo, f.Reason)
	}
	return table.Flush()
}

// timing is a figure of the default timings with that of the demo's.
type timing struct {
	witness.Figure
	demo int64
}

func timings() []timing {
	standard, _ := witness.ScheduleNamed("default") // both are there
	demo, _ := witness.ScheduleNamed("demo")
	var list []timing
	for i, f := range standard.Table() {
		list = append(list, timing{f, demo.Table()[i].Value})
	}
	return list
}

// writtenParameters is a set as JSON.
type writtenParameters struct {
	Set     string               `json:"set"`
	Hash    string               `json:"hash"`
	Figures []writtenFigure      `json:"figures"`
	Plans   map[string]radio.DBm `json:"plans"`
}

type writtenFigure struct {
	Name   string `json:"name"`
	Value  int64  `json:"value"`
	Unit   string `json:"unit"`
	Reason string `json:"reason"`
}

func parametersJSON(w io.Writer, sets []*witness.Parameters) error {
	var list []writtenParameters
	for _, p := range sets {
		written := writtenParameters{Set: p.Set.Name, Hash: fmt.Sprintf("%x", p.Hash()), Plans: p.Plans}
		for _, f := range p.Table() {
			written.Figures = append(written.Figures, writtenFigure{f.Name, f.Value, f.Unit, f.Reason})
		}
		list = append(list, written)
	}
	return writeJSON(w, list)
}
