package broker

import (
	"slices"
	"sync"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"
	"golang.org/x/time/rate"

	"hexspot/radio"
)

// pace bounds what one station may send. Whoever sends more is slowed down, for nothing
// else is read from it meanwhile, and thrown out only where that does not help.
type pace struct {
	packets *rate.Limiter
	bytes   *rate.Limiter // of publications, which the journal keeps
	reports *rate.Limiter
}

// addressPace is what all stations of an address may send together. A key costs nothing:
// whoever has a thousand of them has a thousand paces.
type addressPace struct{ bytes, reports *rate.Limiter }

func newAddressPace(l Limits) addressPace {
	return addressPace{
		bytes:   rate.NewLimiter(rate.Limit(l.AddressByteRate), max(burstBytes*l.AddressByteRate, l.PacketBytes+keptWith)),
		reports: rate.NewLimiter(rate.Limit(l.AddressReportRate), burstReports*l.AddressReportRate),
	}
}

// delay is how long a packet of one of them has to wait.
func (p addressPace) delay(pk packets.Packet, now time.Time) time.Duration {
	if pk.FixedHeader.Type != packets.Publish {
		return 0
	}
	return delayOf(p.bytes, p.reports, pk, now)
}

func (p addressPace) isRested(now time.Time) bool { return rested(now, p.bytes, p.reports) }

// delayOf is how long a publication has to wait for two limits.
func delayOf(bytes, reports *rate.Limiter, pk packets.Packet, now time.Time) time.Duration {
	wait := bytes.ReserveN(now, keptWith+len(pk.Payload)).DelayFrom(now)
	if isReport(pk.TopicName) {
		wait = max(wait, reports.ReserveN(now, 1).DelayFrom(now))
	}
	return wait
}

func rested(now time.Time, limits ...*rate.Limiter) bool {
	return !slices.ContainsFunc(limits, func(l *rate.Limiter) bool { return l.TokensAt(now) < float64(l.Burst()) })
}

// What may come at once, in seconds of the rate: a hotspot sends what it has kept through an
// outage, and then its reports.
const (
	burstBytes   = 60
	burstReports = 10
)

// keptWith is about what the journal keeps with each publication besides its payload.
const keptWith = 256

func newPace(l Limits) *pace {
	return &pace{
		packets: rate.NewLimiter(rate.Limit(l.MessageRate), l.MessageRate),
		bytes:   rate.NewLimiter(rate.Limit(l.ByteRate), max(burstBytes*l.ByteRate, l.PacketBytes+keptWith)),
		reports: rate.NewLimiter(rate.Limit(l.ReportRate), burstReports*l.ReportRate),
	}
}

// delay is how long a packet has to wait. No limit ever has to be waited for longer than
// the packets that are in its bucket take.
func (p *pace) delay(pk packets.Packet, now time.Time) time.Duration {
	wait := p.packets.ReserveN(now, 1).DelayFrom(now)
	if pk.FixedHeader.Type != packets.Publish {
		return wait
	}
	return max(wait, delayOf(p.bytes, p.reports, pk, now))
}

// isRested says whether a pace is as a new one would be.
func (p *pace) isRested(now time.Time) bool {
	return rested(now, p.packets, p.bytes, p.reports)
}

// paces are those of stations, which outlive their connections: whoever comes back has no
// more than who stays. Those that have rested are forgotten.
type paces struct {
	limits Limits

	mu    sync.Mutex
	all   map[radio.Station]*pace
	sweep int // forget rested ones when there are so many
}

// leastSweep keeps sweeps rare.
const leastSweep = 1024

func newPaces(l Limits) *paces {
	return &paces{limits: l, all: make(map[radio.Station]*pace), sweep: leastSweep}
}

// of is the pace of a station that logs in.
func (p *paces) of(s radio.Station, now time.Time) *pace {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all[s] == nil {
		p.forget(now)
		p.all[s] = newPace(p.limits)
	}
	return p.all[s]
}

func (p *paces) forget(now time.Time) {
	if len(p.all) < p.sweep {
		return
	}
	for s, one := range p.all {
		if one.isRested(now) {
			delete(p.all, s)
		}
	}
	p.sweep = max(leastSweep, 2*len(p.all))
}
