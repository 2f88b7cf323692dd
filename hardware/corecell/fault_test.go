package corecell

import (
	"bytes"
	"errors"
	"io"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/hardware"
)

// pieces cuts an answer at the given places.
func pieces(answer []byte, at ...int) [][]byte {
	var all [][]byte
	from := 0
	for _, to := range at {
		to = min(to, len(answer))
		all = append(all, answer[from:to])
		from = to
	}
	return append(all, answer[from:])
}

// changed is an answer with one byte replaced.
func changed(at int, value byte) func([]byte) [][]byte {
	return func(answer []byte) [][]byte {
		answer[at] = value
		return [][]byte{answer}
	}
}

// A fault that spoils the answer to one read and one modify ends in a named
// error. Unless the device is gone, the next operation succeeds.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		tamper func(answer []byte) [][]byte // 4: 01 01 00 0006 6 bytes, 15: 02 02 00 old new
		want   error
		gone   bool
	}{
		{"no answer", func([]byte) [][]byte { return nil }, ErrNoAnswer, true},
		{"half a header", func(a []byte) [][]byte { return [][]byte{a[:3]} }, ErrHalfAnswer, false},
		{"half a frame", func(a []byte) [][]byte { return [][]byte{a[:9]} }, ErrHalfAnswer, false},
		{"wrong id", func(a []byte) [][]byte { a[0]++; return [][]byte{a} }, ErrWrongID, false},
		{"FF", func(a []byte) [][]byte { return [][]byte{{a[0], 0, 0, 0xFF}} }, ErrRefused, false},
		{"answer to another command", changed(3, 0x44), ErrBadAnswer, false},
		{"size beyond the limit", changed(1, 0x20), ErrBadAnswer, false},
		{"answer twice", func(a []byte) [][]byte { return [][]byte{append(a, a...)} }, ErrBadAnswer, false},
		{"noise before", func(a []byte) [][]byte { return [][]byte{append([]byte{9, 0xFF, 0xFF}, a...)} }, ErrBadAnswer, false},
		{"noise instead", func([]byte) [][]byte { return [][]byte{bytes.Repeat([]byte{0xAA}, 64)} }, ErrBadAnswer, false},
		{"empty list", func(a []byte) [][]byte { return [][]byte{{a[0], 0, 0, 0x45}} }, ErrBadAnswer, false},
		{"item of another id", changed(4, 9), ErrBadAnswer, false},
		{"item of another kind", changed(15+1, 1), ErrBadAnswer, false},
		{"item failed", func(a []byte) [][]byte { return [][]byte{bare(a, StatusFailed)} }, ErrSPIFailed, false},
		{"item refused", func(a []byte) [][]byte { return [][]byte{bare(a, StatusParameter)} }, ErrSPIParameter, false},
		{"item timed out", func(a []byte) [][]byte { return [][]byte{bare(a, StatusTimeout)} }, ErrSPITimeout, false},
		{"item with unknown status", changed(6, 4), ErrBadAnswer, false},
		{"fewer bytes than asked", shortRead, ErrBadAnswer, false},
		{"more items than asked", surplusItem, ErrBadAnswer, false},
		{"register not as told", changed(15+4, 0x99), ErrBadAnswer, false},
		{"byte by byte", func(a []byte) [][]byte { return pieces(a, 1, 2, 3, 4, 5, 6, 7, 8) }, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBench(t, func(t *testing.T, b *bench) {
				do := func() error {
					return b.bus.Do(t.Context(),
						hardware.Op{Out: make([]byte, 6), In: make([]byte, 6)},
						hardware.Op{Address: 0x5601, Mask: 0xF0, Value: 0x50})
				}
				b.device.tamper(c.tamper)
				if err := do(); !errors.Is(err, c.want) || errors.Is(err, hardware.ErrGone) != c.gone {
					t.Errorf("got %v, want %v (gone: %t)", err, c.want, c.gone)
				}
				b.device.tamper(nil)
				if err := do(); (err != nil) != c.gone {
					t.Errorf("afterwards: %v", err)
				}
			})
		})
	}
}

// bare is the answer to the first item with a failure, the second untouched.
func bare(answer []byte, status Status) []byte {
	spoilt := appendItemAnswer(nil, itemAnswer{id: 1, kind: kindFrame, status: status})
	return appendFrame(nil, answer[0], cmdMultiSPI.answer(), append(spoilt, answer[15:]...))
}

func shortRead(answer []byte) [][]byte {
	short := appendItemAnswer(nil, itemAnswer{id: 1, kind: kindFrame, in: make([]byte, 5)})
	return [][]byte{appendFrame(nil, answer[0], cmdMultiSPI.answer(), append(short, answer[15:]...))}
}

