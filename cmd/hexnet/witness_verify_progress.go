package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"hexspot/cmd/internal/verify"
)

// progressEvery is how often it is said how far a verification is.
const progressEvery = 3 * time.Second

// progress says how far a verification is, also while it reports nothing itself. A nil one
// says nothing.
type progress struct {
	mu    sync.Mutex
	is    verify.Progress
	begun time.Time
	end   chan struct{}
	ended sync.WaitGroup
}

// newProgress begins to tell on w; stop ends it.
func newProgress(w io.Writer) *progress {
	p := &progress{begun: time.Now(), end: make(chan struct{})}
	p.ended.Go(func() {
		ticker := time.NewTicker(progressEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				fmt.Fprintln(w, p.text())
			case <-p.end:
				return
			}
		}
	})
	return p
}

func (p *progress) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	stage := p.is.Stage
	if stage == "" {
		stage = "opening"
	}
	return fmt.Sprintf("%v: %s, %d records read, %d cases judged in both passes", time.Since(p.begun).Round(time.Second), stage, p.is.Records, p.is.Cases)
}

// take is told by the verification.
func (p *progress) take() func(verify.Progress) {
	if p == nil {
		return nil
	}
	return func(is verify.Progress) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.is = is
	}
}

func (p *progress) stop() {
	if p == nil {
		return
	}
	close(p.end)
	p.ended.Wait()
}
