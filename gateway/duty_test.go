package gateway

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hexspot/radio"
)

// worstWindow is the most time on air in any window of a length, found by trying
// every window that begins or ends with an emission.
func worstWindow(spans []span, length time.Duration) time.Duration {
	var worst time.Duration
	for _, s := range spans {
		for _, from := range []time.Duration{s.start, s.end - length} {
			var sum time.Duration
			for _, o := range spans {
				sum += max(0, min(o.end, from+length)-max(o.start, from))
			}
			worst = max(worst, sum)
		}
	}
	return worst
}

// drawSpans are disjoint emissions of up to a minute from an instant on, in order.
func drawSpans(t *rapid.T, label string, from, gap time.Duration, most int) []span {
	spans := []span{}
	for range rapid.IntRange(0, most).Draw(t, label) {
		from += time.Duration(rapid.Int64Range(0, int64(gap)).Draw(t, "gap"))
		end := from + time.Duration(rapid.Int64Range(1, int64(time.Minute)).Draw(t, "length"))
		spans = append(spans, span{from, end})
		from = end
	}
	return spans
}

// TestLedgerAllows compares with every window tried: of what was on the air, of what
// is planned, with a new one among it. An instant named as the next possible one is
// not too late either.
func TestLedgerAllows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &ledger{limit: time.Duration(rapid.Int64Range(0, int64(6*time.Minute)).Draw(t, "limit"))}
		const present = 3 * time.Hour
		var past []span
		for _, s := range drawSpans(t, "past", 0, 20*time.Minute, 20) {
			if s.end > present || worstWindow(append(slices.Clone(past), s), dutyWindow) > l.limit {
				continue
			}
			past = append(past, s)
			l.book(s, s.end)
		}
		var planned []span
		for _, s := range drawSpans(t, "planned", present, 2*time.Minute, 6) {
			if worstWindow(slices.Concat(past, planned, []span{s}), dutyWindow) <= l.limit {
				planned = append(planned, s)
			}
		}
		start := present + time.Duration(rapid.Int64Range(0, int64(10*time.Minute)).Draw(t, "start"))
		own := span{start, start + time.Duration(rapid.Int64Range(1, int64(time.Minute)).Draw(t, "own"))}
		judge := func(s span) (time.Duration, bool) {
			k, _ := slices.BinarySearchFunc(planned, s, earlier)
			return l.allows(slices.Insert(slices.Clone(planned), k, s), k)
		}
		holds := func(s span) bool {
			return worstWindow(slices.Concat(past, planned, []span{s}), dutyWindow) <= l.limit
		}
		next, ok := judge(own)
		if want := holds(own); ok != want {
			t.Fatalf("allowed %v, want %v", ok, want)
		}
		if ok {
			return
		}
		if next <= own.start {
			t.Fatalf("refused at %v, perhaps at %v", own.start, next)
		}
		between := time.Duration(rapid.Int64Range(int64(own.start), min(int64(next-1), int64(5*time.Hour))).Draw(t, "between"))
		if s := (span{between, between + own.length()}); disjoint(planned, s) && holds(s) {
			t.Fatalf("from %v the next possible start is %v, but %v is one", own.start, next, between)
		}
	})
}

func disjoint(spans []span, s span) bool {
	return !slices.ContainsFunc(spans, func(o span) bool { return s.start < o.end && o.start < s.end })
}

// TestLedgerIsBounded: more emissions than the ledger keeps are never less in any
// window than they were, and not much more.
func TestLedgerIsBounded(t *testing.T) {
	l := newLedger(radio.SubBand{Permille: 100})
	var all []span
	at := time.Duration(0)
	for i := range 20_000 {
		s := span{at, at + time.Duration(1+i%7)*time.Millisecond}
		all = append(all, s)
		l.book(s, s.end)
		at = s.end + time.Duration(i%13)*20*time.Millisecond
		if len(l.spans) > longestLedger {
			t.Fatalf("%d emissions are kept", len(l.spans))
		}
	}
	for ago := time.Duration(0); ago < dutyWindow; ago += 7 * time.Second {
		var sum time.Duration
		for _, s := range all {
			sum += s.since(at - ago)
		}
		got := l.since(at - ago)
		if got < sum || got > sum+200*time.Millisecond {
			t.Fatalf("since %v: %v, want %v", ago, got, sum)
		}
	}
	l.book(span{at + 2*dutyWindow, at + 2*dutyWindow + 1}, at+2*dutyWindow+1)
	if len(l.spans) != 1 || l.since(0) != 1 {
		t.Errorf("after two hours %d emissions are kept", len(l.spans))
	}
}

func TestLedgerSince(t *testing.T) {
	l := newLedger(radio.SubBand{Permille: 10})
	l.book(span{10, 20}, 20)
	l.book(span{30, 40}, 40)
	for at, want := range map[time.Duration][2]time.Duration{
		0: {20, 10}, 10: {20, 10}, 15: {15, 15}, 20: {10, 30}, 25: {10, 30}, 31: {9, 31}, 40: {0, never}, 99: {0, never},
	} {
		if sum, first := l.since(at), l.first(at); sum != want[0] || first != want[1] {
			t.Errorf("from %d on: %d, first at %d; want %v", at, sum, first, want)
		}
	}
}

// TestLedgerKeepsOrder: emissions that the clocks say overlap are all counted.
func TestLedgerKeepsOrder(t *testing.T) {
	l := newLedger(radio.SubBand{Permille: 10})
	l.book(span{0, 10}, 10)
	l.book(span{5, 15}, 15)
	l.book(span{2, 3}, 15)
	if got := l.since(0); got != 21 {
		t.Errorf("%d in all", got)
	}
	if l.spans[2].span != (span{20, 21}) {
		t.Errorf("the last one is at %v", l.spans[2].span)
	}
}
