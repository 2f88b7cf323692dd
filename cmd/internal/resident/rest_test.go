package resident

import (
	"context"
	"os"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"
)

const mega = 1 << 20

// TestResting: what is given back is given back once after each stretch of work.
func TestResting(t *testing.T) {
	for _, c := range []struct {
		what  string
		looks []look
	}{
		{"after the start, once", []look{{600, 50, false}, {10, 50, true}, {10, 22, false}, {10, 22, false}, {0, 23, false}}},
		{"a start that takes long", []look{{900, 50, false}, {900, 80, false}, {900, 90, false}, {10, 90, true}}},
		{"work that is over", []look{{10, 50, true}, {10, 20, false}, {900, 90, false}, {900, 95, false}, {10, 95, true}, {10, 24, false}, {10, 24, false}}},
		{"work right after the start", []look{{10, 50, true}, {900, 90, false}, {10, 90, false}, {10, 90, false}, {900, 130, false}, {10, 130, true}}},
		{"work that needed nothing", []look{{10, 50, true}, {10, 20, false}, {900, 23, false}, {10, 23, false}}},
		{"little work for many", []look{{10, 50, true}, {10, 20, false}, {40, 30, false}, {40, 37, true}, {10, 34, false}, {10, 50, false}, {10, 51, true}}},
		{"many are there already", []look{{10, 50, true}, {10, 60, false}, {10, 80, false}, {10, 89, false}, {10, 90, true}}},
	} {
		t.Run(c.what, func(t *testing.T) {
			r := resting{works: true}
			var now usage
			for i, l := range c.looks {
				now.cpu += l.milliseconds * time.Millisecond
				now.rss = l.megabytes * mega
				if got := r.look(now, lookEvery); got != l.want {
					t.Errorf("look %d: %v, want %v", i, got, l.want)
				}
			}
		})
	}
}

// look is one, with what the process has done since the one before.
type look struct {
	milliseconds time.Duration
	megabytes    int64
	want         bool
}

// garbage makes the heap grow by so many bytes that nobody needs.
func garbage(size int) {
	memory := make([]byte, size)
	for i := 0; i < size; i += 1 << 10 {
		memory[i] = 1
	}
}

// TestRest: what the heap does not need any more leaves the process.
func TestRest(t *testing.T) {
	for _, c := range []struct {
		environment string
		want        int
	}{{"", percentAtRest}, {"70", 70}} {
		t.Run("GOGC="+c.environment, func(t *testing.T) {
			t.Setenv("GOGC", c.environment)
			before := debug.SetGCPercent(70)
			defer debug.SetGCPercent(before)
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error)
				go func() { ended <- Rest(ctx) }()
				garbage(64 * mega)
				full, err := used()
				if err != nil {
					t.Fatal(err)
				}
				slim := full
				for range 3 { // the first looks may find the other tests' work
					time.Sleep(lookEvery) // simulated
					synctest.Wait()
					if slim, err = used(); err != nil {
						t.Fatal(err)
					}
				}
				cancel()
				if err := <-ended; err != nil {
					t.Fatal(err)
				}
				if slim.rss > full.rss-60*mega {
					t.Errorf("%d bytes before, %d after", full.rss, slim.rss)
				}
			})
			if got := debug.SetGCPercent(70); got != c.want {
				t.Errorf("garbage is collected at %d percent, want %d", got, c.want)
			}
		})
	}
}

// TestUsed: processor time and memory grow by what is done.
func TestUsed(t *testing.T) {
	before, err := used()
	if err != nil {
		t.Fatal(err)
	}
	memory, err := unix.Mmap(-1, 0, 32*mega, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(memory)
	now := before
	for round := byte(1); now.cpu < before.cpu+20*time.Millisecond; round++ {
		for i := 0; i < len(memory); i += os.Getpagesize() {
			memory[i] = round
		}
		if now, err = used(); err != nil {
			t.Fatal(err)
		}
	}
	if grown := now.rss - before.rss; grown < 30*mega || grown > 64*mega {
		t.Errorf("grown by %d bytes, want about %d", grown, len(memory))
	}
}
