package mqtt

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func letterOf(i int, until time.Time) letter {
	return letter{kind: "ack", topic: fmt.Sprint(i), payload: []byte{byte(i)}, until: until}
}

func names(letters []letter) (list []string) {
	for _, l := range letters {
		list = append(list, l.topic)
	}
	return list
}

func TestOutboxKeepsOrderOverSessions(t *testing.T) {
	o, now := newOutbox(), time.Unix(1000, 0)
	for i := range 5 {
		o.put(letterOf(i, now.Add(time.Minute)))
	}
	var sent []string
	take := func(n int) {
		for range n {
			l, ok := o.next(now)
			if !ok {
				t.Fatal("nothing to send")
			}
			sent = append(sent, l.topic)
		}
	}
	take(3)
	o.acked()
	o.rewind()
	take(4)
	if !slices.Equal(sent, []string{"0", "1", "2", "1", "2", "3", "4"}) {
		t.Errorf("sent %v", sent)
	}
	if _, ok := o.next(now); ok || o.drops() != 0 {
		t.Errorf("there is more, or %d were dropped", o.drops())
	}
}

func TestOutboxForgetsWhatIsOfNoUse(t *testing.T) {
	o, now := newOutbox(), time.Unix(1000, 0)
	o.put(letterOf(0, now.Add(ackUse)))
	o.put(letterOf(1, now.Add(reportUse)))
	o.put(letterOf(2, now.Add(ackUse)))
	l, ok := o.next(now.Add(ackUse + 1))
	if !ok || l.topic != "1" {
		t.Errorf("%v %v, want the one that is not too old", l.topic, ok)
	}
	if _, ok := o.next(now.Add(ackUse + 1)); ok || o.drops() != 2 {
		t.Errorf("%d dropped", o.drops())
	}
}

// TestOutboxIsBounded: what is in flight stays, of the rest the oldest goes.
func TestOutboxIsBounded(t *testing.T) {
	o, now := newOutbox(), time.Unix(1000, 0)
	o.put(letterOf(0, now.Add(time.Minute)))
	_, _ = o.next(now)
	for i := 1; i < 3*maxLetters; i++ {
		o.put(letterOf(i, now.Add(time.Minute)))
	}
	if len(o.letters) != maxLetters || o.letters[0].topic != "0" || o.letters[1].topic != fmt.Sprint(2*maxLetters+1) {
		t.Errorf("%d letters, first %v", len(o.letters), names(o.letters[:2]))
	}
	if o.drops() != 2*maxLetters {
		t.Errorf("%d dropped", o.drops())
	}
	big := newOutbox()
	for i := range 200 {
		big.put(letter{topic: fmt.Sprint(i), payload: make([]byte, 12_000), until: now.Add(time.Minute)})
	}
	if n := len(big.letters); n*12_000 > maxLetterBytes || (n+1)*12_000 < maxLetterBytes || big.letters[n-1].topic != "199" {
		t.Errorf("%d letters of 12,000 bytes", n)
	}
	big.put(letter{payload: make([]byte, 2*maxLetterBytes), until: now.Add(time.Minute)})
	if len(big.letters) != 1 {
		t.Errorf("%d letters beside a huge one", len(big.letters)-1)
	}
}

// TestOutboxDropsPoison: a letter that one session after the other ends with goes; the
// next one gets its own chances.
func TestOutboxDropsPoison(t *testing.T) {
	o, now := newOutbox(), time.Unix(1000, 0)
	o.put(letterOf(0, now.Add(time.Hour)))
	o.put(letterOf(1, now.Add(time.Hour)))
	for session := range maxLosses {
		if l, ok := o.next(now); !ok || l.topic != "0" {
			t.Fatalf("session %d sends %v", session, l.topic)
		}
		_, _ = o.next(now)
		o.rewind()
	}
	for range maxLosses - 1 {
		if l, ok := o.next(now); !ok || l.topic != "1" {
			t.Fatalf("sends %v", l.topic)
		}
		o.rewind()
	}
	for range 100 { // sessions in which nothing was in flight do not count
		o.rewind()
	}
	if l, ok := o.next(now); !ok || l.topic != "1" || o.drops() != 1 {
		t.Errorf("%v %v, %d dropped", l.topic, ok, o.drops())
	}
}

// TestOutboxLosesNothingSilently: whatever happens, each letter is waiting,
// acknowledged, or counted as dropped, and letters are first sent in order.
func TestOutboxLosesNothingSilently(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, now := newOutbox(), time.Unix(1000, 0)
		put, acked, highest := 0, 0, -1
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"put", "put", "next", "next", "ack", "rewind", "wait"}).Draw(t, "step") {
			case "put":
				o.put(letterOf(put, now.Add(time.Duration(rapid.IntRange(1, 20).Draw(t, "use"))*time.Second)))
				put++
			case "next":
				l, ok := o.next(now)
				if !ok {
					continue
				}
				var n int
				_, _ = fmt.Sscan(l.topic, &n)
				if now.After(l.until) && n > highest {
					t.Fatalf("letter %d is sent when it is of no use", n)
				}
				highest = max(highest, n)
			case "ack":
				if o.sent > 0 {
					o.acked()
					acked++
				}
			case "rewind":
				o.rewind()
			case "wait":
				now = now.Add(5 * time.Second)
			}
			if len(o.letters)+acked+int(o.drops()) != put || o.sent > len(o.letters) || o.sent > maxPosted {
				t.Fatalf("%d put: %d wait, %d acknowledged, %d dropped, %d sent", put, len(o.letters), acked, o.drops(), o.sent)
			}
			if !slices.IsSortedFunc(o.letters, func(a, b letter) int { return number(a) - number(b) }) {
				t.Fatalf("out of order: %v", names(o.letters))
			}
		}
	})
}

func number(l letter) (n int) {
	_, _ = fmt.Sscan(l.topic, &n)
	return n
}
