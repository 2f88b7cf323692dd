package hotspot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// asking is somebody who discovers.
type asking struct {
	news  []DiscoverNews
	err   error
	done  chan struct{}
	leave context.CancelFunc
}

// discover asks for discovery beacons for a time.
func (a *area) discover(length time.Duration) *asking {
	ctx, cancel := context.WithCancel(a.t.Context())
	k := &asking{done: make(chan struct{}), leave: cancel}
	c := a.c
	go func() {
		defer close(k.done)
		k.err = c.Discover(ctx, length, func(n DiscoverNews) error {
			k.news = append(k.news, n)
			return nil
		})
	}()
	synctest.Wait()
	return k
}

// wait gives the news when there are no more.
func (k *asking) wait() []DiscoverNews {
	<-k.done
	return k.news
}

// announced are the discovery beacons that the network knows of.
func (a *area) announced() (list []witness.Discovery) {
	a.t.Helper()
	for _, s := range a.sent() {
		if s.Kind != radio.KindDiscovery {
			continue
		}
		d, err := witness.ParseDiscovery(s.Body)
		if err != nil {
			a.t.Fatal(err)
		}
		list = append(list, d)
	}
	return list
}

// told is what the network tells of a discovery beacon.
func (a *area) told(tag witness.Tag, by byte) Mail {
	o := witness.Observation{
		Frame: witness.Frame{Type: witness.FrameDiscovery, Tag: tag}, Frequency: 868_100_000, SF: 10,
		ChannelRSSI: -9725, SignalRSSI: -9900, HasSignalRSSI: true, SNR: -550, Copies: 1,
	}
	h := witness.HeardBy{Station: stationOf(a.t, keyFrom(by)), Observation: o}.Between(coverage.Position{}, coverage.Position{X: 1_234_000})
	return Mail{Name: "heard", Payload: h.Append(nil)}
}

// TestDiscover: discovery beacons are announced, sent and told of, each station that
// heard one once, and the discovery ends.
func TestDiscover(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.start()
		a.pass(1)
		k := a.discover(40 * time.Second)
		a.pass(1)
		announced := a.announced()
		if len(announced) != 1 {
			t.Fatalf("%d announcements, want 1 at once", len(announced))
		}
		for range 2 {
			a.c.Receive(a.told(announced[0].Random, 7))
		}
		a.c.Receive(a.told(witness.Tag{1}, 8)) // of a beacon that nobody sent
		a.pass(24)
		news := k.wait()
		var sent, heard, over int
		for _, n := range news {
			switch {
			case n.Sent != nil:
				if sent++; n.Sent.Number != sent || n.Sent.Conducted != 12 || n.Sent.SF != 10 {
					t.Errorf("sent %+v", *n.Sent)
				}
			case n.Heard != nil:
				heard++
				h, words := *n.Heard, stationOf(t, keyFrom(7)).Words()
				if h.Number != 1 || h.Words != strings.Join(words[:], "-") || h.RSSI != -97.25 || *h.SignalRSSI != -99 || h.SNR != -5.5 || *h.Metres != 1234 {
					t.Errorf("heard %+v", h)
				}
			case n.Over:
				over++
			}
		}
		if k.err != nil || sent != 2 || heard != 1 || over != 1 || len(a.announced()) != 2 {
			t.Errorf("%v: %d sent, want 2 in 40 s; %d heard, want 1; %d ends: %+v", k.err, sent, heard, over, news)
		}
		if s := a.c.Status(); s.Counts.Unusable != 1 {
			t.Errorf("%d messages could not be used, want 1", s.Counts.Unusable)
		}
		a.pass(20)
		if len(a.announced()) != 2 {
			t.Error("it goes on after its end")
		}
	})
}

// TestCannotDiscover: what keeps discovery beacons from being sent is named at once.
func TestCannotDiscover(t *testing.T) {
	for _, c := range []struct {
		want   string
		change func(*area)
	}{
		{"no channel plan", func(a *area) { a.plan = radio.Plan{} }},
		{"no site", func(a *area) { a.site = nil }},
		{"another channel plan", func(a *area) { a.site.Plan = "US915_1" }},
		{"clock is not set", func(a *area) { a.trusted.Store(false) }},
		{"no anchor", func(a *area) { a.anchor.X0 = witness.Entropy{9}; a.anchor.To -= 299; a.anchor.From-- }},
		{"not connected", func(a *area) { a.online = false }},
	} {
		t.Run(c.want, func(t *testing.T) {
			inArea(t, func(t *testing.T, a *area) {
				c.change(a)
				a.start()
				a.pass(2)
				news := a.discover(time.Minute).wait()
				if len(news) != 1 || !strings.Contains(news[0].Refused, c.want) || len(a.announced()) > 0 {
					t.Errorf("%+v, want one refusal: %s", news, c.want)
				}
			})
		})
	}
}

