package hotspot

import (
	"context"
	"errors"
	"strings"
	"time"

	"hexspot/radio"
	"hexspot/witness"
)

// DiscoverNews is one piece of what a discovery tells; one of its fields is set.
type DiscoverNews struct {
	Refused string          `json:"refused,omitempty"` // nothing will be sent: why
	Waiting string          `json:"waiting,omitempty"` // nothing can be sent now: why
	Sent    *DiscoverySent  `json:"sent,omitempty"`
	Failed  string          `json:"failed,omitempty"` // a beacon was announced and not emitted: why
	Heard   *DiscoveryHeard `json:"heard,omitempty"`
	Over    bool            `json:"over,omitempty"` // nothing follows
}

// DiscoverySent is a discovery beacon that was emitted.
type DiscoverySent struct {
	Number    int         `json:"beacon"` // from 1
	Time      time.Time   `json:"time"`
	Frequency radio.Hertz `json:"frequency_hz"`
	SF        uint32      `json:"sf"`
	Conducted float64     `json:"conducted_dbm"` // at the antenna connector
}

// DiscoveryHeard is a station that heard a discovery beacon, as the network tells it.
type DiscoveryHeard struct {
	Number     int      `json:"beacon"`
	Station    string   `json:"station"`
	Words      string   `json:"words"`
	RSSI       float64  `json:"rssi_dbm"`                  // of the channel
	SignalRSSI *float64 `json:"signal_rssi_dbm,omitempty"` // if the chip gives it
	SNR        float64  `json:"snr_db"`
	Metres     *int64   `json:"distance_m,omitempty"` // between the published sites, if both have one
}

// Bounds of a discovery.
const (
	LongestDiscovery = time.Hour
	lastEchoes       = 10 * time.Second      // in which what was sent last may still be heard of
	lasting          = witness.Millis(1_000) // for which a reason must hold to be told
	mostNews         = 256                   // that the asker has not read
	mostEchoes       = 4096                  // stations told of, summed over the beacons
)

// survey is a running discovery.
type survey struct {
	length time.Duration
	news   chan DiscoverNews // closed when it is over

	until   witness.Millis // of the demand
	numbers map[witness.Tag]int
	told    map[echo]bool

	why   witness.Reason // nothing can be sent
	since witness.Millis
	said  bool
}

// echo is a beacon's number and who heard it.
type echo struct {
	number  int
	station radio.Station
}

// tell leaves something for the asker, unless that is too slow.
func (s *survey) tell(n DiscoverNews) bool { return s != nil && offer(s.news, n) }

// demand begins a survey or ends it.
type demand struct {
	survey *survey
	over   bool
}

var errStopped = errors.New("the hotspot stops")

