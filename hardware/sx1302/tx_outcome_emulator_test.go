package sx1302_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/hardware"
	"hexspot/hardware/emulator"
	"hexspot/hardware/sx1302"
	"hexspot/radio"
)

// mustEnd compares outcome and cause.
func mustEnd(t *testing.T, e radio.Emission, want radio.EmissionOutcome, cause string) {
	t.Helper()
	if e.Outcome != want || !strings.Contains(e.Cause, cause) || e.Cause == "" {
		t.Errorf("%v (%s), want %v (%s)", e.Outcome, e.Cause, want, cause)
	}
}

// silent is what a report says of a frame of which nothing was on the air.
func silent(t *testing.T, e radio.Emission) {
	t.Helper()
	if !e.Start.IsZero() || e.Airtime != 0 {
		t.Errorf("started %v, lasted %v", e.Start, e.Airtime)
	}
}

// sendSoon is Send with a context that ends after a while.
func (r *rig) sendSoon(d radio.Transmission, after time.Duration) radio.Emission {
	ctx, cancel := context.WithTimeout(r.ctx, after)
	defer cancel()
	return r.c.Send(ctx, d)
}

func TestAbortBeforeEmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onAir(t, emulator.Config{Temperature: 25}, nil)
		defer r.end()
		for name, ahead := range map[string]time.Duration{"long before": 5 * time.Second, "within the delay of the start": 101 * time.Millisecond} {
			e := r.sendSoon(at(downlink("waits"), r.c.Now().Add(ahead)), 100*time.Millisecond)
			mustEnd(t, e, radio.Aborted, "given up")
			silent(t, e)
			if e.Loaded.IsZero() {
				t.Errorf("%s: never loaded", name)
			}
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		e := r.c.Send(gone, downlink("never"))
		mustEnd(t, e, radio.Aborted, "before it was loaded")
		if silent(t, e); !e.Loaded.IsZero() {
			t.Errorf("%+v", e)
		}
		r.nothingSent()
	})
}

func TestAbortDuringEmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onAir(t, emulator.Config{Temperature: 25}, nil)
		defer r.end()
		for _, after := range []time.Duration{20, 33, 111, 150} {
			start := r.c.Now().Add(10 * time.Millisecond)
			e := r.sendSoon(at(downlink(strings.Repeat("long", 20)), start), after*time.Millisecond)
			mustEnd(t, e, radio.Aborted, "given up")
			sent := r.sent()
			if !sent.Aborted || apart(e.Start, sent.StartCounter) != 0 || (e.Airtime-sent.Duration).Abs() > time.Microsecond {
				t.Errorf("%+v, sent %+v", e, sent)
			}
		}
		r.mustHear("still")
	})
}

// What comes to be wanted after a frame has begun waits for its end.
func TestSendersTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onAir(t, emulator.Config{Temperature: 25}, nil)
		defer r.end()
		const senders = 5
		ends := make(chan radio.Emission, senders)
		for range senders {
			go func() { ends <- r.c.Send(t.Context(), downlink("turn")) }()
		}
		var last radio.Timestamp
		for range senders {
			e := <-ends
			r.mustMatch(downlink("turn"), e, r.sent())
			if gap, ok := e.Start.Sub(last); ok && gap < e.Airtime {
				t.Errorf("%v after the one before", gap)
			}
			last = e.Start
		}
		go func() { ends <- r.c.Send(t.Context(), at(downlink("first"), r.c.Now().Add(time.Second))) }()
		synctest.Wait()
		e := r.sendSoon(downlink("second"), 100*time.Millisecond)
		mustEnd(t, e, radio.Aborted, "before it was loaded")
		if e := <-ends; e.Outcome != radio.Emitted {
			t.Errorf("%+v", e)
		}
	})
}

func TestRefusedBeforeLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onAir(t, emulator.Config{Temperature: 25}, nil)
		defer r.end()
		now := r.c.Now()
		stale := now.Add(time.Second)
		stale.Session++
		for _, c := range []struct {
			name   string
			change func(*radio.Transmission)
			want   radio.EmissionOutcome
			cause  string
		}{
			{"stale", func(d *radio.Transmission) { d.Trigger.At = stale }, radio.Faulted, "earlier start"},
			{"past", func(d *radio.Transmission) { d.Trigger.At = now.Add(-time.Millisecond) }, radio.Missed, "too late"},
			{"within the start's delay", func(d *radio.Transmission) { d.Trigger.At = now.Add(1480 * time.Microsecond) }, radio.Missed, "too late"},
			{"far", func(d *radio.Transmission) { d.Trigger.At = now.Add(61 * time.Second) }, radio.Unusable, "ahead"},
			{"a turn ahead", func(d *radio.Transmission) { d.Trigger.At = now.Add(135 * time.Second) }, radio.Unusable, "ahead"},
			{"empty", func(d *radio.Transmission) { d.PHYPayload = nil }, radio.Unusable, "payload of 0"},
			{"long", func(d *radio.Transmission) { d.PHYPayload = make([]byte, 256) }, radio.Unusable, "payload of 256"},
			{"low", func(d *radio.Transmission) { d.Frequency = 149 * radio.MHz }, radio.Unusable, "150 to 960"},
			{"high", func(d *radio.Transmission) { d.Frequency = 2400 * radio.MHz }, radio.Unusable, "150 to 960"},
			{"SF4", func(d *radio.Transmission) { d.Modulation = radio.LoRa{SF: 4, Bandwidth: 125 * radio.KHz, CodeRate: 1} }, radio.Unusable, "spreading factor"},
			{"slow FSK", func(d *radio.Transmission) { d.Modulation = radio.FSK{BitRate: 100} }, radio.Unusable, "bit rate"},
			{"nothing", func(d *radio.Transmission) { d.Modulation = nil }, radio.Unusable, "neither LoRa nor FSK"},
		} {
			d := downlink("no")
			c.change(&d)
			e := r.c.Send(t.Context(), d)
			mustEnd(t, e, c.want, c.cause)
			if silent(t, e); !e.Loaded.IsZero() {
				t.Errorf("%s: %+v", c.name, e)
			}
		}
		r.nothingSent()
	})
}

// slowBus takes its time over an exchange that sets a trigger.
type slowBus struct {
	hardware.Bus
	lag time.Duration
}

func (b *slowBus) Do(ctx context.Context, ops ...hardware.Op) error {
	for _, op := range ops {
		if (op.Address == 0x5200 || op.Address == 0x5400) && op.Value != 0 {
			time.Sleep(b.lag)
		}
	}
	return b.Bus.Do(ctx, ops...)
}

// A load that takes longer than there was time is found out and taken back, and does
// not come 134 s later.
func TestMissedTrigger(t *testing.T) {
	for _, late := range []time.Duration{time.Microsecond, 900 * time.Microsecond, 5 * time.Millisecond, 2 * time.Second} {
		t.Run(late.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				slow := &slowBus{lag: 20*time.Millisecond - 1481*time.Microsecond + late}
				r := newRig(t, emulator.Config{Temperature: 25}, nil)
				r.wrap = func(b hardware.Bus) hardware.Bus { slow.Bus = b; return slow }
				r.run()
				defer r.end()
				r.ready()
				e := r.c.Send(t.Context(), at(downlink("late"), r.c.Now().Add(20*time.Millisecond)))
				mustEnd(t, e, radio.Missed, "was past")
				if silent(t, e); e.Loaded.IsZero() {
					t.Errorf("%+v", e)
				}
				r.nothingSent()
				if s := r.c.Status(); s.Starts != 1 {
					t.Errorf("%+v", s)
				}
			})
		})
	}
}

// Just in time is in time.
func TestLastMomentTrigger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &slowBus{lag: 20*time.Millisecond - 1483*time.Microsecond}
		r := newRig(t, emulator.Config{Temperature: 25}, nil)
		r.wrap = func(b hardware.Bus) hardware.Bus { slow.Bus = b; return slow }
		r.run()
		defer r.end()
		r.ready()
		d := at(downlink("just"), r.c.Now().Add(20*time.Millisecond))
		r.mustMatch(d, r.c.Send(t.Context(), d), r.sent())
	})
}

func TestPulseTrigger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onAir(t, emulator.Config{Temperature: 25}, nil)
		defer r.end()
		d := downlink("beacon")
		d.Trigger.OnPulse = true
		e := r.c.Send(t.Context(), d)
		sent := r.sent()
		r.mustMatch(d, e, sent)
		if past := sent.StartAt.Nanosecond(); past < 1_481_000 || past > 1_482_000 {
			t.Errorf("%d ns past the second", past)
		}
		r.chip.SetFaults(emulator.Faults{NoPPS: true})
		began := time.Now()
		e = r.c.Send(t.Context(), d)
		mustEnd(t, e, radio.Missed, "no GPS pulse")
		if took := time.Since(began); took > 2100*time.Millisecond {
			t.Errorf("took %v", took)
		}
		silent(t, e)
		r.nothingSent()
	})
}

