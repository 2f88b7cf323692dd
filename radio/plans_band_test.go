package radio

import (
	"strings"
	"testing"

	"github.com/brocaar/lorawan"
	"github.com/brocaar/lorawan/band"
)

// bandOf is brocaar/lorawan's table of a plan's region. What that has right is
// compared here; it has no concentrator plans, no EIRP of gateways, and no data
// rates of RP002-1.0.5.
func bandOf(t *testing.T, p Plan) band.Band {
	t.Helper()
	name, part, _ := strings.Cut(p.Name, "_")
	if name == "AS923" && part != "" {
		name += "-" + part
	}
	b, err := band.GetConfig(band.Name(name), false, lorawan.DwellTimeNoLimit)
	if err != nil {
		t.Fatalf("%s: %v", p.Name, err)
	}
	return b
}

func TestBandAgreesOnReceiveTwo(t *testing.T) {
	for _, p := range Plans() {
		d := bandOf(t, p).GetDefaults()
		if got := (ReceiveTwo{Hertz(d.RX2Frequency), d.RX2DataRate}); got != p.RX2 {
			t.Errorf("%s: RX2 %v, band %v", p.Name, p.RX2, got)
		}
	}
}

func TestBandAgreesOnReceiveOne(t *testing.T) {
	for _, p := range Plans() {
		b := bandOf(t, p)
		for _, i := range b.GetUplinkChannelIndices() {
			checkReceiveOne(t, p, b, i)
		}
		if f, ok := p.RX1Frequency(700 * MHz); ok {
			t.Errorf("%s: 700 MHz is answered at %v", p.Name, f)
		}
	}
}

func checkReceiveOne(t *testing.T, p Plan, b band.Band, channel int) {
	t.Helper()
	c, err := b.GetUplinkChannel(channel)
	if err != nil {
		t.Fatal(err)
	}
	want, err := b.GetRX1FrequencyForUplinkFrequency(c.Frequency)
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := p.RX1Frequency(Hertz(c.Frequency)); !ok || got != Hertz(want) {
		t.Errorf("%s: RX1 of %d is %v %v, band %d", p.Name, c.Frequency, got, ok, want)
	}
}

// Every default channel of the region is in one of its plans, at the place the
// region's numbering gives it.
func TestBandAgreesOnChannels(t *testing.T) {
	heard := map[string]map[Hertz]bool{}
	for _, p := range Plans() {
		name := bandOf(t, p).Name()
		if heard[name] == nil {
			heard[name] = map[Hertz]bool{}
		}
		for _, f := range p.MultiSF {
			heard[name][f] = true
		}
		if p.Service != nil {
			heard[name][p.Service.Frequency] = true
		}
	}
	for _, p := range Plans() {
		b := bandOf(t, p)
		for _, i := range b.GetUplinkChannelIndices() {
			c, err := b.GetUplinkChannel(i)
			if err != nil {
				t.Fatal(err)
			}
			if !heard[b.Name()][Hertz(c.Frequency)] {
				t.Errorf("%s: no plan hears %d", b.Name(), c.Frequency)
			}
		}
	}
}

// A numbered plan has the channels 8n to 8n+7 of its region, and service channel 64+n.
func TestBandAgreesOnSubBands(t *testing.T) {
	for _, region := range []string{"US915", "AU915", "CN470"} {
		for n := 0; ; n++ {
			p, err := PlanNamed(numbered(region, n))
			if err != nil {
				break
			}
			b := bandOf(t, p)
			for k, f := range p.MultiSF {
				checkChannel(t, p, b, 8*n+k, f)
			}
			if p.Service != nil {
				checkChannel(t, p, b, 64+n, p.Service.Frequency)
			}
		}
	}
}

func checkChannel(t *testing.T, p Plan, b band.Band, number int, f Hertz) {
	t.Helper()
	if c, err := b.GetUplinkChannel(number); err != nil || Hertz(c.Frequency) != f {
		t.Errorf("%s: channel %d is %v, band %d, %v", p.Name, number, f, c.Frequency, err)
	}
}

func TestBandAgreesOnDataRates(t *testing.T) {
	for _, p := range Plans() {
		b := bandOf(t, p)
		for i := range 16 {
			d, err := b.GetDataRate(i)
			if err != nil || d.Modulation == band.LRFHSSModulation {
				continue
			}
			checkRate(t, p, b, i, d)
		}
	}
}

// checkRate finds the band's rate in each direction the band uses it in.
func checkRate(t *testing.T, p Plan, b band.Band, index int, d band.DataRate) {
	t.Helper()
	for direction, up := range map[Direction]bool{Up: true, Down: false} {
		if got, err := b.GetDataRateIndex(up, d); err != nil || got != index {
			continue
		}
		m, ok := p.DataRate(direction, index)
		if !ok || !sameRate(m, d) {
			t.Errorf("%s DR%d direction %d: %v, band %+v", p.Name, index, direction, m, d)
		}
	}
}

func sameRate(m Modulation, d band.DataRate) bool {
	switch m := m.(type) {
	case LoRa:
		return d.Modulation == band.LoRaModulation && int(m.SF) == d.SpreadFactor && m.Bandwidth == Hertz(d.Bandwidth)*KHz
	case FSK:
		return d.Modulation == band.FSKModulation && int(m.BitRate) == d.BitRate
	}
	return false
}

// The band's downlink powers are ERP or cautious: never above our EIRP.
func TestBandPowerIsNotAboveOurs(t *testing.T) {
	for _, p := range Plans() {
		b := bandOf(t, p)
		for _, f := range append([]Hertz{p.RX2.Frequency}, p.MultiSF...) {
			rx1, ok := p.RX1Frequency(f)
			if !ok {
				rx1 = f
			}
			most, _ := p.MaxEIRP(rx1)
			if theirs := LevelOf(float64(b.GetDownlinkTXPower(uint32(rx1)))); theirs > most {
				t.Errorf("%s at %v: %v, band %v", p.Name, rx1, most, theirs)
			}
		}
	}
}
