package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"hexspot/cmd/internal/town"
)

// tablePeriod is between two drawings of the town's table.
const tablePeriod = 500 * time.Millisecond

// Screen is where a town's table goes, always in the same place of a terminal, with
// log lines above it. It is safe for several goroutines. Errors of a terminal that
// has gone do not matter.
type Screen struct {
	out  io.Writer
	live bool // a terminal

	mu    sync.Mutex
	table []string // as it stands
}

// NewScreen draws on out; live says that it is a terminal.
func NewScreen(out io.Writer, live bool) *Screen { return &Screen{out: out, live: live} }

// Write is for a logger: its lines stand above the table.
func (s *Screen) Write(lines []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b bytes.Buffer
	s.erase(&b)
	b.Write(lines)
	s.put(&b)
	if _, err := s.out.Write(b.Bytes()); err != nil {
		return 0, err
	}
	return len(lines), nil
}

// Show draws a town until ctx ends, and once more then; without a terminal it
// writes a line every few seconds.
func (s *Screen) Show(ctx context.Context, look func() town.Snapshot) error {
	period := plainPeriod
	if s.live {
		period = tablePeriod
	}
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		s.draw(look())
		select {
		case <-ticker.C:
		case <-ctx.Done():
			s.draw(look())
			return nil
		}
	}
}

func (s *Screen) draw(now town.Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b bytes.Buffer
	if s.live {
		s.erase(&b)
		s.table = townTable(now)
		s.put(&b)
	} else {
		fmt.Fprintln(&b, townLine(now))
	}
	_, _ = s.out.Write(b.Bytes())
}

// erase goes to the table's first line and clears from there on.
func (s *Screen) erase(b *bytes.Buffer) {
	if len(s.table) > 0 {
		fmt.Fprintf(b, "\x1b[%dF\x1b[J", len(s.table))
	}
}

func (s *Screen) put(b *bytes.Buffer) {
	for _, line := range s.table {
		b.WriteString(line)
		b.WriteByte('\n')
	}
}
