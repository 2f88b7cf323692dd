package demo

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// channel is where a frame is on the air: what a plan must have to hear it.
type channel struct {
	frequency radio.Hertz
	rate      string // "SF7BW125", "FSK50000"
}

func channelOf(f emulator.Frame) channel { return channel{f.Frequency, f.Modulation.String()} }

func (c channel) String() string { return fmt.Sprintf("%v %s", c.frequency, c.rate) }

// hears says whether a concentrator of the plan has a modem for the channel.
func hears(p radio.Plan, c channel) bool {
	switch m, err := radio.ParseDataRate(c.rate); m := m.(type) {
	case radio.FSK:
		return err == nil && p.FSK != nil && p.FSK.Frequency == c.frequency && p.FSK.BitRate == m.BitRate
	case radio.LoRa:
		return m.Bandwidth == 125*radio.KHz && slices.Contains(p.MultiSF, c.frequency) || serves(p.Service, m, c.frequency)
	}
	return false
}

func serves(s *radio.ServiceChannel, m radio.LoRa, f radio.Hertz) bool {
	return s != nil && s.Frequency == f && s.SF == m.SF && s.Bandwidth == m.Bandwidth
}

// channels are the distinct channels of the receptions, by frequency and rate.
func channels(receptions []Reception) []channel {
	seen := map[channel]bool{}
	var list []channel
	for _, r := range receptions {
		if c := channelOf(r.Frame); !seen[c] {
			seen[c] = true
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b channel) int {
		return cmp.Or(cmp.Compare(a.frequency, b.frequency), strings.Compare(a.rate, b.rate))
	})
	return list
}

// choosePlan gives the named plan, or, without a name, the first that hears
// every channel. The plan must hear all.
func choosePlan(region string, used []channel) (radio.Plan, error) {
	plans := radio.Plans()
	if region != "" {
		plan, err := radio.PlanNamed(region)
		if err != nil {
			return radio.Plan{}, err
		}
		plans = []radio.Plan{plan}
	}
	for _, p := range plans {
		if len(unheard(p, used)) == 0 {
			return p, nil
		}
	}
	return radio.Plan{}, noPlan(plans, used)
}

func unheard(p radio.Plan, used []channel) []channel {
	return slices.DeleteFunc(slices.Clone(used), func(c channel) bool { return hears(p, c) })
}

// noPlan names what the plan, or of several the nearest, does not hear.
func noPlan(plans []radio.Plan, used []channel) error {
	nearest := slices.MinFunc(plans, func(a, b radio.Plan) int {
		return cmp.Compare(len(unheard(a, used)), len(unheard(b, used)))
	})
	missing := unheard(nearest, used)
	switch {
	case len(plans) == 1:
		return fmt.Errorf("plan %s has no channel for %s", nearest.Name, listed(missing))
	case len(missing) == len(used):
		return fmt.Errorf("no channel plan has a channel for %s", listed(used))
	}
	return errors.Join(fmt.Errorf("no channel plan has a channel for every frame of the record"),
		fmt.Errorf("the nearest, %s, lacks %s", nearest.Name, listed(missing)))
}

// listedMost bounds an error message.
const listedMost = 12

func listed(list []channel) string {
	texts := make([]string, min(len(list), listedMost))
	for i := range texts {
		texts[i] = list[i].String()
	}
	text := strings.Join(texts, ", ")
	if more := len(list) - len(texts); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
