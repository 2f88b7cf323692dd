package otaa

import (
	"fmt"
	"slices"
	"strings"

	"github.com/brocaar/lorawan"

	"hexspot/radio"
)

// joinChannels are how many of a plan's channels every device of the region knows
// from the start (RP002). Regions that are not named have fixed plans: devices are
// set to the sub-band's channels.
var joinChannels = map[string]int{"EU868": 3, "EU433": 3, "IN865": 3, "KR920": 3, "RU864": 2, "AS923": 2}

// listMost is how many channels fit into a join accept.
const listMost = 5

// JoinChannels are those that a device may send join requests on.
func JoinChannels(plan radio.Plan) []radio.Hertz {
	region, _, _ := strings.Cut(plan.Name, "_")
	if n, ok := joinChannels[region]; ok {
		return slices.Clone(plan.MultiSF[:min(n, len(plan.MultiSF))])
	}
	return slices.Clone(plan.MultiSF)
}

// ChannelList is the CFList of the plan's join accepts: the channels beyond those
// for joining, or in a fixed plan the mask of the sub-band's. It is nil if devices
// know all channels.
func ChannelList(plan radio.Plan) *lorawan.CFList {
	if len(plan.RX1.Uplinks) > 0 {
		return &lorawan.CFList{CFListType: lorawan.CFListChannelMask, Payload: channelMask(plan)}
	}
	more := plan.MultiSF[len(JoinChannels(plan)):]
	if len(more) == 0 {
		return nil
	}
	var list lorawan.CFListChannelPayload
	for i, f := range more[:min(len(more), listMost)] {
		list.Channels[i] = uint32(f)
	}
	return &lorawan.CFList{CFListType: lorawan.CFListChannel, Payload: &list}
}

func channelMask(plan radio.Plan) *lorawan.CFListChannelMaskPayload {
	masks := make([]lorawan.ChMask, maskMost)
	for _, f := range plan.MultiSF {
		if i, ok := plan.RX1.Uplinks[0].Index(f); ok && i < maskMost*maskBits {
			masks[i/maskBits][i%maskBits] = true
		}
	}
	return &lorawan.CFListChannelMaskPayload{ChannelMasks: masks}
}

// A join accept has room for so many masks of so many channels.
const (
	maskMost = 6
	maskBits = 16
)

// Channels are those that a device may use after a join accept with this list.
func Channels(plan radio.Plan, list *lorawan.CFList) ([]radio.Hertz, error) {
	known := JoinChannels(plan)
	if list == nil {
		return known, nil
	}
	switch p := list.Payload.(type) {
	case *lorawan.CFListChannelPayload:
		return listed(plan, known, p)
	case *lorawan.CFListChannelMaskPayload:
		return masked(plan, p)
	}
	return nil, fmt.Errorf("channel list of type %d", list.CFListType)
}

func listed(plan radio.Plan, known []radio.Hertz, list *lorawan.CFListChannelPayload) ([]radio.Hertz, error) {
	if len(plan.RX1.Uplinks) > 0 {
		return nil, fmt.Errorf("channel list of frequencies: %s has fixed channels", plan.Name)
	}
	for _, f := range list.Channels {
		switch f := radio.Hertz(f); {
		case f == 0 || slices.Contains(known, f):
		case !plan.Transmit.Contains(f):
			return nil, fmt.Errorf("channel list: %v is not in %s", f, plan.Name)
		default:
			known = append(known, f)
		}
	}
	return known, nil
}

// masked keeps of the mask what the device's radio is set to use: the 125 kHz
// channels.
func masked(plan radio.Plan, list *lorawan.CFListChannelMaskPayload) ([]radio.Hertz, error) {
	if len(plan.RX1.Uplinks) == 0 {
		return nil, fmt.Errorf("channel list of masks: %s has no fixed channels", plan.Name)
	}
	var channels []radio.Hertz
	row := plan.RX1.Uplinks[0]
	for i, mask := range list.ChannelMasks {
		for j, on := range mask {
			if number := i*maskBits + j; on && number < row.Count {
				channels = append(channels, row.At(number))
			}
		}
	}
	if len(channels) == 0 {
		return nil, fmt.Errorf("channel list: the mask leaves no channel of 125 kHz")
	}
	return channels, nil
}