// TestDiscoverWaits: what may pass is told, and so is a beacon that was not emitted.
func TestDiscoverWaits(t *testing.T) {
	for want, change := range map[string]func(*area){
		"the entropy of the slot has not come": func(a *area) { a.anchor.X0 = witness.Entropy{9} },
		"the duty cycle is used up":            func(a *area) { a.status = radio.TxDutyCycleOverflow },
	} {
		inArea(t, func(t *testing.T, a *area) {
			change(a)
			a.start()
			a.pass(1)
			k := a.discover(10 * time.Second)
			a.pass(12)
			told := false
			for _, n := range k.wait() {
				told = told || strings.Contains(n.Waiting+n.Failed, want)
				if n.Sent != nil {
					t.Errorf("%s: sent all the same", want)
				}
			}
			if !told {
				t.Errorf("%+v: want %s", k.news, want)
			}
		})
	}
}

// TestOneDiscoveryAtATime: a second asker is refused, and has the first one's place when
// that has gone.
func TestOneDiscoveryAtATime(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.start()
		a.pass(1)
		first := a.discover(time.Minute)
		if news := a.discover(time.Minute).wait(); len(news) != 1 || !strings.Contains(news[0].Refused, "another discovery") {
			t.Errorf("two at a time: %+v", news)
		}
		first.leave()
		if first.wait(); !errors.Is(first.err, context.Canceled) {
			t.Error(first.err)
		}
		synctest.Wait()
		second := a.discover(time.Minute)
		a.pass(20)
		second.leave()
		if n := len(a.announced()); n != 2 || len(second.wait()) == 0 || second.news[0].Refused != "" {
			t.Errorf("%d announcements, %+v", n, second.news)
		}
	})
}

// TestDiscoverEndsWithTheHotspot: nobody waits for a hotspot that has stopped.
func TestDiscoverEndsWithTheHotspot(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.start()
		a.pass(1)
		k := a.discover(time.Minute)
		a.stop()
		if news := k.wait(); k.err != nil || !news[len(news)-1].Over {
			t.Errorf("%v, %+v", k.err, news)
		}
		if late := a.discover(time.Minute); late.wait() != nil || !errors.Is(late.err, errStopped) {
			t.Errorf("%v, %+v", late.err, late.news)
		}
		a.start()
	})
}

// TestDiscoveriesAnHourOverAStart: a start is no way to send more than 20 an hour.
func TestDiscoveriesAnHourOverAStart(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.anchor.To = a.anchor.From + 300
		a.start()
		a.pass(1)
		k := a.discover(time.Hour)
		a.pass(100)
		k.leave()
		before := len(a.announced())
		a.stop()
		a.start()
		a.pass(1)
		next := a.discover(time.Hour)
		a.pass(190)
		next.leave()
		next.wait()
		if n := len(a.announced()); before < 5 || n != 20 {
			t.Errorf("%d in 200 s, then %d within ten minutes, want 20 at most", before, n)
		}
		if news := a.discover(time.Minute).wait(); len(news) != 1 || !strings.Contains(news[0].Refused, "20 discovery beacons") {
			t.Errorf("%+v", news)
		}
	})
}

// announce puts announcements of beacons on disk that were sent so long before now, by the
// clock of then.
func (a *area) announce(before ...time.Duration) {
	a.t.Helper()
	for i, ago := range before {
		d := witness.Discovery{Random: witness.Tag{byte(i), 9}, OnAir: witness.OnAir{Sent: witness.MillisOf(time.Now().Add(-ago))}}
		s, err := radio.Sign(a.station, a.id(), radio.KindDiscovery, d.Append(nil))
		if err != nil {
			a.t.Fatal(err)
		}
		id := s.ID(a.id())
		if err := a.disk.Records("report").Put(a.t.Context(), id[:], s.Append(nil), time.Now()); err != nil {
			a.t.Fatal(err)
		}
	}
}

// nextDiscovery is how long it takes until another discovery beacon may be sent.
func (a *area) nextDiscovery() time.Duration {
	a.c.mu.Lock()
	defer a.c.mu.Unlock()
	now, _ := a.c.now()
	return (a.c.beaconer.Status(now).Discovery.Next - now).Duration()
}

