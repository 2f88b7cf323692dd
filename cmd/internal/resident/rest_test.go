package resident

import (
	"context"
	"os"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

const mega = 1 << 20

// phase is a stretch of time in which a process does the same.
type phase struct {
	seconds   int
	cpu       time.Duration // a second
	megabytes int64
}

// TestResting: memory is given back once after each stretch of work, and once more when that
// is forgotten, and when many have come who each did little.
func TestResting(t *testing.T) {
	const idle, working = 10 * time.Millisecond, 900 * time.Millisecond
	for _, c := range []struct {
		what   string
		phases []phase
		want   []int // seconds after the start
	}{
		{"after the start", []phase{{1, working, 50}, {5, idle, 50}, {60, idle, 22}}, []int{6}},
		{"a start that takes long", []phase{{30, working, 90}, {5, idle, 90}, {60, idle, 22}}, []int{35}},
		{"work that is over", []phase{{5, idle, 50}, {25, idle, 20}, {30, working, 90}, {5, idle, 95}, {60, idle, 24}}, []int{5, 65}},
		{"work with pauses", []phase{{5, idle, 50}, {25, idle, 20}, {9, working, 90}, {4, idle, 95}, {9, working, 95}, {4, idle, 95}}, []int{5}},
		{"work right after the start", []phase{{5, idle, 50}, {1, idle, 20}, {30, working, 90}, {5, idle, 90}, {60, idle, 24}}, []int{5, 41}},
		{"work that needed nothing", []phase{{5, idle, 50}, {25, idle, 20}, {30, working, 90}, {60, idle, 23}}, []int{5}},
		{"little work for many", []phase{{5, idle, 50}, {25, idle, 20}, {5, idle, 35}, {1, idle, 37}, {5, idle, 34}, {20, idle, 50}, {1, idle, 51}}, []int{5, 36, 62}},
		{"what is forgotten", []phase{{1, working, 50}, {5, idle, 50}, {500, idle, 40}, {1, working, 60}, {500, idle, 40}}, []int{6, 181, 687}},
	} {
		t.Run(c.what, func(t *testing.T) {
			r, now, second := resting{works: true}, usage{}, 0
			var got []int
			for _, p := range c.phases {
				now.rss = p.megabytes * mega
				for range p.seconds {
					second++
					now.cpu += p.cpu
					if r.look(now, time.Second) {
						got = append(got, second)
					}
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("given back (-want +got):\n%s", diff)
			}
		})
	}
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
				for range 3 { // the first look may find the other tests' work
					time.Sleep(settling) // simulated
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
