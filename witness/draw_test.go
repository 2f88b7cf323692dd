package witness

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"hexspot/radio"
)

func TestDrawVectors(t *testing.T) {
	v := loadVectors(t).Draws
	for i, c := range v {
		timing, plan := scheduleNamed(t, c.Timing).Timing, c.plan(t)
		window := Lot{radio.Network(c.Network), stationOf(t, c.Station), Entropy(c.WindowValue)}
		lot := Lot{window.Network, window.Station, Entropy(c.DueValue)}
		got := []uint64{window.Draw("slot"), lot.Draw("time"), lot.Draw("channel"), lot.Draw("rate"), lot.Draw("power")}
		for j, want := range []number{c.DrawSlot, c.DrawTime, c.DrawChannel, c.DrawRate, c.DrawPower} {
			if got[j] != want.uint() {
				t.Errorf("%d: draw %d is %d, want %s", i, j, got[j], want.text)
			}
		}
		if due := timing.DueSlot(Slot(c.WindowFirst.uint()), window); due != Slot(c.Due.uint()) {
			t.Errorf("%d: due slot %d, want %s", i, due, c.Due.text)
		}
		drawn, err := timing.DrawBeacon(Slot(c.Due.uint()), lot, plan)
		if err != nil {
			t.Fatal(err)
		}
		if want := c.drawn(); drawn != want {
			t.Errorf("%d: %+v, want %+v", i, drawn, want)
		}
		if plan.BeaconMaxEIRP != radio.DBm(c.Cap.int()) {
			t.Errorf("%d: cap %v", i, plan.BeaconMaxEIRP)
		}
		antenna := Antenna{radio.DB(c.Gain.int()), radio.DB(c.Loss.int())}
		checkLevel(t, antenna, drawn.EIRP, plan.BeaconMaxEIRP, c.Levels, c.Conducted)
	}
	if len(v) == 0 {
		t.Error("no vectors")
	}
}

func (c drawVector) drawn() Drawn {
	return Drawn{
		Slot:      Slot(c.Due.uint()),
		Start:     Millis(c.Start.int()),
		Channel:   int(c.Channel.int()),
		Frequency: radio.Hertz(c.Frequency.int()),
		SF:        radio.SpreadingFactor(c.SF.uint()),
		Step:      radio.DB(c.Step.int()),
		EIRP:      radio.DBm(c.EIRP.int()),
	}
}

// plan is the one of the vector's region with its channels: the vectors leave out
// the sub-band.
func (c drawVector) plan(t *testing.T) radio.Plan {
	t.Helper()
	var channels []radio.Hertz
	for _, f := range c.Frequencies {
		channels = append(channels, radio.Hertz(f.int()))
	}
	for _, plan := range radio.Plans() {
		sameRegion := plan.Name == c.Region || strings.HasPrefix(plan.Name, c.Region+"_")
		if sameRegion && slices.Equal(plan.BeaconChannels, channels) {
			return plan
		}
	}
	t.Fatalf("no plan of %s has the channels %v", c.Region, channels)
	return radio.Plan{}
}

func checkLevel(t *testing.T, a Antenna, drawn, limit radio.DBm, levels []number, want *number) {
	t.Helper()
	got, ok := a.ConductedLevel(drawn, limit, levelsOf(levels))
	if ok != (want != nil) || ok && got != radio.DBm(want.int()) {
		t.Errorf("%+v drawn %v limit %v: %v, %v", a, drawn, limit, got, ok)
	}
	if ok && a.EIRP(got) > limit {
		t.Errorf("%+v: %v is over the limit", a, got)
	}
}

func TestConductedLevelVectors(t *testing.T) {
	v := loadVectors(t).Levels
	for _, c := range v {
		a := Antenna{radio.DB(c.Gain.int()), radio.DB(c.Loss.int())}
		limit := radio.DBm(c.Cap.int())
		drawn := limit - radio.DBm(c.Step.int())
		if a.Conducted(drawn) != radio.DBm(c.Wanted.int()) {
			t.Errorf("%+v: wanted %v", c, a.Conducted(drawn))
		}
		checkLevel(t, a, drawn, limit, c.Levels, c.Conducted)
	}
	if len(v) == 0 {
		t.Error("no vectors")
	}
}

// TestDrawsOfTheText is the test vector that the protocol's text ends with.
func TestDrawsOfTheText(t *testing.T) {
	network := radio.Network{0xc2, 0xad, 0x0a, 0x99, 0x77, 0x51, 0xe0, 0x40}
	var seed Entropy
	for i := range seed {
		seed[i] = byte(i)
	}
	chain, err := NewChain(network, 28_800_000, 28_801_440, seed)
	if err != nil {
		t.Fatal(err)
	}
	first, _ := chain.Value(28_800_000)
	if chain.X0().String() != "acde3521774fa23936799bdcd9e3c70ca5b8426552e9a8d500a83e28619bc920" ||
		first.String() != "7cf4368f1ceb732a446478d22274f3cade979c68059e516eda0a42ff59a268dd" {
		t.Errorf("x_0 %s, first value %s", chain.X0(), first)
	}
	station := stationOf(t, append([]byte{1}, bytes.Repeat([]byte{0x22}, 32)...))
	timing := scheduleNamed(t, "default").Timing
	due := timing.DueSlot(28_800_000, Lot{network, station, first})
	if due != 28_800_137 {
		t.Fatalf("due slot %d", due)
	}
	x, _ := chain.Value(due)
	drawn, err := timing.DrawBeacon(due, Lot{network, station, x}, planNamed(t, "EU868"))
	if err != nil {
		t.Fatal(err)
	}
	if drawn.Start != 1_728_008_246_804 || drawn.Channel != 6 || drawn.SF != 10 || drawn.Step != 600 {
		t.Errorf("%+v", drawn)
	}
	if mark := MarkOf(network, x).String(); mark != "d916338e" {
		t.Errorf("mark %s", mark)
	}
}

func TestDrawWithoutChannels(t *testing.T) {
	timing := scheduleNamed(t, "demo").Timing
	lot := Lot{Station: testNetwork{t, 1}.station()}
	if _, err := timing.DrawBeacon(5, lot, radio.Plan{}); !errors.Is(err, errNoChannels) {
		t.Error(err)
	}
}

func TestTimeOnAir(t *testing.T) {
	for sf, want := range map[radio.SpreadingFactor]time.Duration{10: 370_688 * time.Microsecond} {
		if got := Modulation(sf).TimeOnAir(FrameSize); got != want {
			t.Errorf("SF%d: %v", sf, got)
		}
	}
	if Modulation(10).TimeOnAir(FrameSize+1) <= 400*time.Millisecond {
		t.Error("one byte more keeps the dwell limit")
	}
}
