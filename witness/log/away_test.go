package log

import (
	"errors"
	"io/fs"
	"slices"
	"testing"

	"hexspot/witness"
)

// readOnly is a shelf that makes no file.
type readOnly struct{ shelf }

func (r readOnly) Open(name string) (File, error) {
	if r.shelf[name] == nil {
		return nil, fs.ErrNotExist
	}
	return r.shelf[name], nil
}

// TestLogsThatArePutAway prove and find as they did in the book, and need no other file.
func TestLogsThatArePutAway(t *testing.T) {
	s := shelf{}
	b := openBook(t, s, 0)
	var arrivals []Arrival
	for i, id := range manyIDs(700) {
		arrivals = append(arrivals, Arrival{id, 5, 310_000 + witness.Millis(i)})
	}
	place(t, b, arrivals...)
	place(t, b, Arrival{recordID("unsealed", 0), 6, 370_000})
	want, err := b.Promise(5, bookTiming.Freezes(5))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Seal(5); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if list, err := Sealed(s); err != nil || !slices.Equal(list, []witness.Epoch{5}) {
		t.Errorf("sealed: %v, %v", list, err)
	}
	name := Name{testNetwork(t), 5, stationOf(t, key(ingest))}
	l, mark, err := OpenAway(readOnly{s}, name, bookTiming)
	if err != nil || mark != want {
		t.Fatalf("%+v, want %+v, %v", mark, want, err)
	}
	place, err := l.Find(arrivals[600].Record)
	if err != nil || !place.Known {
		t.Fatal(place, err)
	}
	proof, err := l.Include(place.Index, 700)
	if err != nil || proof.Verify(l.Head()) != nil {
		t.Error(err)
	}
	if _, err := l.Append([]Entry{{recordID("more", 0), 320_000}}); err == nil {
		t.Error("something was added")
	}
	for epoch, want := range map[witness.Epoch]error{6: fs.ErrNotExist, 7: fs.ErrNotExist} {
		name.Epoch = epoch
		if _, _, err := OpenAway(readOnly{s}, name, bookTiming); !errors.Is(err, want) {
			t.Errorf("epoch %d: %v", epoch, err)
		}
	}
	name.Epoch = 5
	s["5.seal"].now[sealHeaderSize+70] ^= 1
	if _, _, err := OpenAway(readOnly{s}, name, bookTiming); !errors.Is(err, ErrNoSeal) {
		t.Error(err)
	}
}