// A chip that is reset behind the driver's back forgets the frame, and its counter
// may by chance say that the frame is over.
func TestResetWhileLoaded(t *testing.T) {
	for name, payload := range map[string]string{"waiting": "", "emitting": "seen"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := onAir(t, emulator.Config{Temperature: 25, CounterStart: time.Minute}, nil)
				defer r.end()
				before := r.c.Now()
				ahead := 300 * time.Millisecond
				if payload != "" {
					ahead = 10 * time.Millisecond
				}
				ended := make(chan radio.Emission)
				go func() {
					ended <- r.c.Send(t.Context(), at(downlink("lost"), before.Add(ahead)))
				}()
				time.Sleep(100 * time.Millisecond)
				r.chip.Reset()
				e := <-ended
				mustEnd(t, e, radio.Faulted, "was reset")
				if payload == "" {
					silent(t, e)
				} else if sent := r.sent(); apart(e.Start, sent.StartCounter) != 0 || e.Airtime < sent.Duration {
					t.Errorf("%+v, sent %+v", e, sent)
				}
				time.Sleep(10 * time.Second)
				if now := r.c.Now(); now.Session == before.Session || now.IsZero() {
					t.Errorf("now %v, was %v", now, before)
				}
				mustEnd(t, r.c.Send(t.Context(), at(downlink("stale"), before.Add(20*time.Second))), radio.Faulted, "earlier start")
				r.nothingSent()
			})
		})
	}
}

// The bus breaks while a frame is loaded, and while it is on the air.
func TestUnplugWhileLoaded(t *testing.T) {
	for _, ahead := range []time.Duration{10 * time.Millisecond, time.Second} {
		t.Run(ahead.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := onAir(t, emulator.Config{Temperature: 25}, nil)
				defer r.end()
				start := r.c.Now().Add(ahead)
				ended := make(chan radio.Emission)
				go func() { ended <- r.c.Send(t.Context(), at(downlink("lost"), start)) }()
				time.Sleep(100 * time.Millisecond)
				r.chip.Unplug()
				e := <-ended
				mustEnd(t, e, radio.Faulted, hardware.ErrGone.Error())
				if onAir := ahead < time.Second; (e.Start == start) != onAir || (e.Airtime > 0) != onAir {
					t.Errorf("%+v", e)
				}
				if now := r.c.Now(); !now.IsZero() {
					t.Errorf("now %v", now)
				}
				mustEnd(t, r.c.Send(t.Context(), downlink("no")), radio.Faulted, "does not run")
			})
		})
	}
}

// The end of Run stops what is sent, and says so.
func TestStopWhileSending(t *testing.T) {
	for _, ahead := range []time.Duration{10 * time.Millisecond, time.Second} {
		synctest.Test(t, func(t *testing.T) {
			r := onAir(t, emulator.Config{Temperature: 25}, nil)
			ended := make(chan radio.Emission, 1)
			start := r.c.Now().Add(ahead)
			go func() { ended <- r.c.Send(t.Context(), at(downlink("cut"), start)) }()
			time.Sleep(100 * time.Millisecond)
			r.end()
			e := <-ended
			mustEnd(t, e, radio.Aborted, "driver was stopped")
			if ahead == time.Second {
				silent(t, e)
				r.nothingSent()
				return
			}
			if sent := r.sent(); !sent.Aborted || (sent.Duration-e.Airtime).Abs() > time.Microsecond {
				t.Errorf("%+v, sent %+v", e, sent)
			}
			if c := r.c.Send(t.Context(), downlink("no")); c.Outcome != radio.Faulted {
				t.Errorf("%+v", c)
			}
		})
	}
}