// Discover sends discovery beacons for a time, LongestDiscovery at most, and tells what
// comes of it, until that is over, ctx ends or tell returns an error. Run must run;
// there is one at a time.
func (c *Coverage) Discover(ctx context.Context, length time.Duration, tell func(DiscoverNews) error) error {
	s := &survey{
		length: min(length, LongestDiscovery), news: make(chan DiscoverNews, mostNews),
		numbers: map[witness.Tag]int{}, told: map[echo]bool{},
	}
	if err := c.ask(ctx, demand{survey: s}); err != nil {
		return err
	}
	defer func() { _ = c.ask(context.WithoutCancel(ctx), demand{s, true}) }() // its only error is that all ends
	for {
		select {
		case n, ok := <-s.news:
			if !ok {
				return nil
			}
			if err := tell(n); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (c *Coverage) ask(ctx context.Context, d demand) error {
	select {
	case c.demands <- d:
		return nil
	case <-c.ended:
		return errStopped
	case <-ctx.Done():
		return ctx.Err()
	}
}

// obey begins a discovery, or ends it before its time.
func (c *Coverage) obey(ctx context.Context, d demand) {
	switch {
	case !d.over:
		c.begin(ctx, d.survey)
	case c.survey == d.survey:
		c.endSurvey(ctx)
	}
}

func (c *Coverage) begin(ctx context.Context, s *survey) {
	c.step(ctx, nil) // by the clock as it is now
	now, _ := c.now()
	until := now + witness.Millis(s.length/time.Millisecond)
	if why := c.cannotDiscover(now, until); why != "" {
		s.tell(DiscoverNews{Refused: why})
		close(s.news)
		return
	}
	c.survey, s.until = s, until
	c.step(ctx, witness.DiscoverUntil{Time: until})
}

// cannotDiscover says why nothing will come of a discovery; a value that has not come
// yet does not keep it from beginning.
func (c *Coverage) cannotDiscover(now, until witness.Millis) string {
	d := c.beaconer.Status(now).Discovery
	switch {
	case c.survey != nil:
		return "another discovery is running"
	case d.Reason != 0 && d.Reason != witness.NoEntropy:
		return d.Reason.String()
	case !c.parts.Link.Online():
		return "there is no connection to the network, which tells who hears"
	case d.Next >= until:
		return "20 discovery beacons an hour are the limit: the next one may be sent at " + d.Next.Time().Format(time.RFC3339)
	}
	return ""
}

// watch tells why nothing is sent, when that changes, and ends a discovery whose time
// is over.
func (c *Coverage) watch(ctx context.Context, now witness.Millis) {
	s := c.survey
	if s == nil {
		return
	}
	d := c.beaconer.Status(now).Discovery
	s.waits(now, d.Reason, now >= d.Next && now < s.until)
	if now >= s.ends() {
		c.endSurvey(ctx)
	}
}

// waits tells why a beacon that is due cannot be sent, once for each reason that lasts:
// at the start of each slot there is no entropy for a moment.
func (s *survey) waits(now witness.Millis, why witness.Reason, due bool) {
	if why != s.why || !due {
		s.why, s.since, s.said = why, now, false
		return
	}
	if why != 0 && !s.said && now-s.since >= lasting {
		s.said = true
		s.tell(DiscoverNews{Waiting: why.String()})
	}
}

// ends is when what was sent last has been heard of.
func (s *survey) ends() witness.Millis { return s.until + witness.Millis(lastEchoes/time.Millisecond) }

func (c *Coverage) endSurvey(ctx context.Context) {
	s := c.survey
	c.survey = nil
	c.step(ctx, witness.DiscoverUntil{})
	s.tell(DiscoverNews{Over: true})
	close(s.news)
}

// announced numbers a discovery beacon.
func (s *survey) announced(tag witness.Tag) {
	if s != nil {
		s.numbers[tag] = len(s.numbers) + 1
	}
}

// emitted tells what became of one.
func (s *survey) emitted(e witness.DiscoveryEnded) {
	if s == nil || s.numbers[e.Discovery.Random] == 0 {
		return
	}
	if e.Outcome.Reason != 0 {
		s.tell(DiscoverNews{Failed: e.Outcome.String()})
		return
	}
	d := e.Discovery
	s.tell(DiscoverNews{Sent: &DiscoverySent{
		Number: s.numbers[d.Random], Time: d.Sent.Time(), Frequency: d.Frequency, SF: d.SF, Conducted: d.Conducted.Float(),
	}})
}

// readHeard takes what the network tells of a discovery beacon.
func (c *Coverage) readHeard(payload []byte) error {
	h, err := witness.ParseHeardBy(payload)
	if err != nil || c.survey == nil {
		return err
	}
	number := c.survey.numbers[h.Observation.Frame.Tag]
	if number == 0 {
		return errors.New("somebody heard a discovery beacon that was not sent")
	}
	c.survey.heard(number, h)
	return nil
}

func (s *survey) heard(number int, h witness.HeardBy) {
	e := echo{number, h.Station}
	if s.told[e] || len(s.told) >= mostEchoes {
		return
	}
	s.told[e] = true
	words, o := h.Station.Words(), h.Observation
	news := DiscoveryHeard{
		Number: number, Station: h.Station.String(), Words: strings.Join(words[:], "-"),
		RSSI: o.ChannelRSSI.Float(), SNR: o.SNR.Float(),
	}
	if o.HasSignalRSSI {
		level := o.SignalRSSI.Float()
		news.SignalRSSI = &level
	}
	if h.HasDistance {
		metres := int64(h.Distance) / 1000
		news.Metres = &metres
	}
	s.tell(DiscoverNews{Heard: &news})
}
