package gateway

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hexspot/radio"
)

// TestRestoredLedgerAllowsNoMore: a ledger that goes on from an account, whatever its
// clock, never lets a window of an hour have more than the limit, those that began before
// the account was made included.
func TestRestoredLedgerAllowsNoMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := time.Duration(rapid.Int64Range(int64(time.Second), int64(6*time.Minute)).Draw(t, "limit"))
		l := &ledger{limit: limit}
		const stop = 3 * time.Hour
		var past []span
		for _, s := range drawSpans(t, "past", stop-2*time.Hour, 5*time.Minute, 40) {
			if s.end <= stop && worstWindow(append(slices.Clone(past), s), dutyWindow) <= limit {
				past = append(past, s)
				l.book(s, s.end)
			}
		}
		away := time.Duration(rapid.Int64Range(0, int64(2*time.Hour)).Draw(t, "away"))
		account := l.account(stop)
		for i := range account {
			account[i].Ago += away
		}
		const present = 5 * time.Second // of the new clock
		next := &ledger{limit: limit}
		next.restore(account, present)
		shift := stop + away - present
		all := past
		for _, s := range drawSpans(t, "planned", present, 10*time.Minute, 20) {
			if _, ok := next.allows([]span{s}, 0); !ok {
				continue
			}
			next.book(s, s.end)
			all = append(all, span{s.start + shift, s.end + shift})
		}
		if worst := worstWindow(all, dutyPeriod); worst > limit {
			t.Fatalf("%v within an hour, the limit is %v", worst, limit)
		}
	})
}

func TestAccountIsShort(t *testing.T) {
	l := &ledger{limit: dutyPeriod}
	var now, sum time.Duration
	for range 4000 {
		now += 900 * time.Millisecond
		l.book(span{now - 100*time.Millisecond, now}, now)
	}
	list := l.account(now)
	for i, s := range list {
		sum += s.Length
		if i > 0 && s.Ago >= list[i-1].Ago {
			t.Errorf("stretch %d is not later than the one before", i)
		}
	}
	if len(list) > 62 || sum != 400*time.Second {
		t.Errorf("%d stretches of %v together", len(list), sum)
	}
}

// TestQueueRestored: what was spent keeps the queue from sending until it is an hour ago,
// in its own sub-band only, and what is accepted is in the account.
func TestQueueRestored(t *testing.T) {
	s := newStand(t, european(t))
	full := s.queue.Spending(s.now)
	for i, b := range full {
		if len(b.Spent) > 0 || b.Accepted != 0 || b.Total != 0 || b.Max == 0 {
			t.Errorf("a new queue has spent %+v", b)
		}
		full[i].Spent = []Spent{{30 * time.Minute, b.Max}}
	}
	one := slices.IndexFunc(full, func(b Spending) bool { return b.Range.Contains(868_100_000) })
	s.queue.Restore(s.now, []Spending{full[one], {Name: full[one].Name, Spent: full[one].Spent}, {Name: "another plan's"}})
	if a := s.try(868_100_000); a != radio.TxDutyCycleOverflow {
		t.Errorf("in a sub-band that is used up: %v", a)
	}
	if a := s.try(869_525_000); a != radio.TxOK {
		t.Errorf("in another one: %v", a)
	}
	spent := time.Duration(0)
	for _, b := range s.queue.Spending(s.now) {
		if b.Range.Contains(869_525_000) {
			spent = b.Accepted
			if spent != b.Total || len(b.Spent) > 0 {
				t.Errorf("spent %v, total %v", spent, b.Total)
			}
		}
	}
	if spent == 0 {
		t.Error("what is accepted is not in the account")
	}
	again := newStand(t, european(t))
	again.queue.Restore(again.now, s.queue.Spending(s.now))
	for _, b := range again.queue.Spending(again.now) {
		if b.Range.Contains(869_525_000) && (b.Total != spent || b.Accepted != 0 || len(b.Spent) != 1 || b.Spent[0].Ago != 0) {
			t.Errorf("restored as %+v, want %v spent just now", b, spent)
		}
	}
	s.set(s.now.Clock + 31*time.Minute)
	if a := s.try(868_100_000); a != radio.TxOK {
		t.Errorf("an hour later: %v", a)
	}
}

// TestRoom: the wait is until the first of the sub-bands has room, and then there is: a
// frame of that length is taken at that time and not before.
func TestRoom(t *testing.T) {
	s := newStand(t, european(t))
	frames := []radio.Downlink{short(866_100_000), short(868_100_000), short(868_300_000)}
	room := func(want time.Duration, list ...radio.Downlink) {
		t.Helper()
		if wait, ok := s.queue.Room(s.now, list, PriorityDownlink); wait != want || !ok {
			t.Errorf("room in %v, %v; want in %v", wait, ok, want)
		}
	}
	room(0, frames...)
	for _, b := range s.queue.Spending(s.now) {
		switch {
		case b.Range.Contains(866_100_000):
			b.Spent = []Spent{{20 * time.Minute, b.Max}}
		case b.Range.Contains(868_100_000):
			b.Spent = []Spent{{40 * time.Minute, b.Max}}
		default:
			continue
		}
		s.queue.Restore(s.now, []Spending{b})
	}
	wait, ok := s.queue.Room(s.now, frames, PriorityDownlink)
	if limit := 20*time.Minute + time.Second; !ok || wait > limit || wait < limit-time.Minute {
		t.Fatalf("room in %v, %v; want in less than %v", wait, ok, limit)
	}
	if first, _ := s.queue.Room(s.now, frames[:1], PriorityDownlink); first <= wait+15*time.Minute {
		t.Errorf("the sub-band that was used later has room in %v", first)
	}
	room(0, append(frames, short(869_525_000))...)
	room(0, short(433_000_000)) // it is not the duty cycle that is in the way
	room(0)
	early := floatLimit + time.Second
	s.set(s.now.Clock + wait - early)
	if a := s.try(868_100_000); a != radio.TxDutyCycleOverflow {
		t.Errorf("%v before there is room: %v", early, a)
	}
	s.set(s.now.Clock + early)
	room(0, frames...)
	if a := s.try(868_100_000); a != radio.TxOK {
		t.Errorf("when there is room: %v", a)
	}
}

// TestNoRoomEver: a frame that takes more air time than an hour has never has room, and nothing says when.
func TestNoRoomEver(t *testing.T) {
	l := &ledger{limit: time.Second}
	q := &Queue{rules: european(t), ledgers: map[radio.SubBand]*ledger{}}
	for _, b := range q.rules.Plan.SubBands {
		q.ledgers[b] = l
	}
	d := short(868_100_000)
	d.PHYPayload, d.Modulation = make([]byte, 200), radio.LoRa{SF: 12, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}
	if wait, ok := q.Room(Instant{Clock: time.Minute}, []radio.Downlink{d}, PriorityDownlink); ok {
		t.Errorf("a frame longer than the limit has room in %v", wait)
	}
}

// try asks for a short frame at once.
func (s *stand) try(f radio.Hertz) radio.TxStatus {
	s.ids++
	a, _, _ := s.queue.Enqueue(s.now, Command{ID: s.ids, Items: []radio.Downlink{short(f)}}, radio.GPSReference{})
	return a.Status()
}

func short(f radio.Hertz) radio.Downlink {
	return radio.Downlink{PHYPayload: make([]byte, 12), Frequency: f, EIRP: 1400, Modulation: radio.LoRa{SF: 7, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}}
}