// A busy channel is reported once, not of the frame after it as well.
func TestBlocked(t *testing.T) {
	for chain := range 2 {
		synctest.Test(t, func(t *testing.T) {
			r := onAir(t, emulator.Config{Temperature: 25}, func(c *sx1302.Config) { c.Board.TransmitRadio = chain })
			defer r.end()
			r.chip.SetFaults(emulator.Faults{ChannelBusy: true})
			for _, ahead := range []time.Duration{0, 300 * time.Millisecond} {
				d := downlink("busy")
				if ahead > 0 {
					d = at(d, r.c.Now().Add(ahead))
				}
				e := r.c.Send(t.Context(), d)
				mustEnd(t, e, radio.Blocked, "busy")
				silent(t, e)
			}
			r.chip.SetFaults(emulator.Faults{})
			d := at(downlink("free"), r.c.Now().Add(200*time.Millisecond))
			r.mustMatch(d, r.c.Send(t.Context(), d), r.sent())
			if s := r.c.Status(); s.Starts != 1 {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestSendBeforeRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, emulator.Config{}, nil)
		mustEnd(t, r.c.Send(t.Context(), downlink("no")), radio.Faulted, "does not run")
		if now := r.c.Now(); !now.IsZero() {
			t.Errorf("now %v", now)
		}
		if _, ok := r.c.GPS(); ok {
			t.Error("GPS")
		}
	})
}

// A chip that does not do as it was told: the radio's power is off, which the chain
// finds out at the trigger. However short the frame, it is not taken for sent.
func TestRefusedByTheChip(t *testing.T) {
	for name, m := range map[string]radio.LoRa{
		"long":  {SF: 9, Bandwidth: 125 * radio.KHz, CodeRate: 1},
		"short": {SF: 5, Bandwidth: 500 * radio.KHz, CodeRate: 1},
	} {
		for _, ahead := range []time.Duration{0, 50 * time.Millisecond, 54 * time.Millisecond} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r := onAir(t, emulator.Config{Temperature: 25}, nil)
					defer r.stop()
					op := hardware.Op{Address: 0x5783, Mask: 0x08, Value: 0}
					if err := r.chip.Bus().Do(t.Context(), op); err != nil {
						t.Fatal(err)
					}
					d := downlink("no")
					d.Modulation = m
					if ahead > 0 {
						d = at(d, r.c.Now().Add(ahead))
					}
					e := r.c.Send(t.Context(), d)
					if e.Outcome != radio.Faulted {
						t.Errorf("%+v", e)
					}
					silent(t, e)
				})
			})
		}
	}
}

// Frames that fit between two polls are looked at in time, and judged by what was
// seen.
func TestShortFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onAir(t, emulator.Config{Temperature: 25}, nil)
		defer r.end()
		d := downlink("x")
		d.Modulation = radio.LoRa{SF: 5, Bandwidth: 500 * radio.KHz, CodeRate: radio.CodeRate4_5, InvertIQ: true, Preamble: 6}
		if air := d.TimeOnAir(); air > 2*time.Millisecond {
			t.Fatalf("lasts %v", air)
		}
		for i := range 50 {
			sent := d
			if i%2 == 0 {
				sent = at(d, r.c.Now().Add(time.Duration(3000+i*731)*time.Microsecond))
			}
			r.mustMatch(sent, r.c.Send(t.Context(), sent), r.sent())
		}
	})
}

// The counter between polls.
func TestNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onAir(t, emulator.Config{Temperature: 25, CounterStart: 133 * time.Second}, nil)
		defer r.end()
		for i := range 500 {
			time.Sleep(time.Duration(i) * 37 * time.Microsecond)
			if off := apart(r.c.Now(), r.chip.Counter()); off < -1 || off > 1 {
				t.Fatalf("%d µs off", off)
			}
		}
	})
}

func TestGPS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onAir(t, emulator.Config{Temperature: 25, CounterStart: 120 * time.Second}, nil)
		defer r.end()
		for range 30 { // over a turn of the counter
			time.Sleep(5 * time.Second)
			ref, ok := r.c.GPS()
			if !ok || ref.Drift != 0 {
				t.Fatalf("%+v, %v", ref, ok)
			}
			when := radio.GPSTime(time.Now()) + 123_456*time.Microsecond
			want := r.c.Now().Add(123_456 * time.Microsecond)
			if off, ok := ref.Timestamp(when).Sub(want); !ok || off.Abs() > 2*time.Microsecond {
				t.Errorf("%v off", off)
			}
		}
		r.chip.SetFaults(emulator.Faults{NoPPS: true})
		time.Sleep(2 * time.Second)
		if _, ok := r.c.GPS(); !ok {
			t.Error("a pulse or two may be missed")
		}
		time.Sleep(2 * time.Second)
		if ref, ok := r.c.GPS(); ok {
			t.Errorf("without a pulse: %+v", ref)
		}
		r.chip.SetFaults(emulator.Faults{})
		time.Sleep(5 * time.Second)
		if _, ok := r.c.GPS(); !ok {
			t.Error("it does not come back")
		}
	})
}
