package emulator

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const goodScript = `
# a frame, then a receiver that stalls
{"do":"inject","frame":{"payload":"40aabbccdd800100","frequency":868100000,"sf":7,"bandwidth":125000,"rssi":-80,"snr":8,"crc":"ok"}}
{"after":"1ms","do":"faults","faults":{"stall":true}}
{"do":"wait","after":"1ms"}
{"do":"status"}
`

func TestControlScript(t *testing.T) {
	h := newHost(t, Config{})
	h.boot()
	var out bytes.Buffer
	if err := ControlScript(t.Context(), serve(t, h.chip), strings.NewReader(goodScript), &out); err != nil {
		t.Fatal(err)
	}
	if n := h.chip.rx.size + h.chip.rx.taken; n != packetOverhead+8 {
		t.Errorf("%d bytes in the FIFO", n)
	}
	if !strings.Contains(out.String(), `"receiving":"receiver stalled"`) || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("printed %q", out.String())
	}
}

func TestScriptStopsAtTheFaultyLine(t *testing.T) {
	h := newHost(t, Config{})
	addr := serve(t, h.chip)
	cases := map[string]string{
		`{"do":"sent"}`:                              "line 2: do \"sent\"",
		`{"do":"wait","after":"-1s"}`:                "line 2: after -1s",
		`{"do":"wait","after":"25h"}`:                "line 2: after 25h",
		`{"do":"wait","after":"soon"}`:               "line 2: time: invalid duration",
		`{"do":"wait"} {"do":"wait"}`:                "line 2: want one object a line",
		`{"do":"wait","befor":"1s"}`:                 "line 2: json: unknown field",
		`{"do":"faults"}`:                            "line 2: no faults given",
		`{"do":"inject"}`:                            "line 2: no frame given",
		`nonsense`:                                   "line 2: invalid character",
		"# " + strings.Repeat("x", controlLine) + "": "reading the script: bufio.Scanner: token too long",
	}
	for line, want := range cases {
		err := ControlScript(t.Context(), addr, strings.NewReader("# first\n"+line+"\n"), &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, want %q", line, err, want)
		}
	}
}

func TestScriptWaitsAndCanBeEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		script := `{"do":"wait","after":"90m"}`
		if err := ControlScript(t.Context(), "", strings.NewReader(script), nil); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d != 90*time.Minute {
			t.Errorf("waited %v", d)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := ControlScript(ctx, "", strings.NewReader(script), nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ended with %v", err)
		}
	})
}

func FuzzParseStep(f *testing.F) {
	for _, line := range strings.Split(goodScript, "\n") {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if _, wait, err := parseStep(line); err == nil && (wait < 0 || wait > longestWait) {
			t.Errorf("waits %v", wait)
		}
	})
}