// setClock sets the host's clock and lets the hotspot notice.
func (a *area) setClock(ahead time.Duration) {
	a.ahead.Store(int64(ahead))
	time.Sleep(longTurn + time.Second) // of the bubble
	synctest.Wait()
}

// TestDiscoveriesBeforeByAnyClock: however wrong the clock is at the start or was before,
// and whatever it is set to later, there is no second hour's worth of discovery beacons, and
// an hour after the start there is one.
func TestDiscoveriesBeforeByAnyClock(t *testing.T) {
	const day, year = 24 * time.Hour, 365 * 24 * time.Hour
	inAnHour := slices.Repeat([]time.Duration{10 * time.Minute}, witness.DiscoveryRate)
	for _, c := range []struct {
		name   string
		sent   []time.Duration // before now, by the clock of then
		clock  []time.Duration // how wrong it is at the start, and is set to
		wanted time.Duration   // until the next one, from the start, when it is right; 0: none is in the way
	}{
		{"right", inAnHour, []time.Duration{0}, 50 * time.Minute},
		{"one less", inAnHour[1:], []time.Duration{0}, 0},
		{"long ago", slices.Repeat([]time.Duration{61 * time.Minute}, 20), []time.Duration{0}, 0},
		{"behind, and set right", inAnHour, []time.Duration{-2 * time.Hour, 0}, time.Hour},
		{"behind a little, and set right", inAnHour, []time.Duration{-5 * time.Minute, 0}, 55 * time.Minute},
		{"ahead, and set right", inAnHour, []time.Duration{2 * time.Hour, 0}, 50 * time.Minute},
		{"set far ahead", inAnHour, []time.Duration{0, year}, 50 * time.Minute},
		{"set to and fro", inAnHour, []time.Duration{0, -day, year, -year, day, 0}, time.Hour},
		{"a year ahead before", slices.Repeat([]time.Duration{-year}, 20), []time.Duration{0, -day, 0}, time.Hour},
		{"behind in between", append(slices.Clone(inAnHour[10:]), slices.Repeat([]time.Duration{day}, 10)...), []time.Duration{0}, 50 * time.Minute},
	} {
		inArea(t, func(t *testing.T, a *area) {
			a.announce(c.sent...)
			began := time.Now()
			a.ahead.Store(int64(c.clock[0]))
			a.start()
			synctest.Wait()
			for _, ahead := range c.clock {
				a.setClock(ahead)
			}
			const exact = 2 * time.Second
			passed := time.Since(began)
			switch next := a.nextDiscovery(); {
			case c.wanted == 0 && next > 0:
				t.Errorf("%s: must wait %v, and need not", c.name, next)
			case c.wanted > 0 && (next+passed-c.wanted).Abs() > exact:
				t.Errorf("%s: the next one may be sent %v after the start, want %v", c.name, next+passed, c.wanted)
			}
			time.Sleep(time.Hour) // of the bubble
			a.setClock(c.clock[0])
			if next := a.nextDiscovery(); next > 0 {
				t.Errorf("%s: must wait %v an hour after the start", c.name, next)
			}
		})
	}
}

// TestDiscoveriesThatCannotBeRead count as sent at the start.
func TestDiscoveriesThatCannotBeRead(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.unread = errDead
		a.start()
		synctest.Wait()
		if next := a.nextDiscovery(); next < 59*time.Minute || next > time.Hour {
			t.Errorf("the next one may be sent in %v, want an hour", next)
		}
	})
}

// TestDiscoveriesWhileTheClockIsSet: a clock that is set ahead gives no second hour's worth,
// and one that is set back keeps nobody waiting for longer, nor does the discovery go on.
func TestDiscoveriesWhileTheClockIsSet(t *testing.T) {
	inArea(t, func(t *testing.T, a *area) {
		a.start()
		a.pass(1)
		k := a.discover(11 * time.Minute)
		a.pass(290)
		sent := len(a.announced())
		for _, ahead := range []time.Duration{2 * time.Hour, -24 * time.Hour, 0} {
			a.setClock(ahead)
			if next := a.nextDiscovery(); sent < 15 || next < 0 || sent == witness.DiscoveryRate && next < 45*time.Minute || next > time.Hour {
				t.Errorf("%v ahead, %d sent: the next one may be sent in %v", ahead, sent, next)
			}
		}
		a.setClock(-24 * time.Hour)
		time.Sleep(2 * time.Minute) // of the bubble
		select {
		case <-k.done:
		default:
			t.Error("a discovery of eleven minutes is not over after twelve by a clock that was set back")
		}
	})
}
