package mqtt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"

	"hexspot/radio"
)

// How a configuration is applied: the concentrator starts in some seconds, unless it
// is away; one is not started all the time because a network wants it so.
const (
	configureLimit = time.Minute
	configurePause = 10 * time.Second
	maxVersion     = 128
	maxChannels    = 32
)

// configure leaves a configuration for reconfigure; of several only the latest counts.
func (c *Client) configure(m *gw.GatewayConfiguration) { replace(c.configurations, m) }

// replace puts a value into a channel with room for one, in place of what is there.
func replace[T any](room chan T, value T) {
	for {
		select {
		case room <- value:
			return
		default:
		}
		select {
		case <-room:
		default:
		}
	}
}

// reconfigure applies configurations until ctx ends.
func (c *Client) reconfigure(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case m := <-c.configurations:
			if m.Version != "" && m.Version == c.version() {
				continue
			}
			if err := c.apply(ctx, m); err != nil && ctx.Err() == nil {
				c.log.Warn("refusing a configuration, the present one stays", "version", clip(m.Version), "error", err)
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(configurePause):
		}
	}
}

// apply does all of what a configuration asks for, or nothing.
func (c *Client) apply(ctx context.Context, m *gw.GatewayConfiguration) error {
	if len(m.Version) > maxVersion {
		return fmt.Errorf("version of %d bytes: want at most %d", len(m.Version), maxVersion)
	}
	interval := m.StatsInterval.AsDuration()
	if m.StatsInterval != nil {
		if err := checkRange("stats_interval", interval, minStatsInterval, maxStatsInterval); err != nil {
			return err
		}
	}
	if err := c.applyChannels(ctx, m.Channels); err != nil {
		return err
	}
	if interval > 0 {
		replace(c.intervals, interval)
	}
	c.keepVersion(m.Version)
	c.log.Info("the network has configured the gateway", "version", clip(m.Version), "channels", len(m.Channels), "stats_interval", interval)
	return nil
}

// applyChannels changes the channels, unless a configuration has none.
func (c *Client) applyChannels(ctx context.Context, list []*gw.ChannelConfiguration) error {
	if len(list) == 0 {
		return nil
	}
	if c.station.Configure == nil {
		return errors.New("the channels of this hotspot are not for this network to set")
	}
	channels, err := channelsOf(list)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, configureLimit)
	defer cancel()
	return c.station.Configure(ctx, channels)
}

// channelsOf reads the channels of a configuration. Whether a concentrator can have
// them is for the concentrator to say.
func channelsOf(list []*gw.ChannelConfiguration) ([]radio.Channel, error) {
	if len(list) > maxChannels {
		return nil, fmt.Errorf("%d channels: want at most %d", len(list), maxChannels)
	}
	channels := make([]radio.Channel, len(list))
	for i, m := range list {
		var err error
		if channels[i], err = channelOf(m); err != nil {
			return nil, fmt.Errorf("channel %d: %w", i, err)
		}
	}
	return channels, nil
}

func channelOf(m *gw.ChannelConfiguration) (radio.Channel, error) {
	channel := radio.Channel{Frequency: radio.Hertz(m.GetFrequency())}
	switch p := m.GetModulationConfig().(type) {
	case *gw.ChannelConfiguration_LoraModulationConfig:
		channel.Bandwidth = radio.Hertz(p.LoraModulationConfig.GetBandwidth())
		for _, sf := range p.LoraModulationConfig.GetSpreadingFactors() {
			if sf < 5 || sf > 12 || len(channel.SFs) > 7 {
				return radio.Channel{}, fmt.Errorf("spreading factor %d: want some of 5 to 12, each once", sf)
			}
			channel.SFs = append(channel.SFs, radio.SpreadingFactor(sf))
		}
		if len(channel.SFs) == 0 {
			return radio.Channel{}, errors.New("there are no spreading factors")
		}
	case *gw.ChannelConfiguration_FskModulationConfig:
		channel.Bandwidth = radio.Hertz(p.FskModulationConfig.GetBandwidth())
		channel.BitRate = p.FskModulationConfig.GetBitrate()
	default:
		return radio.Channel{}, errors.New("there is no modulation")
	}
	return channel, nil
}

func (c *Client) version() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.configured
}

func (c *Client) keepVersion(version string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.configured = version
}
