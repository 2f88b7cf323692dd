package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"hexspot/cmd/internal/hotspot"
)

func discover(ctx context.Context, args []string, std streams) error {
	set := flags("discover", "Has the running hotspot send discovery beacons, at once and every 30 s, 20 in an hour at most, and lists\n"+
		"who hears them: as it is told, and as a table at the end. Ctrl-C ends it before its time. The beacons are\n"+
		"sent in the name of the station and for everybody to hear; nothing is paid for them.",
		"hexspot discover --minutes 3\nhexspot discover --minutes 10 --json > heard.json", std)
	minutes := set.Int("minutes", 5, "how many `MINUTES` to go on, 1 to 60")
	path := set.String("socket", hotspot.DefaultControl, "`SOCKET`, control in [coverage] of the configuration")
	asJSON := set.Bool("json", false, "print JSON at the end, for programs, and nothing before")
	if err := parseOnly(set, args); err != nil {
		return err
	}
	length := time.Duration(*minutes) * time.Minute
	if *minutes < 1 || length > hotspot.LongestDiscovery {
		return fmt.Errorf("%w: --minutes %d: want 1 to 60", errUsage, *minutes)
	}
	var found discovered
	live := std.out
	if *asJSON {
		live = io.Discard
	}
	err := hotspot.AskDiscovery(ctx, *path, length, func(n hotspot.DiscoverNews) error {
		found.take(n)
		_, err := io.WriteString(live, newsText(n, time.Now()))
		return err
	})
	if err != nil && ctx.Err() == nil {
		return err
	}
	return found.end(std.out, *asJSON)
}

// newsText is one line for people.
func newsText(n hotspot.DiscoverNews, now time.Time) string {
	var text string
	switch {
	case n.Sent != nil:
		s := n.Sent
		now, text = s.Time.Local(), fmt.Sprintf("sent     beacon %d at %v SF%d, %.1f dBm", s.Number, s.Frequency, s.SF, s.Conducted)
	case n.Heard != nil:
		h := n.Heard
		text = fmt.Sprintf("heard    beacon %d by %s: %.1f dBm, SNR %.1f dB, %s, %s", h.Number, h.Words, h.RSSI, h.SNR, distance(h.Metres), h.Station)
	case n.Waiting != "":
		text = "waiting  " + n.Waiting
	case n.Failed != "":
		text = "not sent " + n.Failed
	default:
		return ""
	}
	return now.Format("15:04:05  ") + text + "\n"
}

// distance is one for people.
func distance(metres *int64) string {
	switch {
	case metres == nil:
		return "distance not known"
	case *metres < 1000:
		return fmt.Sprintf("%d m", *metres)
	}
	return fmt.Sprintf("%.1f km", float64(*metres)/1000)
}

// discovered is what came of a discovery.
type discovered struct {
	Beacons  []hotspot.DiscoverySent `json:"beacons"`
	Stations []*hearer               `json:"stations"`
	Fault    string                  `json:"fault,omitempty"` // why nothing could be sent, the last time that was so
}

// hearer is a station that heard some of the beacons.
type hearer struct {
	Station string  `json:"station"`
	Words   string  `json:"words"`
	Heard   int     `json:"heard"`         // beacons
	RSSI    float64 `json:"best_rssi_dbm"` // of the channel
	SNR     float64 `json:"best_snr_db"`
	Metres  *int64  `json:"distance_m,omitempty"`
}

func (d *discovered) take(n hotspot.DiscoverNews) {
	if fault := cmp.Or(n.Refused, n.Waiting, n.Failed); fault != "" {
		d.Fault = fault
	}
	if n.Sent != nil {
		d.Beacons = append(d.Beacons, *n.Sent)
	}
	if n.Heard != nil {
		d.hear(*n.Heard)
	}
}

func (d *discovered) hear(h hotspot.DiscoveryHeard) {
	i := slices.IndexFunc(d.Stations, func(s *hearer) bool { return s.Station == h.Station })
	if i < 0 {
		d.Stations = append(d.Stations, &hearer{Station: h.Station, Words: h.Words, RSSI: h.RSSI, SNR: h.SNR})
		i = len(d.Stations) - 1
	}
	s := d.Stations[i]
	s.Heard++
	s.RSSI, s.SNR = max(s.RSSI, h.RSSI), max(s.SNR, h.SNR)
	if h.Metres != nil {
		s.Metres = h.Metres
	}
}

// errNotSent says that no discovery beacon was sent.
var errNotSent = errors.New("no discovery beacon was sent")

// end prints what was found; that nothing was sent is an error, which says why.
func (d *discovered) end(out io.Writer, asJSON bool) error {
	slices.SortFunc(d.Stations, func(a, b *hearer) int {
		return cmp.Or(cmp.Compare(b.Heard, a.Heard), cmp.Compare(b.RSSI, a.RSSI), cmp.Compare(a.Station, b.Station))
	})
	if err := d.write(out, asJSON); err != nil {
		return err
	}
	if len(d.Beacons) == 0 {
		return fmt.Errorf("%w: %s", errNotSent, cmp.Or(d.Fault, "it was ended before the first one"))
	}
	return nil
}

func (d *discovered) write(out io.Writer, asJSON bool) error {
	if asJSON {
		d.Beacons, d.Stations = notNil(d.Beacons), notNil(d.Stations)
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(d)
	}
	if len(d.Beacons) == 0 {
		return nil
	}
	fmt.Fprintf(out, "\n%d sent, heard by %d\n", len(d.Beacons), len(d.Stations))
	if len(d.Stations) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "STATION\tHEARD\tBEST RSSI\tBEST SNR\tDISTANCE\tID")
	for _, s := range d.Stations {
		fmt.Fprintf(table, "%s\t%d of %d\t%.1f dBm\t%.1f dB\t%s\t%s\n", s.Words, s.Heard, len(d.Beacons), s.RSSI, s.SNR, distance(s.Metres), s.Station)
	}
	return table.Flush()
}

// notNil is a list that is [] in JSON when it is empty.
func notNil[T any](list []T) []T { return append([]T{}, list...) }
