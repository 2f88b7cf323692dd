package hardware

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrTrace says that a Playback was used otherwise than its trace goes.
var ErrTrace = errors.New("not as in the trace")

// Record is a Bus that hands everything to another, and writes what succeeded
// as a trace: a test's golden file.
type Record struct {
	bus Bus
	w   io.Writer
	err error // of the first line that could not be written
}

var (
	_ Bus         = (*Record)(nil)
	_ Thermometer = (*Record)(nil)
	_ Bus         = (*Playback)(nil)
	_ Thermometer = (*Playback)(nil)
)

// NewRecord records what passes over bus.
func NewRecord(bus Bus, w io.Writer) *Record { return &Record{bus: bus, w: w} }

func (r *Record) write(l line) {
	if r.err == nil {
		_, r.err = fmt.Fprintln(r.w, l)
	}
}

// Do performs the operations on the recorded bus.
func (r *Record) Do(ctx context.Context, ops ...Op) error {
	if err := r.bus.Do(ctx, ops...); err != nil {
		return err
	}
	for i := range ops {
		r.write(lineOf(&ops[i]))
	}
	return nil
}

// Reset resets the recorded bus.
func (r *Record) Reset(ctx context.Context) error {
	if err := r.bus.Reset(ctx); err != nil {
		return err
	}
	r.write(line{kind: lineReset})
	return nil
}

// Temperature is the recorded bus's; ErrNoSensor if it cannot tell.
func (r *Record) Temperature(ctx context.Context) (float64, error) {
	celsius, err := 0.0, ErrNoSensor
	if t, ok := r.bus.(Thermometer); ok {
		celsius, err = t.Temperature(ctx)
	}
	if err == nil || errors.Is(err, ErrNoSensor) {
		r.write(line{kind: lineTemperature, celsius: celsius, sensor: err == nil})
	}
	return celsius, err
}

// String names the recorded bus.
func (r *Record) String() string { return r.bus.String() }

// Close closes the recorded bus, and says if the trace could not be written.
func (r *Record) Close() error { return errors.Join(r.err, r.bus.Close()) }

// Playback is a Bus that answers as in a trace, and only to what was asked then.
type Playback struct {
	lines []line
	at    []int // their numbers in the text
	next  int
}

// NewPlayback reads a trace.
func NewPlayback(trace string) (*Playback, error) {
	p := &Playback{}
	number := 0
	for text := range strings.Lines(trace) {
		number++
		text = strings.TrimSuffix(text, "\n")
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		l, err := parseLine(text)
		if err != nil {
			return nil, fmt.Errorf("line %d of the trace: %w", number, err)
		}
		p.lines, p.at = append(p.lines, l), append(p.at, number)
	}
	return p, nil
}

// expect returns the next line if it begins as l does.
func (p *Playback) expect(l line) (line, error) {
	if p.next == len(p.lines) {
		return line{}, fmt.Errorf("%w: %q after its end", ErrTrace, l.request())
	}
	want := p.lines[p.next]
	if l.request() != want.request() {
		return line{}, fmt.Errorf("%w, line %d: %q for %q", ErrTrace, p.at[p.next], l.request(), want.request())
	}
	p.next++
	return want, nil
}

// Do answers as recorded. Anything but the recorded operations is ErrTrace.
func (p *Playback) Do(ctx context.Context, ops ...Op) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for i := range ops {
		l, err := p.expect(lineOf(&ops[i]))
		if err != nil {
			return err
		}
		copy(ops[i].In, l.op.In)
	}
	return nil
}

// Reset is ErrTrace unless recorded here.
func (p *Playback) Reset(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := p.expect(line{kind: lineReset})
	return err
}

// Temperature is as recorded.
func (p *Playback) Temperature(ctx context.Context) (float64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	l, err := p.expect(line{kind: lineTemperature})
	if err == nil && !l.sensor {
		err = ErrNoSensor
	}
	return l.celsius, err
}

// String names the bus.
func (p *Playback) String() string { return "playback" }

// Close is ErrTrace if something recorded was not asked for.
func (p *Playback) Close() error {
	if p.next < len(p.lines) {
		return fmt.Errorf("%w, line %d: %q and %d more were not used", ErrTrace,
			p.at[p.next], p.lines[p.next].request(), len(p.lines)-p.next-1)
	}
	return nil
}
