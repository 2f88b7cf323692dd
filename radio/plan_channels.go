package radio

import (
	"errors"
	"fmt"
	"slices"
)

// Channel is a frequency to receive on, as a network asks for it.
type Channel struct {
	Frequency Hertz
	Bandwidth Hertz
	SFs       []SpreadingFactor // of a LoRa channel; none: FSK
	BitRate   uint32            // of an FSK channel, bit/s
}

// multiSFLimit is how many channels the multi-SF modems of an SX1302 hear.
const multiSFLimit = 8

// WithChannels is the plan with other channels to receive on, and radio centres that
// reach all of them. Everything about transmitting stays as it is: that is the
// region's. LoRa at 125 kHz is heard at every spreading factor; one wider LoRa
// channel with a single spreading factor and one FSK channel may be added. An error
// names the channel that cannot be had, or what is missing.
func (p Plan) WithChannels(channels []Channel) (Plan, error) {
	p.MultiSF, p.Service, p.FSK = nil, nil, nil
	for i, c := range channels {
		if err := p.addChannel(c); err != nil {
			return Plan{}, fmt.Errorf("channel %d at %v: %w", i, c.Frequency, err)
		}
	}
	if len(p.MultiSF) == 0 {
		return Plan{}, fmt.Errorf("%d channels, none of them LoRa at 125 kHz: want 1 to %d of those", len(channels), multiSFLimit)
	}
	p.Radios = centresOf(p.frequencies())
	for _, f := range p.frequencies() {
		if _, _, ok := p.Radio(f); !ok {
			return Plan{}, fmt.Errorf("the channel at %v is out of reach: two radios hear %d kHz to each side of their centres, at best %v and %v",
				f, reach/KHz, p.Radios[0], p.Radios[1])
		}
	}
	return p, nil
}

// addChannel gives a channel to the modem that can receive it.
func (p *Plan) addChannel(c Channel) error {
	switch {
	case len(c.SFs) == 0:
		return p.addFSK(c)
	case !validBandwidth(c.Bandwidth):
		return fmt.Errorf("LoRa bandwidth of %d Hz: want 125000, 250000 or 500000", c.Bandwidth)
	case slices.ContainsFunc(c.SFs, func(sf SpreadingFactor) bool { return !sf.valid() }):
		return fmt.Errorf("LoRa spreading factors %v: want 5 to 12", c.SFs)
	case c.Bandwidth > 125*KHz:
		return p.addService(c)
	case len(p.MultiSF) == multiSFLimit:
		return fmt.Errorf("want at most %d LoRa channels of 125 kHz", multiSFLimit)
	case slices.Contains(p.MultiSF, c.Frequency):
		return errors.New("the channel is there twice")
	}
	p.MultiSF = append(p.MultiSF, c.Frequency)
	return nil
}

func (p *Plan) addService(c Channel) error {
	switch {
	case p.Service != nil:
		return errors.New("want at most one LoRa channel of 250 or 500 kHz")
	case len(c.SFs) != 1:
		return fmt.Errorf("a LoRa channel of %d kHz has %d spreading factors: want 1", c.Bandwidth/KHz, len(c.SFs))
	}
	p.Service = &ServiceChannel{Frequency: c.Frequency, SF: c.SFs[0], Bandwidth: c.Bandwidth}
	return nil
}

func (p *Plan) addFSK(c Channel) error {
	if err := (FSK{BitRate: c.BitRate}).Validate(); err != nil {
		return err
	}
	if p.FSK != nil {
		return errors.New("want at most one FSK channel")
	}
	p.FSK = &FSKChannel{Frequency: c.Frequency, Bandwidth: c.Bandwidth, BitRate: c.BitRate}
	return nil
}

// frequencies are all that the plan receives on.
func (p Plan) frequencies() []Hertz {
	list := slices.Clone(p.MultiSF)
	if p.Service != nil {
		list = append(list, p.Service.Frequency)
	}
	if p.FSK != nil {
		list = append(list, p.FSK.Frequency)
	}
	return list
}

// centresOf places two radios among frequencies so that the one farthest from its
// radio is as near as can be: of all ways to cut the ascending list in two, the one
// whose wider part is narrowest.
func centresOf(frequencies []Hertz) [2]Hertz {
	slices.Sort(frequencies)
	last := len(frequencies) - 1
	best, narrowest := [2]Hertz{frequencies[0], frequencies[last]}, frequencies[last]-frequencies[0]+1
	for cut := range last {
		a, b := frequencies[:cut+1], frequencies[cut+1:]
		if wider := max(width(a), width(b)); wider < narrowest {
			best, narrowest = [2]Hertz{middle(a), middle(b)}, wider
		}
	}
	return best
}

func width(ascending []Hertz) Hertz  { return ascending[len(ascending)-1] - ascending[0] }
func middle(ascending []Hertz) Hertz { return (ascending[0] + ascending[len(ascending)-1]) / 2 }
