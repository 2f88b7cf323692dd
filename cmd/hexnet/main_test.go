package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
)

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		args string
		want int
	}{
		{"--help", exitOK},
		{"version", exitOK},
		{"demo --help", exitOK},
		{"", exitUsage},
		{"nonsense", exitUsage},
		{"version more", exitUsage},
		{"demo --for -1s", exitUsage},
		{"emulate --link x --eui 1 --control 127.0.0.1:0", exitUsage},
		{"demo --replay /nonexistent", exitFailure},
		{"demo --hotspots 0", exitFailure},
		{"demo --listen nowhere --for 1s", exitFailure},
	} {
		var out, problems bytes.Buffer
		got := run(context.Background(), strings.Fields(c.args), streams{strings.NewReader(""), &out, &problems})
		if got != c.want {
			t.Errorf("hexnet %s: exit code %d, want %d\n%s", c.args, got, c.want, problems.String())
		}
		if (got == exitOK) != (problems.Len() == 0) {
			t.Errorf("hexnet %s: exit code %d, stderr %q", c.args, got, problems.String())
		}
	}
}

func TestErrorIsLoggedOnce(t *testing.T) {
	var problems bytes.Buffer
	if got := exitCode(errors.New("the cause"), &problems); got != exitFailure || strings.Count(problems.String(), "the cause") != 1 {
		t.Errorf("exit code %d, %q", got, problems.String())
	}
}
