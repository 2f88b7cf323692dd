package demo

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"hexspot/cmd/internal/town"
)

// tableWidth is what every terminal has room for.
const tableWidth = 79

// townTable is a town in a few lines.
func townTable(s town.Snapshot) []string {
	lines := []string{
		fmt.Sprintf("%s, %s, %.0f s: %s", s.Name, s.Region, s.Elapsed, strings.ToLower(s.Verdict.Word)),
		row("hotspots", fmt.Sprintf("%d of %d receive", s.Receiving, len(s.Hotspots)), heardText(s)),
		row("devices", fmt.Sprintf("%d of %d joined", s.Devices.Joined, s.Devices.Total),
			fmt.Sprintf("%s join requests, %d of class C", grouped(s.Devices.JoinRequests), s.Devices.ClassC)),
		row("uplinks", grouped(s.Uplinks.Messages)+" messages",
			fmt.Sprintf("confirmed %s, acknowledged %s, given up %s", grouped(s.Devices.Confirmed), grouped(s.Devices.Acked), grouped(s.Devices.Unacked))),
		row("downlinks", grouped(s.Downlinks.Accepted)+" accepted", downText(s.Downlinks)),
		row("in RX1", shareText(s.Downlinks.FirstShare), leadText(s.Leads)),
		row("air time", airText(s), ""),
	}
	lines = append(lines, coverageLines(s.Coverage)...)
	for i, line := range lines {
		lines[i] = clipped(line)
	}
	lines = append(lines, wrapped("reasons", cmp.Or(reasonText(s), "none"))...)
	return append(lines, wrapped("", s.Verdict.Text)...)
}

// row is one line: what it is about, the main thing, and more.
func row(name, main, more string) string {
	if more == "" {
		return fmt.Sprintf("%-10s %s", name, main)
	}
	return fmt.Sprintf("%-10s %-18s %s", name, main, more)
}

func heardText(s town.Snapshot) string {
	var heard, forwarded uint64
	for _, h := range s.Hotspots {
		heard += h.Heard
		forwarded += h.Forwarded
	}
	return fmt.Sprintf("heard %s, forwarded %s", grouped(heard), grouped(forwarded))
}

func downText(d town.Downlinks) string {
	return fmt.Sprintf("emitted %s, failed %s, lost %s; refused %s",
		grouped(d.Emitted), grouped(d.Failed), grouped(d.Silent+d.Unanswered), grouped(d.Refused))
}

func shareText(share *float64) string {
	if share == nil {
		return "none yet"
	}
	return fmt.Sprintf("%.1f %%", 100**share)
}

func leadText(l town.Leads) string {
	if l.Count == 0 {
		return "no lead time yet"
	}
	return fmt.Sprintf("lead p50 %s ms, p1 %s ms, least %s ms", grouped(uint64(l.Median)), grouped(uint64(l.Most99)), grouped(uint64(l.Least)))
}

// airText is about the sub-band that is closest to its limit.
func airText(s town.Snapshot) string {
	var closest *town.Band
	for i, b := range s.Bands {
		if b.Limit < 100 && (closest == nil || b.Used/b.Limit > closest.Used/closest.Limit) {
			closest = &s.Bands[i]
		}
	}
	if closest == nil {
		return "no duty cycle in this region"
	}
	return fmt.Sprintf("busiest hotspot %.2f of %g %% in %.1f-%.1f MHz",
		closest.Used, closest.Limit, float64(closest.Min)/1e6, float64(closest.Max)/1e6)
}

// reasonText are the causes by the field's names, most frequent first.
func reasonText(s town.Snapshot) string {
	var list []string
	for _, reasons := range [][]town.Reason{s.Refusals, s.Failures} {
		for _, r := range reasons {
			list = append(list, fmt.Sprintf("%s\u00a0%s", r.Code, grouped(r.Count)))
		}
	}
	return strings.Join(list, ", ")
}

// wrapped is a long text under a name, broken between words.
func wrapped(name, text string) []string {
	var lines []string
	line := fmt.Sprintf("%-10s", name)
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' }) {
		if utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > tableWidth {
			lines = append(lines, line)
			line = strings.Repeat(" ", 10)
		}
		line += " " + word
	}
	return append(lines, clipped(line))
}

// clipped cuts a line that would wrap.
func clipped(line string) string {
	runes := []rune(line)
	if len(runes) <= tableWidth {
		return line
	}
	return string(runes[:tableWidth-1]) + "…"
}

// townLine is a town in one line, for what is no terminal.
func townLine(s town.Snapshot) string {
	d := s.Downlinks
	line := fmt.Sprintf("%5.0fs  hotspots %d/%d  joined %d/%d  messages %s  downlinks: emitted %s, failed %s, lost %s, refused %s  RX1 %s",
		s.Elapsed, s.Receiving, len(s.Hotspots), s.Devices.Joined, s.Devices.Total, grouped(s.Uplinks.Messages),
		grouped(d.Emitted), grouped(d.Failed), grouped(d.Silent+d.Unanswered), grouped(d.Refused), shareText(d.FirstShare))
	return line + coverageText(s.Coverage)
}