func surplusItem(answer []byte) [][]byte {
	return [][]byte{appendFrame(nil, answer[0], cmdMultiSPI.answer(), append(answer[4:], 3, 9, 2))}
}

func TestAnswerInPieces(t *testing.T) {
	for _, at := range []int{1, 4, 4094, 4095, 4096, 4097} {
		onBench(t, func(t *testing.T, b *bench) {
			b.device.tamper(func(answer []byte) [][]byte { return pieces(answer, at) })
			b.chip.echo = true
			op := hardware.Op{Out: bytes.Repeat([]byte{0x55}, MaxFrame), In: make([]byte, MaxFrame)}
			if err := b.bus.Do(t.Context(), op); err != nil {
				t.Errorf("cut at %d: %v", at, err)
			}
			if !bytes.Equal(op.In, inverted(op.Out)) {
				t.Errorf("cut at %d: another frame came back", at)
			}
		})
	}
}

// The rest of an answer that comes too late is never taken for the next one,
// and at most spoils that.
func TestAnswerTooLate(t *testing.T) {
	for _, late := range []time.Duration{1001, 1050, 1100, 1150, 1200, 1250, 2000} {
		onBench(t, func(t *testing.T, b *bench) {
			b.device.tamper(func(answer []byte) [][]byte {
				time.AfterFunc(late*time.Millisecond, func() { b.host.toHost <- answer[9:] })
				return [][]byte{answer[:9]}
			})
			if err := b.bus.Do(t.Context(), hardware.Op{Out: make([]byte, 200)}); !errors.Is(err, ErrHalfAnswer) {
				t.Fatal(err)
			}
			b.device.tamper(nil)
			b.chip.memory[0x5606] = 0x12
			failed := 0
			for range 30 {
				op := hardware.Op{Out: []byte{0, 0x56, 0x06, 0, 0}, In: make([]byte, 5)}
				switch err := b.bus.Do(t.Context(), op); {
				case err != nil:
					failed++
				case op.In[4] != 0x12:
					t.Errorf("%d ms late: read % X", late, op.In)
				}
				time.Sleep(50 * time.Millisecond)
			}
			if failed > 1 {
				t.Errorf("%d ms late: spoilt %d exchanges", late, failed)
			}
		})
	}
}

// A host that stood still for longer than an answer may take looks a few times more before
// it takes the device for gone, which in an emulator stood still as well.
func TestHostThatStoodStill(t *testing.T) {
	onBench(t, func(t *testing.T, b *bench) {
		stood := false
		b.bus.link.port = &rigged{Port: b.host, read: func(p []byte) (int, error) {
			if !stood {
				stood = true
				time.Sleep(spiTimeout) // of the bubble
				return 0, io.EOF
			}
			return b.host.Read(p)
		}}
		b.device.tamper(func(answer []byte) [][]byte {
			time.AfterFunc(spiTimeout+150*time.Millisecond, func() { b.host.toHost <- answer })
			return nil
		})
		if err := b.bus.Do(t.Context(), hardware.Op{Mask: 1}); err != nil {
			t.Error(err)
		}
	})
}

func TestEndlessNoise(t *testing.T) {
	onBench(t, func(t *testing.T, b *bench) {
		babble := time.NewTicker(time.Millisecond)
		defer babble.Stop()
		b.bus.link.port = &rigged{Port: b.host, read: func(p []byte) (int, error) {
			<-babble.C
			return copy(p, "boot>"), nil
		}}
		op := hardware.Op{Mask: 1}
		if err := b.bus.Do(t.Context(), op); err == nil {
			t.Error("noise passes for an answer")
		}
		if err := b.bus.Do(t.Context(), op); !errors.Is(err, ErrNoise) || !errors.Is(err, hardware.ErrGone) {
			t.Errorf("got %v", err)
		}
	})
}

func TestUnplug(t *testing.T) {
	onBench(t, func(t *testing.T, b *bench) {
		b.device.tamper(func([]byte) [][]byte { b.host.unplug(); return nil })
		start := time.Now()
		err := b.bus.Do(t.Context(), hardware.Op{Mask: 1})
		if !errors.Is(err, hardware.ErrGone) || errors.Is(err, ErrNoAnswer) || time.Since(start) >= readTimeout {
			t.Errorf("unplugged while waiting: %v after %v", err, time.Since(start))
		}
		if err := b.bus.Reset(t.Context()); !errors.Is(err, hardware.ErrGone) {
			t.Errorf("afterwards: %v", err)
		}
		if err := b.bus.Close(); err != nil || !b.host.closed {
			t.Errorf("closing what is gone: %v, closed: %t", err, b.host.closed)
		}
	})
}

// rigged is a Port that misbehaves.
type rigged struct {
	Port
	read  func([]byte) (int, error)
	write func([]byte) (int, error)
}

