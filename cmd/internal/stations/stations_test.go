package stations

import (
	"testing"

	"hexspot/radio"
)

func TestBalance(t *testing.T) {
	fleet, err := New(Config{Count: 2, Bytes: 40})
	if err != nil {
		t.Fatal(err)
	}
	found := Found{}
	for number, copies := range []int{1, 0, 3, 1} { // of the first station: 0 to 2 were acknowledged
		fleet.stations[0].acked = uint64(number)
		for range copies {
			if payload := fleet.stations[0].payload(); len(payload) != 40 || !found.Add(payload) {
				t.Fatalf("%x is not taken", payload)
			}
		}
	}
	if found.Add([]byte("other")) {
		t.Error("what nobody sent is counted")
	}
	acked := map[radio.EUI]uint64{fleet.stations[0].eui: 3, fleet.stations[1].eui: 2}
	if got, want := found.Balance(acked), (Balance{Acked: 5, Lost: 3, Again: 2, Unasked: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
