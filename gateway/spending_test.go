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

// try asks for a short frame at once.
func (s *stand) try(f radio.Hertz) radio.TxStatus {
	s.ids++
	d := radio.Downlink{PHYPayload: make([]byte, 12), Frequency: f, EIRP: 1400, Modulation: radio.LoRa{SF: 7, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}}
	a, _, _ := s.queue.Enqueue(s.now, Command{ID: s.ids, Items: []radio.Downlink{d}}, radio.GPSReference{})
	return a.Status()
}
