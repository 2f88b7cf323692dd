package lns

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hexspot/radio"
)

var here = radio.EUI{7: 1}

// entry is a command with two items.
func entry(id uint32) Entry {
	m := radio.LoRa{SF: 7, Bandwidth: 125 * radio.KHz}
	return Entry{Command: Command{Gateway: here, ID: id, Items: []Item{
		{Slot: RX1, Payload: []byte{1}, Modulation: m, Delay: time.Second},
		{Slot: RX2, Payload: []byte{1}, Modulation: m, Delay: 2 * time.Second},
	}}}
}

func TestLedgerFates(t *testing.T) {
	ok, ignored, early, late := radio.TxOK, radio.TxIgnored, radio.TxTooEarly, radio.TxTooLate
	emitted := Report{Gateway: here, ID: 1, Outcome: radio.Emitted, Lead: 300 * time.Millisecond, HasLead: true}
	second := emitted
	second.Item = 1
	missed := Report{Gateway: here, ID: 1, Outcome: radio.Missed}
	elsewhere := emitted
	elsewhere.Gateway[0] = 9
	for name, c := range map[string]struct {
		events []Event
		want   Fate
		odd    int // Strange
	}{
		"emitted in RX1":         {[]Event{Ack{here, 1, []radio.TxStatus{ok, ignored}}, emitted}, Emitted, 0},
		"emitted in RX2":         {[]Event{Ack{here, 1, []radio.TxStatus{late, ok}}, second}, Emitted, 0},
		"reported first":         {[]Event{emitted, Ack{here, 1, []radio.TxStatus{ok, ignored}}}, Emitted, 0},
		"failed":                 {[]Event{Ack{here, 1, []radio.TxStatus{ok, ignored}}, missed}, Failed, 0},
		"refused":                {[]Event{Ack{here, 1, []radio.TxStatus{late, early}}}, Refused, 0},
		"never answered":         {nil, Unanswered, 0},
		"reported, not answered": {[]Event{emitted}, Unanswered, 0},
		"silent":                 {[]Event{Ack{here, 1, []radio.TxStatus{ok, ignored}}}, Silent, 0},
		"report of another item": {[]Event{Ack{here, 1, []radio.TxStatus{ok, ignored}}, second}, Silent, 1},
		"wrong item first":       {[]Event{second, Ack{here, 1, []radio.TxStatus{ok, ignored}}}, Silent, 1},
		"too few statuses":       {[]Event{Ack{here, 1, []radio.TxStatus{ok}}}, Unanswered, 1},
		"both OK":                {[]Event{Ack{here, 1, []radio.TxStatus{ok, ok}}}, Unanswered, 1},
		"from elsewhere":         {[]Event{Ack{here, 1, []radio.TxStatus{ok, ignored}}, elsewhere}, Silent, 1},
		"answered twice":         {[]Event{Ack{here, 1, []radio.TxStatus{ok, ignored}}, Ack{here, 1, []radio.TxStatus{ok, ignored}}}, Silent, 1},
		"reported twice":         {[]Event{Ack{here, 1, []radio.TxStatus{ok, ignored}}, emitted, emitted}, Emitted, 1},
		"unknown":                {[]Event{Ack{here, 99, []radio.TxStatus{ok, ignored}}}, Unanswered, 1},
	} {
		l := NewLedger()
		l.Enter(0, entry(1))
		var got []Fate
		for i, e := range c.events {
			got = append(got, fateOf(l, time.Duration(i+1)*100*time.Millisecond, e)...)
		}
		for _, e := range l.Expire(time.Hour) {
			got = append(got, e.Fate)
		}
		tally := l.Tally()
		if !slices.Equal(got, []Fate{c.want}) || tally.Strange != c.odd || l.Open() != 0 {
			t.Errorf("%s: %v, want %v; %+v", name, got, c.want, tally)
		}
	}
}

// fateOf tells the ledger something and gives the fate of what has ended by it.
func fateOf(l *Ledger, at time.Duration, e Event) []Fate {
	var entry *Entry
	switch e := e.(type) {
	case Ack:
		entry = l.Ack(at, e)
	case Report:
		entry = l.Report(at, e)
	}
	if entry == nil || entry.Fate == Open {
		return nil
	}
	return []Fate{entry.Fate}
}

// TestLedgerForgetsNothing: whatever gateways say, each downlink ends exactly once.
func TestLedgerForgetsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := NewLedger()
		var now time.Duration
		fates := map[Fate]int{}
		end := func(list ...Fate) {
			for _, f := range list {
				fates[f]++
			}
		}
		entered := uint32(0)
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			now += time.Duration(rapid.IntRange(0, 20_000).Draw(t, "ms")) * time.Millisecond
			id := uint32(rapid.IntRange(1, int(entered)+1).Draw(t, "id"))
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				entered++
				l.Enter(now, entry(entered))
			case 1:
				statuses := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 11), func(n int) radio.TxStatus { return radio.TxStatus(n) }), 0, 3)
				end(fateOf(l, now, Ack{here, id, statuses.Draw(t, "statuses")})...)
			case 2:
				outcome := radio.EmissionOutcome(rapid.IntRange(1, 7).Draw(t, "outcome"))
				end(fateOf(l, now, Report{Gateway: here, ID: id, Item: rapid.IntRange(-1, 2).Draw(t, "item"), Outcome: outcome})...)
			case 3:
				for _, e := range l.Expire(now) {
					end(e.Fate)
				}
			}
		}
		for _, e := range l.Expire(now + time.Hour) {
			end(e.Fate)
		}
		sum, tally := 0, l.Tally()
		for _, n := range fates {
			sum += n
		}
		if sum != int(entered) || tally.Commanded != sum || l.Open() != 0 {
			t.Fatalf("%d of %d ended, %d open", sum, entered, l.Open())
		}
		if fates[Emitted]+fates[Failed]+fates[Silent] != tally.Taken() || fates[Refused] != tally.Refused || fates[Open] != 0 {
			t.Fatalf("%v, %+v", fates, tally)
		}
	})
}

func TestLeads(t *testing.T) {
	var l Leads
	if _, ok := l.Quantile(0.5); ok {
		t.Error("a quantile of nothing")
	}
	for _, ms := range []int{-5, 10, 20, 30, 40, 50, 60, 70, 80, 20_000} {
		l.Add(time.Duration(ms) * time.Millisecond)
	}
	for q, want := range map[float64]time.Duration{0: 0, 0.1: 0, 0.5: 40, 0.9: 80, 1: leadMost} {
		if got, _ := l.Quantile(q); got != want*time.Millisecond {
			t.Errorf("quantile %v: %v", q, got)
		}
	}
	if got := l.Bins(50*time.Millisecond, 3); !slices.Equal(got, []int{5, 4, 1}) {
		t.Errorf("bins %v", got)
	}
}
