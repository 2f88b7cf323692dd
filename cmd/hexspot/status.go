package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"hexspot/cmd/internal/hotspot"
)

func statusCommand(ctx context.Context, args []string, std streams) error {
	set := flags("status", "Asks the running hotspot how proof of coverage stands: why no beacon is sent, the last one,\n"+
		"what was heard last, and what waits. The hotspot must have [coverage] enabled.",
		"hexspot status\nhexspot status --json", std)
	path := set.String("socket", hotspot.DefaultStatus, "`SOCKET`, status in [coverage] of the configuration")
	asJSON := set.Bool("json", false, "print JSON, for programs")
	if err := parseOnly(set, args); err != nil {
		return err
	}
	s, err := hotspot.AskStatus(ctx, *path)
	if err != nil {
		return err
	}
	if *asJSON {
		encoder := json.NewEncoder(std.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(s)
	}
	return writeStatus(std.out, s)
}

func writeStatus(out io.Writer, s hotspot.Status) error {
	c := s.Coverage
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(name, format string, a ...any) { fmt.Fprintf(table, name+"\t"+format+"\n", a...) }
	row("station", "%s", c.Station)
	row("network", "%s, %s", c.Network, choose(c.Online, "connected", "not connected"))
	row("concentrator", "%s", chipText(s.Chip))
	row("beacons", "%s", choose(c.Reason == "", "ready", "none can be sent: "+c.ReasonText))
	row("site", "%s", siteText(c))
	row("registry", "%s", registryText(c.Registry))
	if l := c.Log; l != nil {
		row("network's log", "epoch %d, %d records, %d checkpoints co-signed", l.Epoch, l.Records, l.Cosigned)
		for _, d := range l.Unproven {
			row("not proven", "epoch %d: shown with %d records, was %d: ask the network for the proof, and compare ('hexspot receipts compare'; log of %s)", d.Epoch, d.Shown, d.Seen, d.Ingest)
		}
		if l.GivenUp > 0 {
			row("not proven", "what the log has for %d receipts: the network was asked three times; 'hexspot receipts check' looks when it publishes the log", l.GivenUp)
		}
		for _, path := range l.Evidence {
			row("evidence", "%s", path)
		}
	}
	row("next beacon", "%s", when(c.Next, s.Time))
	row("last beacon", "%s", c.LastBeacon)
	row("last witness", "%s", when(c.LastHeard, s.Time))
	n := c.Counts
	row("counts", "%d beacons, %d observations, %d receipts, %d refusals", n.Beacons, n.Witnesses, n.Receipts, n.Refused)
	if n.Refusal != "" {
		row("refusals", "%s", refusalCounts(n.Refusals))
		row("last refusal", "%s: %s", n.Refusal, n.RefusalText)
	}
	row("waiting", "%d observations, %d frames, %d records unanswered, %d not on disk, %d lost", c.Held, c.Waiting, c.Flying, c.Unkept, c.Lost)
	for _, r := range s.Records {
		row(r.Name, "%d wait on disk, %d are settled", r.Waiting, r.Settled)
	}
	for _, d := range s.Duty {
		row("duty cycle "+d.Name, "%.1f of %.1f s in an hour", float64(d.Used)/1000, float64(d.Allowed)/1000)
	}
	return table.Flush()
}

// chipText says whether the concentrator runs, and if not since when and why.
func chipText(c hotspot.ChipStatus) string {
	switch {
	case c.Runs:
		return "runs"
	case c.Fault == "":
		return "does not run yet: " + c.State
	}
	return fmt.Sprintf("does not run (%s): %s", c.State, c.Fault)
}

// refusalCounts are the reasons for which reports were refused, with how often.
func refusalCounts(n map[string]uint64) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(n)) {
		list = append(list, fmt.Sprintf("%d %s", n[name], name))
	}
	return strings.Join(list, ", ")
}

// registryText says whether the network has the site.
func registryText(r hotspot.RegistryStatus) string {
	text := "not known yet: the network has not said whether it has a site of this station"
	switch r.State {
	case hotspot.RegistryHas:
		text = "has the site"
	case hotspot.RegistryDiffers:
		text = "has another site than the file (" + r.Differs + ")"
	case hotspot.RegistryHasNot:
		text = choose(r.From == nil, "has no site of this station: the owner signs it, too ('hexnet site sign'), and it is sent", "has no site of this station yet, but")
	}
	if r.From != nil {
		text += fmt.Sprintf(" from epoch %d", *r.From)
	}
	if r.Next != nil {
		text += fmt.Sprintf("; the next change is number %d", *r.Next)
	}
	if r.Refused != "" {
		text += fmt.Sprintf("; it does not enter the change on file: %s: %s", r.Refused, r.RefusedText)
	}
	return text
}

// siteText says what the site on file is, and whether beacons are sent with its antenna.
func siteText(c hotspot.CoverageStatus) string {
	p := c.Place
	switch {
	case p == nil && c.Site == "":
		return "not read yet"
	case p == nil:
		return "none: " + c.Site
	}
	text := fmt.Sprintf("%s, gain %.2f dBi, loss %.2f dB, %s", p.Plan, p.Gain, p.Loss, choose(p.DataOnly, "data only", "full"))
	if c.Antenna != "" {
		return text + "; NOT the antenna of the configuration: " + c.Antenna
	}
	return text + "; the antenna of the configuration is the same"
}

func choose(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// when is a time and how far off it is; "-" for none.
func when(t *time.Time, now time.Time) string {
	if t == nil {
		return "-"
	}
	off := t.Sub(now).Round(time.Second)
	if off < 0 {
		return fmt.Sprintf("%s, %v ago", t.Format(time.RFC3339), -off)
	}
	return fmt.Sprintf("%s, in %v", t.Format(time.RFC3339), off)
}
