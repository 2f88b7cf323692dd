package hotspot

import (
	"context"
	"time"

	"hexspot/gateway/mqtt"
	"hexspot/hardware/sx1302"
	"hexspot/radio"
)

// station is the gateway as a network sees it.
func (h *Hotspot) station(info sx1302.Info, output mqtt.Config) mqtt.Station {
	login := func() (username, password string, err error) {
		password, err = h.parts.Key.Token(output.Network, info.EUI, time.Now())
		return h.parts.Key.Station().String(), password, err
	}
	s := mqtt.Station{
		EUI: info.EUI, Plan: h.parts.Chip.Plan, Statistics: h.statistics, Login: login,
		Submit: h.submit, Instant: instantOf(trustedNow, h.counter),
	}
	if h.runner != nil {
		s.Executor = h.runner
	}
	if output.Configurable == nil && len(h.parts.Outputs) == 1 || output.Configurable != nil && *output.Configurable {
		s.Configure = h.configure
	}
	return s
}

// configure receives on other channels; the rules of transmitting stay the region's.
func (h *Hotspot) configure(ctx context.Context, channels []radio.Channel) error {
	plan, err := h.parts.Chip.Plan.WithChannels(channels)
	if err != nil {
		return err
	}
	return h.concentrator.Configure(ctx, plan)
}

// instantOf tells the host's time of a counter value from the time and the counter
// now; counter may be nil. It is zero while one of them is not known.
func instantOf(clock func() time.Time, counter func() radio.Timestamp) func(radio.Timestamp) time.Time {
	return func(t radio.Timestamp) time.Time {
		now := clock()
		if counter == nil || now.IsZero() {
			return time.Time{}
		}
		ago, ok := counter().Sub(t)
		if !ok {
			return time.Time{}
		}
		return now.Add(-ago)
	}
}
