package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Summary is what a demo found.
type Summary struct {
	Source      string `json:"source"` // a record's name, or the town
	Region      string `json:"region"`
	Broker      string `json:"broker"`
	Speed       string `json:"speed"`
	Hotspots    int    `json:"hotspots"`
	Skipped     int    `json:"skipped_lines"` // of the record, without an uplink's raw frame
	Injected    int    `json:"injected"`      // frames put into chips, bad ones too
	InjectedBad int    `json:"injected_bad"`  // of them, with a wrong CRC or none
	counts
	verdict
	Missing   int      `json:"missing"`
	MissingBy []string `json:"missing_by,omitempty"` // the hotspots that lack most

	BootSeconds   float64 `json:"boot_seconds"`  // until the last hotspot received
	FrameSeconds  float64 `json:"frame_seconds"` // from the first frame injected to the last received
	TotalSeconds  float64 `json:"total_seconds"`
	FramesASecond float64 `json:"frames_per_second"`
	CPUSeconds    float64 `json:"cpu_seconds"`       // of emulators, hotspots, broker in process, and check
	MemoryBytes   int64   `json:"memory_bytes"`      // most resident memory of this process
	Passed        bool    `json:"passed"`            // every good frame exactly once, no bad one
	Problem       string  `json:"problem,omitempty"` // why not
}

// WriteJSON writes the summary as an indented object.
func (s Summary) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(s)
}

// WriteText writes the summary for people.
func (s Summary) WriteText(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range s.rows() {
		fmt.Fprintf(table, "%s\t%s\n", row[0], row[1])
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, f := range slices.Concat(s.Faults, s.MissingBy) {
		fmt.Fprintf(w, "  %s\n", f)
	}
	_, err := fmt.Fprintln(w, s.conclusion())
	return err
}

func (s Summary) rows() [][2]string {
	return [][2]string{
		{"source", s.Source},
		{"region", fmt.Sprintf("%s, %d hotspots", s.Region, s.Hotspots)},
		{"broker", s.Broker},
		{"injected", s.injectedText()},
		{"read", grouped(s.Read)},
		{"forwarded", grouped(s.Forwarded)},
		{"PUBACKed", grouped(s.Acked)},
		{"received", grouped(s.Received)},
		{"matched", fmt.Sprintf("%s of %s", grouped(s.Matched), grouped(s.Expected))},
		{"faults", faultsText(s.verdict, s.Missing, s.Dropped)},
		{"times", fmt.Sprintf("boot %.1f s, frames %.1f s, all %.1f s", s.BootSeconds, s.FrameSeconds, s.TotalSeconds)},
		{"rate", fmt.Sprintf("%s frames/s at speed %s", grouped(int(s.FramesASecond+0.5)), s.Speed)},
		{"cost", fmt.Sprintf("%.1f s CPU, %d MB memory", s.CPUSeconds, s.MemoryBytes>>20)},
	}
}

func (s Summary) injectedText() string {
	text := grouped(s.Injected)
	if s.InjectedBad > 0 {
		text += fmt.Sprintf(", of them %s with a bad CRC or none", grouped(s.InjectedBad))
	}
	if s.Skipped > 0 {
		text += fmt.Sprintf(" (%s lines without an uplink's raw frame skipped)", grouped(s.Skipped))
	}
	return text
}

func faultsText(v verdict, missing int, dropped uint64) string {
	var list []string
	for _, f := range []struct {
		count int
		name  string
	}{
		{missing, "missing"}, {v.Duplicated, "duplicated"}, {v.Mismatched, "altered"}, {v.BadArrived, "bad but arrived"},
		{v.Unexpected, "unexpected"}, {v.Unreadable, "unreadable"}, {int(dropped), "dropped"},
	} {
		if f.count > 0 {
			list = append(list, fmt.Sprintf("%s %s", grouped(f.count), f.name))
		}
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

func (s Summary) conclusion() string {
	if s.Passed {
		return fmt.Sprintf("PASSED: each of %s good frames arrived exactly once, unchanged", grouped(s.Expected))
	}
	return "FAILED: " + s.Problem
}
