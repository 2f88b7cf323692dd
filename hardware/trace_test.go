package hardware

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// inverter is a Bus that brings back what goes out, inverted.
type inverter struct {
	err     error
	celsius float64
	warm    error
	closed  bool
}

func (b *inverter) Do(_ context.Context, ops ...Op) error {
	for _, op := range ops {
		for i := range op.In {
			op.In[i] = ^op.Out[i]
		}
	}
	return b.err
}

func (b *inverter) Reset(context.Context) error                  { return b.err }
func (b *inverter) Temperature(context.Context) (float64, error) { return b.celsius, b.warm }
func (b *inverter) String() string                               { return "inverter" }
func (b *inverter) Close() error                                 { b.closed = true; return nil }

// session is some use of a Bus.
func session(ctx context.Context, bus Bus) ([]byte, error) {
	in := make([]byte, 5)
	t, _ := bus.(Thermometer)
	if err := bus.Reset(ctx); err != nil {
		return nil, err
	}
	if _, err := t.Temperature(ctx); err != nil && !errors.Is(err, ErrNoSensor) {
		return nil, err
	}
	err := bus.Do(ctx,
		Op{Out: []byte{0, 0xD6, 0x06, 0xAB}},
		Op{Out: append([]byte{0, 0x80, 0}, make([]byte, 4096)...)},
		Op{Out: []byte{0, 0x56, 0x06, 0, 0}, In: in},
		Op{Target: SX1261, Out: []byte{0xC0, 0}},
		Op{Address: 0x5601, Mask: 0xF0, Value: 0x50})
	return in, err
}

func TestRecordThenPlayback(t *testing.T) {
	golden, err := os.ReadFile("testdata/session.trace")
	if err != nil {
		t.Fatal(err)
	}
	var trace strings.Builder
	bus := &inverter{celsius: 23.25}
	record := NewRecord(bus, &trace)
	recorded, err := session(t.Context(), record)
	if err != nil {
		t.Fatal(err)
	}
	bus.warm = ErrNoSensor
	if _, err := record.Temperature(t.Context()); !errors.Is(err, ErrNoSensor) {
		t.Error(err)
	}
	if err := record.Close(); err != nil || !bus.closed {
		t.Errorf("closing: %v, closed: %t", err, bus.closed)
	}
	if diff := cmp.Diff(string(golden), "# what session does on an inverter\n"+trace.String()); diff != "" {
		t.Error(diff)
	}

	playback, err := NewPlayback(string(golden))
	if err != nil {
		t.Fatal(err)
	}
	played, err := session(t.Context(), playback)
	if err != nil || cmp.Diff(recorded, played) != "" {
		t.Errorf("played % X, %v; recorded % X", played, err, recorded)
	}
	if err := playback.Close(); !errors.Is(err, ErrTrace) || !strings.Contains(err.Error(), "line 9") {
		t.Errorf("closing before the end: %v", err)
	}
	if _, err := playback.Temperature(t.Context()); !errors.Is(err, ErrNoSensor) {
		t.Error(err)
	}
	if err := playback.Close(); err != nil {
		t.Error(err)
	}
	if err := playback.Reset(t.Context()); !errors.Is(err, ErrTrace) {
		t.Errorf("after the end: %v", err)
	}
}

func TestPlaybackMismatch(t *testing.T) {
	const trace = "# one\n\nread 0 0056060000 0000000012\n"
	for _, op := range []Op{
		{Out: []byte{0, 0x56, 0x07, 0, 0}, In: make([]byte, 5)},
		{Out: []byte{0, 0x56, 0x06, 0, 0}},
		{Target: SX1261, Out: []byte{0, 0x56, 0x06, 0, 0}, In: make([]byte, 5)},
		{Address: 0x5606, Mask: 1},
	} {
		p, err := NewPlayback(trace)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Do(t.Context(), op); !errors.Is(err, ErrTrace) || !strings.Contains(err.Error(), "line 3") {
			t.Errorf("%+v: %v", op, err)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestRecordFailures(t *testing.T) {
	broken, trace := &inverter{err: io.ErrClosedPipe}, &strings.Builder{}
	if _, err := session(t.Context(), NewRecord(broken, trace)); !errors.Is(err, io.ErrClosedPipe) || trace.Len() > 0 {
		t.Errorf("a failure was recorded: %q, %v", trace, err)
	}
	record := NewRecord(&inverter{}, full{})
	if err := record.Reset(t.Context()); err != nil {
		t.Error(err)
	}
	if err := record.Close(); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("a lost line was not told: %v", err)
	}
}

func TestRunsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.ByteRange(0, 1), 1, 100).Draw(t, "bytes") // many runs
		back, err := parseRuns(runs(b))
		if err != nil || cmp.Diff(b, back) != "" {
			t.Fatalf("%s: %X, %v", runs(b), back, err)
		}
	})
}

// What parses is written the same way again.
func FuzzTrace(f *testing.F) {
	golden, _ := os.ReadFile("testdata/session.trace")
	for line := range strings.Lines(string(golden)) {
		f.Add(strings.TrimSpace(line))
	}
	for _, bad := range []string{"", "reset now", "write 0 0g", "write 256 00", "read 0 0000 00", "read 0 00 AA*3",
		"modify 5601 F0", "temperature NaN", "write 0 00*99999", "write 0 AB*8+AB", "write 0 ab"} {
		f.Add(bad)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := parseLine(text)
		if err != nil {
			return
		}
		if l.String() != text {
			t.Errorf("%q is written %q", text, l)
		}
	})
}

func TestTraceRefuses(t *testing.T) {
	for _, text := range []string{"reset now", "write 0 0g", "write 256 00", "write 0 ", "read 0 0000 00",
		"read 0 00 AA*3", "modify 5601 F0", "modify 5601 F0 5", "write 0 00*99999", "write 0 00*0", "write 0 ab",
		"write 00 00", "temperature warm", "jump"} {
		if _, err := NewPlayback("reset\n" + text + "\n"); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
