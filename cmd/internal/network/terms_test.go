package network

import (
	"strings"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

// TestTermsStay: a book keeps the network and the timing it was first opened with; another
// one is refused with what to set. A book of an older build has those of the newest anchor.
func TestTermsStay(t *testing.T) {
	t.Parallel()
	data := Data(t.TempDir())
	s, end := mustStore(t, data)
	defer end()
	book, err := data.Book(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if _, err := data.Terms(t.Context(), book); err == nil {
		t.Error("a new book has terms")
	}
	epoch := witness.Epoch(1000)
	p := mustReveal(t, s, data, epoch)
	f := rigVerifying(t, data, p, epoch, epoch+1)
	if err := f.catchUp(t.Context(), f.schedule.Freezes(epoch+1)); err != nil {
		t.Fatal(err)
	}
	mine := Terms{p.network, p.schedule.Timing}
	other, err := witness.ScheduleNamed("default")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // by the anchor, then by the book
		if got, err := data.Terms(t.Context(), book); err != nil || got != mine {
			t.Errorf("%+v, %v, want %+v", got, err, mine)
		}
		if err := data.settle(t.Context(), book, Terms{mine.Network, other.Timing}); err == nil || !strings.Contains(err.Error(), "as it was (demo)") {
			t.Errorf("another timing: %v", err)
		}
		if err := data.settle(t.Context(), book, mine); err != nil {
			t.Error(err)
		}
	}
	if err := data.settle(t.Context(), book, Terms{radio.Network{1}, mine.Timing}); err == nil || !strings.Contains(err.Error(), "another one") {
		t.Errorf("another network: %v", err)
	}
}

// TestParseTiming reads what is written, and nothing else.
func TestParseTiming(t *testing.T) {
	for _, name := range timings {
		s, err := witness.ScheduleNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := parseTiming(timingText(s.Timing)); err != nil || got != s.Timing || timingName(got) != name {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, bad := range []string{"", "demo", "{}", `{"slot_ms":1,"more":2}`} {
		if got, err := parseTiming(bad); err == nil {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}
