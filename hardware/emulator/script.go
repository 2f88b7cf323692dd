package emulator

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// step is a line of a script: a request, and how long to wait before it.
type step struct {
	After string `json:"after"` // a duration, "1.5s"; empty: at once
	request
}

// longestWait bounds After.
const longestWait = 24 * time.Hour

// ControlScript has the chip at addr do what a script says, line by line: requests
// of the control protocol, each with an optional "after", a duration to wait before
// it. "sent" has no place in a script, "wait" only waits. Empty lines and those that
// begin with # are passed over. Answers with something in them are written to w. It
// stops at the first line that goes wrong and names it.
func ControlScript(ctx context.Context, addr string, script io.Reader, w io.Writer) error {
	lines := bufio.NewScanner(script)
	lines.Buffer(make([]byte, 0, controlLine), controlLine)
	for number := 1; lines.Scan(); number++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		if err := runLine(ctx, addr, line, w); err != nil {
			return fmt.Errorf("script line %d: %w", number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading the script: %w", err)
	}
	return nil
}

func runLine(ctx context.Context, addr string, line []byte, w io.Writer) error {
	s, wait, err := parseStep(line)
	if err != nil {
		return err
	}
	if err := pauseFor(ctx, wait); err != nil || s.Do == "wait" {
		return err
	}
	a, err := ask(ctx, addr, s.request)
	if err != nil || a.Status == nil {
		return err
	}
	return json.NewEncoder(w).Encode(a.Status)
}

func parseStep(line []byte) (s step, wait time.Duration, err error) {
	strict := json.NewDecoder(bytes.NewReader(line))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&s); err != nil {
		return s, 0, err
	}
	if _, err := strict.Token(); err != io.EOF {
		return s, 0, fmt.Errorf("want one object a line")
	}
	switch s.Do {
	case "inject", "faults", "status", "wait":
	default:
		return s, 0, fmt.Errorf("do %q: want inject, faults, status or wait", s.Do)
	}
	if s.After == "" {
		return s, 0, nil
	}
	wait, err = time.ParseDuration(s.After)
	if err == nil && (wait < 0 || wait > longestWait) {
		err = fmt.Errorf("after %s: want 0s to %v", strings.TrimSpace(s.After), longestWait)
	}
	return s, wait, err
}

func pauseFor(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
