package sx1302

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hexspot/radio"
)

// heard is an uplink at a time in microseconds after the counter's first turn.
func heard(payload string, micros uint64, crc radio.CRCStatus, fine bool) radio.Uplink {
	return radio.Uplink{
		PHYPayload: []byte(payload), Modulation: radio.LoRa{SF: 9}, CRC: crc, Channel: 1,
		Timestamp: radio.Timestamp{Session: testSession, Micros: 1<<27 + micros},
		Fine:      radio.FineTime{Set: fine},
	}
}

func TestMergeTwins(t *testing.T) {
	const ok, bad = radio.CRCOK, radio.CRCBad
	plain := heard("a", 1000, ok, false)
	with := func(f func(*radio.Uplink)) radio.Uplink {
		u := plain
		f(&u)
		return u
	}
	fine := heard("a", 1024, ok, true)
	for _, c := range []struct {
		name           string
		heard, earlier []radio.Uplink
		want           []radio.Uplink
	}{
		{"alone", []radio.Uplink{plain}, nil, []radio.Uplink{plain}},
		{"the one with a fine time stays", []radio.Uplink{plain, fine}, nil, []radio.Uplink{fine}},
		{"in the other order too", []radio.Uplink{fine, plain}, nil, []radio.Uplink{fine}},
		{"a good CRC beats a fine time", []radio.Uplink{plain, heard("a", 990, bad, true)}, nil, []radio.Uplink{plain}},
		{"both without", []radio.Uplink{plain, heard("a", 1001, ok, false)}, nil, []radio.Uplink{plain}},
		{"three of one", []radio.Uplink{plain, fine, heard("a", 1010, bad, false)}, nil, []radio.Uplink{fine}},
		{"25 µs apart", []radio.Uplink{plain, heard("a", 1025, ok, true)}, nil, []radio.Uplink{plain, heard("a", 1025, ok, true)}},
		{"another payload", []radio.Uplink{plain, heard("b", 1000, ok, false)}, nil, []radio.Uplink{plain, heard("b", 1000, ok, false)}},
		{"another channel", []radio.Uplink{plain, with(func(u *radio.Uplink) { u.Channel = 2 })}, nil, []radio.Uplink{plain, with(func(u *radio.Uplink) { u.Channel = 2 })}},
		{"another SF", []radio.Uplink{plain, with(func(u *radio.Uplink) { u.Modulation = radio.LoRa{SF: 8} })}, nil, []radio.Uplink{plain, with(func(u *radio.Uplink) { u.Modulation = radio.LoRa{SF: 8} })}},
		{"sorted by time", []radio.Uplink{heard("c", 3000, ok, false), heard("b", 2000, ok, false), plain}, nil, []radio.Uplink{plain, heard("b", 2000, ok, false), heard("c", 3000, ok, false)}},
		{"delivered already", []radio.Uplink{fine}, []radio.Uplink{plain}, nil},
		{"delivered already, but bad", []radio.Uplink{plain}, []radio.Uplink{heard("a", 1000, bad, false)}, []radio.Uplink{plain}},
		{"bad again", []radio.Uplink{heard("a", 1001, bad, false)}, []radio.Uplink{heard("a", 1000, bad, false)}, nil},
	} {
		n := len(c.heard)
		got, twins := mergeTwins(c.heard, c.earlier)
		if len(got) != len(c.want) || twins != n-len(c.want) {
			t.Errorf("%s: %d uplinks, %d twins", c.name, len(got), twins)
			continue
		}
		for i := range got {
			if diff := cmp.Diff(c.want[i], got[i]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		}
	}
}

func TestFineTimestampMode(t *testing.T) {
	const second = 32_000_000
	setup := europeRX()
	setup.fine = true
	chip := &fakeChip{counter: 2 * second}
	r := newTestReceiver(t, chip, setup)
	plain := changed(aPacket("seventeen bytes!!"), func(p *Packet) { p.Ticks = second })
	fine := changed(plain, func(p *Packet) {
		p.Modem, p.TimingSet, p.Metrics, p.Ticks = 9, true, []byte{1, 0xFE, 3, 0x80}, second+32
	})
	early := changed(aPacket("earlier"), func(p *Packet) { p.Ticks = second / 2 })
	chip.buffer = fifoOf(plain, fine, early)

	got := mustPoll(t, r)
	if diff := cmp.Diff([]string{"earlier", "seventeen bytes!!"}, payloads(got.uplinks)); diff != "" || got.counts.Twins != 1 {
		t.Fatalf("%d twins, uplinks (-want +got):\n%s", got.counts.Twins, diff)
	}
	u := got.uplinks[1]
	want := radio.FineTime{Set: true, Counter: second + 32, Metrics: []int8{1, -2, 3, -128}}
	if diff := cmp.Diff(want, u.Fine); diff != "" {
		t.Errorf("fine time (-want +got):\n%s", diff)
	}
	if u.Timestamp.Micros != 1<<27+1_000_001+81901 {
		t.Errorf("end of the frame at %v", u.Timestamp)
	}

	chip.buffer = fifoOf(changed(plain, func(p *Packet) { p.Ticks = second - 32 }))
	if again := mustPoll(t, r); len(again.uplinks) != 0 || again.counts.Twins != 1 {
		t.Errorf("the twin in the next poll: %d uplinks, %+v", len(again.uplinks), again.counts)
	}
}

// In legacy mode the modems' metrics mean nothing.
func TestNoFineTimeInLegacyMode(t *testing.T) {
	p := changed(aPacket("x"), func(p *Packet) { p.TimingSet, p.Metrics = true, []byte{1, 2} })
	chip := &fakeChip{buffer: fifoOf(p, p)}
	got := mustPoll(t, newTestReceiver(t, chip, europeRX()))
	if len(got.uplinks) != 2 || got.uplinks[0].Fine.Set {
		t.Errorf("%d uplinks, fine time %+v", len(got.uplinks), got.uplinks[0].Fine)
	}
}

func TestFineTimeNeedsMetricsAndTheModem(t *testing.T) {
	for _, p := range []Packet{
		{TimingSet: true},
		{Metrics: []byte{1, 2}},
	} {
		if got := fineTime(&p); got.Set || got.Metrics != nil {
			t.Errorf("%+v: %+v", p, got)
		}
	}
}

func TestEarlierUplinksAreNotTheCallers(t *testing.T) {
	setup := europeRX()
	setup.fine = true
	chip := &fakeChip{counter: 64_000_000}
	r := newTestReceiver(t, chip, setup)
	p := aPacket("once")
	chip.buffer = fifoOf(p)
	got := mustPoll(t, r).uplinks
	got[0].Timestamp = got[0].Timestamp.Add(time.Hour)
	chip.buffer = fifoOf(p)
	if again := mustPoll(t, r); len(again.uplinks) != 0 {
		t.Errorf("%d uplinks", len(again.uplinks))
	}
}
