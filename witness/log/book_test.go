package log

import (
	"errors"
	"slices"
	"testing"

	"hexspot/witness"
)

// bookTiming has epochs of 60 s, the reports of which are in time for 10 s more.
var bookTiming = func() witness.Timing {
	s, err := witness.ScheduleNamed("demo")
	if err != nil {
		panic(err)
	}
	return s.Timing
}()

func openBook(t testing.TB, s shelf, from witness.Epoch) *Book {
	t.Helper()
	b, err := OpenBook(s, testNetwork(t), stationOf(t, key(ingest)), bookTiming, from)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func place(t testing.TB, b *Book, arrivals ...Arrival) []witness.Receipt {
	t.Helper()
	receipts, err := b.Place(arrivals)
	if err != nil {
		t.Fatal(err)
	}
	return receipts
}

func TestResentRecordsGetTheirFirstReceipt(t *testing.T) {
	s := shelf{}
	b := openBook(t, s, 0)
	a, late := recordID("a", 0), recordID("late", 0)
	first := place(t, b, Arrival{a, 5, 310_000}, Arrival{late, 5, 430_000})
	want := []witness.Receipt{{Record: a, Received: 310_000, Epoch: 5, Index: 0}, {Record: late, Received: 430_000, Epoch: 7, Index: 0}}
	if !slices.Equal(first, want) {
		t.Fatalf("%v, want %v", first, want)
	}
	if got, known, err := b.Find(Arrival{Record: late, Own: 5}); err != nil || !known || got != want[1] {
		t.Errorf("found %v, %v, %v", got, known, err)
	}
	if _, known, err := b.Find(Arrival{Record: recordID("other", 0), Own: 5}); err != nil || known {
		t.Error("found what is in no log", err)
	}
	again := []Arrival{{a, 5, 320_000}, {a, 5, 430_001}, {late, 5, 430_001}, {late, 5, 900_000}}
	wanted := []witness.Receipt{want[0], want[0], want[1], want[1]}
	if got := place(t, b, again...); !slices.Equal(got, wanted) {
		t.Errorf("resent: %v", got)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b = openBook(t, s, 0)
	if got := place(t, b, again...); !slices.Equal(got, wanted) {
		t.Errorf("resent after a new start: %v", got)
	}
	if got := b.Epochs(); !slices.Equal(got, []witness.Epoch{5, 7}) {
		t.Errorf("logs of %v", got)
	}
	if b.Log(7).Head().Size != 1 || b.Log(9) != nil {
		t.Error("other logs")
	}
}

// TestTwiceInOneBatch sends a record twice in one batch, before and after its epoch
// freezes.
func TestTwiceInOneBatch(t *testing.T) {
	b := openBook(t, shelf{}, 0)
	a := recordID("a", 0)
	got := place(t, b, Arrival{a, 5, 370_000}, Arrival{a, 5, 369_999})
	if got[0] != got[1] || got[0].Epoch != 5 {
		t.Error(got)
	}
}

func TestReleasedLogs(t *testing.T) {
	s := shelf{}
	b := openBook(t, s, 0)
	a := recordID("a", 0)
	place(t, b, Arrival{a, 5, 310_000}, Arrival{recordID("b", 0), 9, 541_000})
	if err := b.Release(9); err != nil || b.Log(5) != nil || b.Log(9) == nil {
		t.Error(err)
	}
	if got := openBook(t, s, 6).Epochs(); !slices.Equal(got, []witness.Epoch{9}) {
		t.Errorf("from 6 on: %v", got)
	}
}

func TestBookGoesOnAfterAFailedWrite(t *testing.T) {
	s := shelf{}
	b := openBook(t, s, 0)
	arrivals := []Arrival{{recordID("a", 0), 5, 310_000}, {recordID("b", 0), 5, 310_001}}
	place(t, b, arrivals[0])
	if _, err := b.Promise(5, 310_001); err != nil {
		t.Fatal(err)
	}
	s["5.log"].failSync = true
	if _, err := b.Place(arrivals); !errors.Is(err, errDisk) {
		t.Fatal(err)
	}
	got := place(t, b, arrivals...)
	if got[1].Index != 1 || b.Log(5).Head().Size != 2 {
		t.Error(got)
	}
	if _, err := b.Place([]Arrival{{recordID("c", 0), 5, 310_000}}); err == nil {
		t.Error("the mark was forgotten")
	}
}

func TestPromiseOfAnEmptyEpoch(t *testing.T) {
	b := openBook(t, shelf{}, 0)
	mark, err := b.Promise(5, 370_000)
	if err != nil || mark.Size != 0 || mark.Root != emptyRoot {
		t.Error(mark, err)
	}
}

func TestSealedEpochs(t *testing.T) {
	s := shelf{}
	b := openBook(t, s, 0)
	var arrivals []Arrival
	for i, id := range manyIDs(700) {
		arrivals = append(arrivals, Arrival{id, 5, 310_000 + witness.Millis(i)})
	}
	first := place(t, b, arrivals...)
	head := b.Log(5).Head()
	if err := b.Seal(5); err == nil {
		t.Error("sealed an epoch that is not frozen")
	}
	if _, err := b.Promise(5, 370_000); err != nil {
		t.Fatal(err)
	}
	if b.Sealed(5) || b.Sealed(6) {
		t.Error("a seal that nobody made")
	}
	for range 2 {
		if err := b.Seal(5); err != nil || !b.Sealed(5) {
			t.Fatal(err)
		}
	}
	if b.Seal(6) == nil {
		t.Error("sealed no log")
	}
	check := func(b *Book, what string) {
		for i := range arrivals {
			arrivals[i].Received = 430_000
		}
		if got := place(t, b, arrivals...); !slices.Equal(got, first) {
			t.Errorf("%s: other receipts", what)
		}
		if got := b.Log(5); got.Head() != head || got.Broken() {
			t.Errorf("%s: %v, was %v", what, got.Head(), head)
		}
	}
	check(b, "sealed")
	again := openBook(t, s, 0)
	if !again.Log(5).sealed() {
		t.Error("the seal is not used")
	}
	check(again, "opened by its seal")
	s["5.seal"].now[sealHeaderSize+70] ^= 1
	again = openBook(t, s, 0)
	if again.Log(5).sealed() {
		t.Error("a damaged seal is used")
	}
	check(again, "opened without its seal")
}
