package otaa

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brocaar/lorawan"
	"github.com/brocaar/lorawan/band"
	"pgregory.net/rapid"

	"hexspot/radio"
)

// TestDerive compares with what `openssl enc -aes-128-ecb -nopad` gives for the
// texts 01 010203 130000 3412 00... and 02 the same.
func TestDerive(t *testing.T) {
	root := lorawan.AES128Key{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	s, err := Derive(root, lorawan.DevAddr{1, 2, 3, 4}, 0x030201, lorawan.NetID{0, 0, 0x13}, 0x1234)
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(s.Network[:]); got != "1fcc563bea5d74b352ed4b4d89ebe210" {
		t.Errorf("NwkSKey %s", got)
	}
	if got := hex.EncodeToString(s.App[:]); got != "13c8ffcfd99f531b2229c5d101942ddc" {
		t.Errorf("AppSKey %s", got)
	}
	if _, err := Derive(root, lorawan.DevAddr{}, 1<<24, lorawan.NetID{}, 0); err == nil {
		t.Error("a join nonce of 25 bits was taken")
	}
}

func TestCredentialsDiffer(t *testing.T) {
	seen := map[any]bool{}
	for seed := range uint64(3) {
		for n := range uint32(100) {
			c := CredentialsOf(seed, n)
			if seen[c.AppKey] || seen[c.DevEUI] {
				t.Fatalf("device %d of seed %d is not new: %v", n, seed, c.DevEUI)
			}
			seen[c.AppKey], seen[c.DevEUI] = true, true
		}
	}
	first, again := CredentialsOf(7, 9), CredentialsOf(7, 9)
	if first != again {
		t.Error("the same device differs")
	}
}

func TestCounter(t *testing.T) {
	for _, c := range []struct {
		next uint64
		low  uint16
		full uint32
		want Freshness
	}{
		{0, 0, 0, Fresh},
		{0, 16383, 16383, Fresh},
		{0, 16384, 0, Stale},
		{0, 65535, 0, Stale},
		{1, 0, 0, Repeat},
		{65536, 65535, 65535, Repeat},
		{65535, 2, 65538, Fresh},
		{65536, 0, 65536, Fresh},
		{100, 98, 0, Stale},
		{1 << 32, 65535, 1<<32 - 1, Repeat},
		{1 << 32, 0, 0, Stale},
	} {
		full, got := Counter{c.next}.Full(c.low)
		if full != c.full || got != c.want {
			t.Errorf("next %d, low %d: %d %v, want %d %v", c.next, c.low, full, got, c.full, c.want)
		}
	}
}

// TestCounterFollows: whatever is lost, up to the gap, each value is fresh once.
func TestCounterFollows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c Counter
		value := uint32(rapid.IntRange(0, maxGap-1).Draw(t, "first"))
		for range rapid.IntRange(1, 50).Draw(t, "frames") {
			full, fresh := c.Full(uint16(value))
			if full != value || fresh != Fresh {
				t.Fatalf("%d: %d %v", value, full, fresh)
			}
			c.Advance(full)
			if full, fresh := c.Full(uint16(value)); full != value || fresh != Repeat {
				t.Fatalf("%d again: %d %v", value, full, fresh)
			}
			value += uint32(rapid.IntRange(1, maxGap).Draw(t, "gap"))
		}
	})
}

func TestDataDelay(t *testing.T) {
	for seconds, want := range map[uint8]time.Duration{0: 1, 1: 1, 2: 2, 15: 15, 0x13: 3} {
		if got := DataDelay(seconds); got != want*time.Second {
			t.Errorf("RxDelay %d: %v", seconds, got)
		}
	}
}

// TestAnswerRateIsTheBands compares with a second implementation, where it knows
// the region.
func TestAnswerRateIsTheBands(t *testing.T) {
	for _, p := range radio.Plans() {
		region := p.Name
		if name, rest, ok := strings.Cut(p.Name, "_"); ok && name != "AS923" {
			region = name
		} else if ok {
			region = name + "-" + rest
		}
		b, err := band.GetConfig(band.Name(region), false, lorawan.DwellTimeNoLimit)
		if err != nil {
			t.Fatal(err)
		}
		for dr, up := range p.Uplink {
			if m, ok := up.(radio.LoRa); !ok || m.Bandwidth != 125*radio.KHz || m.SF < 7 {
				continue
			}
			index, err := b.GetRX1DataRateIndex(dr, 0)
			if err != nil {
				t.Fatal(p.Name, dr, err)
			}
			want, _ := p.DataRate(radio.Down, index)
			if got, ok := AnswerRate(p, up); !ok || got != want {
				t.Errorf("%s DR%d: %v, want %v", p.Name, dr, got, want)
			}
		}
	}
	if _, ok := AnswerRate(radio.Plan{}, radio.FSK{BitRate: 50_000}); ok {
		t.Error("FSK has an answer rate")
	}
}

// TestChannelList: what a join accept carries, a device understands as the plan's
// channels.
func TestChannelList(t *testing.T) {
	for _, p := range radio.Plans() {
		list := ChannelList(p)
		var read *lorawan.CFList
		if list != nil {
			b, err := list.MarshalBinary()
			if err != nil {
				t.Fatal(p.Name, err)
			}
			read = new(lorawan.CFList)
			if err := read.UnmarshalBinary(b); err != nil {
				t.Fatal(p.Name, err)
			}
		}
		got, err := Channels(p, read)
		want := p.MultiSF[:min(len(p.MultiSF), len(JoinChannels(p))+listMost)]
		if err != nil || !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
			t.Errorf("%s: %v, want %v (%v)", p.Name, got, want, err)
		}
	}
}

func TestChannelsRefuse(t *testing.T) {
	europe, _ := radio.PlanNamed("EU868")
	america, _ := radio.PlanNamed("US915_1")
	foreign := &lorawan.CFList{Payload: &lorawan.CFListChannelPayload{Channels: [5]uint32{915_000_000}}}
	none := &lorawan.CFList{CFListType: 1, Payload: &lorawan.CFListChannelMaskPayload{}}
	for name, c := range map[string]struct {
		plan radio.Plan
		list *lorawan.CFList
	}{
		"outside":            {europe, foreign},
		"mask in Europe":     {europe, none},
		"frequencies in US":  {america, foreign},
		"mask without any":   {america, none},
		"list without a use": {europe, &lorawan.CFList{}},
	} {
		if got, err := Channels(c.plan, c.list); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}