func (r *rigged) Read(b []byte) (int, error) {
	if r.read != nil {
		return r.read(b)
	}
	return r.Port.Read(b)
}

func (r *rigged) Write(b []byte) (int, error) {
	if r.write != nil {
		return r.write(b)
	}
	return r.Port.Write(b)
}

func TestPortFaults(t *testing.T) {
	for _, c := range []struct {
		name string
		rig  func(r *rigged, hang chan struct{})
		want error
	}{
		{"reading fails", func(r *rigged, _ chan struct{}) {
			r.read = func([]byte) (int, error) { return 0, syscall.EIO }
		}, syscall.EIO},
		{"nothing comes at once", func(r *rigged, _ chan struct{}) {
			r.read = func([]byte) (int, error) { return 0, nil }
		}, io.ErrUnexpectedEOF},
		{"writing fails", func(r *rigged, _ chan struct{}) {
			r.write = func([]byte) (int, error) { return 0, syscall.ENXIO }
		}, syscall.ENXIO},
		{"writing writes nothing", func(r *rigged, _ chan struct{}) {
			r.write = func([]byte) (int, error) { return 0, nil }
		}, io.ErrShortWrite},
		{"writing hangs", func(r *rigged, hang chan struct{}) {
			r.write = func([]byte) (int, error) { <-hang; return 0, io.ErrClosedPipe }
		}, ErrHangs},
		{"reading hangs", func(r *rigged, hang chan struct{}) {
			r.read = func([]byte) (int, error) { <-hang; return 0, io.ErrClosedPipe }
		}, ErrHangs},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBench(t, func(t *testing.T, b *bench) {
				hang := make(chan struct{})
				defer close(hang)
				r := &rigged{Port: b.host}
				b.bus.link.port = r
				c.rig(r, hang)
				if err := b.bus.Do(t.Context(), hardware.Op{Mask: 1}); !errors.Is(err, c.want) || !errors.Is(err, hardware.ErrGone) {
					t.Errorf("got %v, want %v and gone", err, c.want)
				}
				if err := b.bus.Close(); err != nil || !b.host.closed {
					t.Errorf("closing: %v, closed: %t", err, b.host.closed)
				}
			})
		})
	}
}

func TestWriteInPieces(t *testing.T) {
	onBench(t, func(t *testing.T, b *bench) {
		b.bus.link.port = &rigged{Port: b.host, write: func(p []byte) (int, error) { return b.host.Write(p[:min(3, len(p))]) }}
		if err := b.bus.Do(t.Context(), hardware.Op{Out: make([]byte, 100)}); err != nil {
			t.Error(err)
		}
	})
}

// One empty read that comes early is a hiccup, two are the end.
func TestHurriedReadOnce(t *testing.T) {
	onBench(t, func(t *testing.T, b *bench) {
		hiccup := true
		b.bus.link.port = &rigged{Port: b.host, read: func(p []byte) (int, error) {
			if hiccup {
				hiccup = false
				return 0, io.EOF
			}
			return b.host.Read(p)
		}}
		if err := b.bus.Do(t.Context(), hardware.Op{Mask: 1}); err != nil {
			t.Error(err)
		}
	})
}

func TestCloseEndsPendingDo(t *testing.T) {
	onBench(t, func(t *testing.T, b *bench) {
		b.device.tamper(func([]byte) [][]byte { return nil })
		ended, closed := make(chan error), make(chan error)
		go func() { ended <- b.bus.Do(t.Context(), hardware.Op{Mask: 1}) }()
		synctest.Wait()
		b.device.tamper(nil)
		start := time.Now()
		go func() { closed <- b.bus.Close() }()
		if err := <-ended; !errors.Is(err, ErrClosed) {
			t.Errorf("the pending Do ended with %v", err)
		}
		if took := time.Since(start); took > closeGrace {
			t.Errorf("after %v", took)
		}
		if err := <-closed; err != nil {
			t.Error(err)
		}
		if b.chip.restarts != 1 || !b.host.closed {
			t.Errorf("closing restarted the chip %d times, closed the port: %t", b.chip.restarts, b.host.closed)
		}
		if err := b.bus.Do(t.Context(), hardware.Op{Mask: 1}); !errors.Is(err, ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	})
}

// A port that starts to hang when it is closed cannot hold up the program.
func TestCloseOfHangingPort(t *testing.T) {
	onBench(t, func(t *testing.T, b *bench) {
		hang := make(chan struct{})
		defer close(hang)
		b.bus.link.port = &rigged{Port: b.host, write: func([]byte) (int, error) { <-hang; return 0, io.ErrClosedPipe }}
		start := time.Now()
		if err := b.bus.Close(); err != nil || !b.host.closed {
			t.Errorf("%v, closed: %t", err, b.host.closed)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("took %v", took)
		}
	})
}
