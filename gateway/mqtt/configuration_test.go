package mqtt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"hexspot/gateway"
	"hexspot/radio"
)

func multiSF(f uint32, sfs ...uint32) *gw.ChannelConfiguration {
	return &gw.ChannelConfiguration{Frequency: f, ModulationConfig: &gw.ChannelConfiguration_LoraModulationConfig{
		LoraModulationConfig: &gw.LoraModulationConfig{Bandwidth: 125_000, SpreadingFactors: sfs},
	}}
}

func fskChannel(f, rate uint32) *gw.ChannelConfiguration {
	return &gw.ChannelConfiguration{Frequency: f, ModulationConfig: &gw.ChannelConfiguration_FskModulationConfig{
		FskModulationConfig: &gw.FskModulationConfig{Bandwidth: 125_000, Bitrate: rate},
	}}
}

func TestChannelsOf(t *testing.T) {
	got, err := channelsOf([]*gw.ChannelConfiguration{multiSF(868_100_000, 7, 12), fskChannel(868_800_000, 50_000)})
	want := []radio.Channel{
		{Frequency: 868_100_000, Bandwidth: 125_000, SFs: []radio.SpreadingFactor{7, 12}},
		{Frequency: 868_800_000, Bandwidth: 125_000, BitRate: 50_000},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	for want, list := range map[string][]*gw.ChannelConfiguration{
		"33 channels":                  slices.Repeat([]*gw.ChannelConfiguration{multiSF(1, 7)}, 33),
		"channel 1: there is no modul": {multiSF(1, 7), {Frequency: 1}},
		"channel 0: there is no modul": {nil},
		"no spreading factors":         {multiSF(1)},
		"no spreading factors ":        {{ModulationConfig: &gw.ChannelConfiguration_LoraModulationConfig{}}},
		"spreading factor 4":           {multiSF(1, 4)},
		"spreading factor 263":         {multiSF(1, 263)},
		"each once":                    {multiSF(1, slices.Repeat([]uint32{7}, 9)...)},
	} {
		if got, err := channelsOf(list); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) || got != nil {
			t.Errorf("%v, %v, want %q", got, err, want)
		}
	}
}

// concentrator is a stand-in that has any channels but those at 1 Hz.
type concentrator struct {
	mu     sync.Mutex
	asked  [][]radio.Channel
	moment []time.Time
}

func (x *concentrator) configure(_ context.Context, channels []radio.Channel) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.asked, x.moment = append(x.asked, channels), append(x.moment, time.Now())
	if channels[0].Frequency == 1 {
		return errors.New("no such channel")
	}
	return nil
}

func configuration(version string, interval *durationpb.Duration, channels ...*gw.ChannelConfiguration) message {
	m := &gw.GatewayConfiguration{GatewayId: testEUI.String(), Version: version, StatsInterval: interval, Channels: channels}
	return message{topic: strings.Replace(downTopic, "down", "config", 1), payload: must(proto.Marshal(m))}
}

// configured has a client hear configurations, 20 s apart, and gives its log.
func configured(t *testing.T, station Station, messages ...message) (c *Client, log string) {
	t.Helper()
	var text bytes.Buffer
	c, err := New(Config{Server: "tcp://h:1"}, station, slog.New(slog.NewTextHandler(&text, nil)))
	if err != nil {
		t.Fatal(err)
	}
	stop := start(t, c.reconfigure)
	for _, m := range messages {
		(&session{client: c}).command(nil, m)
		time.Sleep(2 * configurePause)
	}
	stop()
	return c, text.String()
}

func TestConfiguration(t *testing.T) {
	usual := multiSF(868_100_000, 7)
	long := strings.Repeat("v", maxVersion+1)
	for _, c := range []struct {
		name     string
		messages []message
		version  string
		asked    int
		log      string // what is logged
	}{
		{"taken", []message{configuration("a", nil, usual)}, "a", 1, "has configured"},
		{"same version", []message{configuration("a", nil, usual), configuration("a", nil, usual)}, "a", 1, "has configured"},
		{"next version", []message{configuration("a", nil, usual), configuration("b", nil, usual)}, "b", 2, "version=b"},
		{"no version", []message{configuration("", nil, usual), configuration("", nil, usual)}, "", 2, "has configured"},
		{"only an interval", []message{configuration("a", durationpb.New(time.Minute))}, "a", 0, "stats_interval=1m0s"},
		{"impossible", []message{configuration("a", nil, usual), configuration("b", nil, multiSF(1, 7))}, "a", 2, "no such channel"},
		{"unreadable channels", []message{configuration("a", nil, usual), configuration("b", nil, &gw.ChannelConfiguration{})}, "a", 1, "no modulation"},
		{"interval of a nanosecond", []message{configuration("a", durationpb.New(1), usual)}, "", 0, "stats_interval"},
		{"interval of zero", []message{configuration("a", &durationpb.Duration{}, usual)}, "", 0, "stats_interval"},
		{"interval of 10,000 years", []message{configuration("a", &durationpb.Duration{Seconds: math.MaxInt64}, usual)}, "", 0, "stats_interval"},
		{"long version", []message{configuration(long, nil, usual)}, "", 0, "129 bytes"},
		{"sent twice by the broker", []message{configuration("a", nil, usual), {again: true, topic: configuration("a", nil).topic, payload: configuration("a", nil, usual).payload}}, "a", 1, "has configured"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				station, x := testStation(t), &concentrator{}
				station.Configure = x.configure
				client, log := configured(t, station, c.messages...)
				if client.version() != c.version || len(x.asked) != c.asked || !strings.Contains(log, c.log) || strings.Contains(log, long) {
					t.Errorf("version %q, asked %d times, logged %s", client.version(), len(x.asked), log)
				}
			})
		})
	}
}

func TestConfigurationIsNotForThisNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, log := configured(t, testStation(t), configuration("a", nil, multiSF(868_100_000, 7)), configuration("b", durationpb.New(time.Minute)))
		if client.version() != "b" || !strings.Contains(log, "not for this network") {
			t.Errorf("version %q, logged %s", client.version(), log)
		}
	})
}

// TestConfigurationRate: of a flood of configurations the latest is applied, and the
// concentrator is started again at most once in ten seconds.
func TestConfigurationRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		station, x := testStation(t), &concentrator{}
		station.Configure = x.configure
		c, err := New(Config{Server: "tcp://h:1"}, station, quiet())
		if err != nil {
			t.Fatal(err)
		}
		stop := start(t, c.reconfigure)
		for i := range 1000 {
			(&session{client: c}).command(nil, configuration(fmt.Sprint(i), nil, multiSF(868_000_000+uint32(i), 7)))
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(time.Minute)
		stop()
		for i := 1; i < len(x.moment); i++ {
			if apart := x.moment[i].Sub(x.moment[i-1]); apart < configurePause {
				t.Errorf("%v apart", apart)
			}
		}
		if last := x.asked[len(x.asked)-1][0].Frequency; last != 868_000_999 || c.version() != "999" {
			t.Errorf("ends at %v, version %s", last, c.version())
		}
	})
}

// TestStatisticsFollowConfiguration: the interval and the version of a configuration
// are in force in what is reported.
func TestStatisticsFollowConfiguration(t *testing.T) {
	broker := startBroker(t, "127.0.0.1:0")
	station := testStation(t)
	gatewayOn(t, Config{Server: "tcp://" + broker.address(), StatsInterval: Duration(time.Hour)}, station)
	network := newOperator(t, "tcp://"+broker.address())
	m := configuration("v7", durationpb.New(time.Second))
	network.publish(m.topic, false, m.payload)
	var stats gw.GatewayStats
	if err := proto.Unmarshal(network.await(statsTopic, 1)[0].Payload(), &stats); err != nil || stats.ConfigVersion != "v7" {
		t.Errorf("%v, %v", &stats, err)
	}
}

func FuzzConfiguration(f *testing.F) {
	f.Add(false, configuration("a", durationpb.New(time.Minute), multiSF(868_100_000, 7), fskChannel(1, 1)).payload)
	f.Add(true, []byte(`{"gatewayId":"0123456789abcdef","channels":[{"frequency":1,"loraModulationConfig":{"bandwidth":125000,"spreadingFactors":[7]}}],"statsInterval":"9e9s"}`))
	plan := must(radio.PlanNamed("EU868"))
	f.Fuzz(func(t *testing.T, json bool, payload []byte) {
		_, m, err := Config{JSON: json}.parseCommand(testEUI, strings.Replace(downTopic, "down", "config", 1), payload)
		if err != nil {
			return
		}
		client, err := New(Config{Server: "tcp://h:1"}, Station{EUI: testEUI, Plan: plan, Statistics: gateway.NewStatistics(),
			Configure: func(_ context.Context, channels []radio.Channel) error {
				_, err := plan.WithChannels(channels)
				return err
			}}, quiet())
		if err != nil {
			t.Fatal(err)
		}
		if err := client.apply(t.Context(), m.(*gw.GatewayConfiguration)); err != nil && client.version() != "" {
			t.Errorf("%v, but the version is %q", err, client.version())
		}
		select {
		case interval := <-client.intervals:
			if interval < minStatsInterval || interval > maxStatsInterval {
				t.Errorf("interval %v", interval)
			}
		default:
		}
	})
}
