package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"hexspot/cmd/internal/network"
	"hexspot/coverage"
	"hexspot/internal/store"
	"hexspot/radio"
	"hexspot/witness"
)

type siteCommand struct {
	Sign     siteSign     `cmd:"" help:"Sign, as the owner, what a station has signed ('hexspot site sign')."`
	Apply    siteApply    `cmd:"" help:"Check a signed change and enter it in the registry."`
	Show     siteShow     `cmd:"" help:"Show the sites of an epoch, or the history of a station."`
	Snapshot siteSnapshot `cmd:"" help:"Write the registry as of an epoch, as it stands in the epoch's bundle."`
}

// networkFlag says which network signatures are for.
type networkFlag struct {
	Network string `help:"The network, 16 hexadecimal digits. Default: that of the network key in the data directory." placeholder:"HEX"`
}

func (n networkFlag) id(c *commands) (radio.Network, error) {
	if n.Network != "" {
		return radio.ParseNetwork(n.Network)
	}
	id, err := network.Data(c.Data).Network()
	if err != nil {
		return id, fmt.Errorf("%w (or name one with --network)", err)
	}
	return id, nil
}

// bookFlags say where the registry is and how long an epoch lasts.
type bookFlags struct {
	Book   string `help:"The book: sqlite:PATH or postgres://HOST/DATABASE. A running hexnet may have it open, too. Default: book.db in the data directory." env:"HEXNET_BOOK" placeholder:"URL"`
	Timing string `help:"Timing of the network, which says what epoch it is." enum:"default,demo" default:"default"`
}

// epoch is the epoch at a time.
func (b bookFlags) epoch(now time.Time) (uint64, error) {
	timing, err := witness.ScheduleNamed(b.Timing)
	return uint64(timing.Epoch(timing.SlotAt(witness.MillisOf(now)))), err
}

// input reads a line that `site sign` printed: the argument itself, or standard
// input for "-".
func input(text string, std streams) ([]byte, error) {
	if text == "-" {
		line, err := readLine(std.in)
		if err != nil {
			return nil, err
		}
		text = line
	}
	return network.ParseSiteText(text)
}

type siteApply struct {
	Change string `arg:"" help:"What 'hexnet site sign' printed, or - for standard input."`
	networkFlag
	bookFlags
}

// Help has the examples.
func (siteApply) Help() string {
	return `The change takes effect at the next epoch. It is refused if a signature is missing or wrong, its deadline has
passed, its nonce is not the station's next, or the owner so far has not signed.

Examples:
  hexnet site apply - < change.txt
  hexnet site apply --book postgres://hexnet@db.example/hexnet CpwB...`
}

// Run enters a change.
func (s siteApply) Run(ctx context.Context, c *commands, std streams) error {
	encoded, err := input(s.Change, std)
	if err != nil {
		return err
	}
	change, err := witness.ParseSiteChange(encoded)
	if err != nil {
		return err
	}
	id, err := s.id(c)
	if err != nil {
		return err
	}
	timing, err := witness.ScheduleNamed(s.Timing)
	if err != nil {
		return err
	}
	book, err := network.Data(c.Data).Book(ctx, s.Book)
	if err != nil {
		return err
	}
	defer book.Close()
	now := witness.MillisOf(time.Now())
	applied, err := network.ApplySite(ctx, book, change, id, timing.Timing, now)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "station %v, change %d: site of %v from epoch %d\n",
		applied.Station, applied.Nonce, applied.Site.Owner, timing.Epoch(timing.SlotAt(now))+1)
	return err
}

type siteShow struct {
	Station string  `arg:"" optional:"" help:"A station's text id: show its history."`
	Epoch   *uint64 `help:"Show the sites of this epoch. Default: the running one." placeholder:"N"`
	bookFlags
}

// Help has the examples.
func (siteShow) Help() string {
	return `Examples:
  hexnet site show
  hexnet site show --epoch 20790
  hexnet site show spot1qx...`
}

// Run prints a table.
func (s siteShow) Run(ctx context.Context, c *commands, std streams) error {
	book, err := network.Data(c.Data).Book(ctx, s.Book)
	if err != nil {
		return err
	}
	defer book.Close()
	find := s.inEpoch
	if s.Station != "" {
		find = s.ofStation
	}
	sites, err := find(ctx, book)
	if err != nil {
		return err
	}
	return printSites(std.out, sites)
}

// ofStation is the station's history.
func (s siteShow) ofStation(ctx context.Context, r store.Registry) ([]coverage.Listing, error) {
	station, err := radio.ParseStation(s.Station)
	if err != nil {
		return nil, err
	}
	records, err := r.History(ctx, station)
	var all []coverage.Listing
	for _, record := range records {
		all = append(all, coverage.Listing{Station: station, Entry: record.Entry})
	}
	return all, err
}

// inEpoch is what is published in an epoch.
func (s siteShow) inEpoch(ctx context.Context, r store.Registry) ([]coverage.Listing, error) {
	epoch, err := s.epoch(time.Now())
	if err != nil {
		return nil, err
	}
	if s.Epoch != nil {
		epoch = *s.Epoch
	}
	var all []coverage.Listing
	for l, err := range r.Snapshot(ctx, epoch) {
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, nil
}

func printSites(w io.Writer, sites []coverage.Listing) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "STATION\tCHANGE\tFROM EPOCH\tOWNER\tCELL\tGAIN\tLOSS\tCLASS\tPLAN")
	for _, l := range sites {
		s := l.Site
		fmt.Fprintf(table, "%v\t%d\t%d\t%v\t%v\t%.2f dBi\t%v\t%s\t%s\n",
			l.Station, l.Nonce, l.From, s.Owner, s.Cell, s.Gain.Float(), s.Loss, s.Class(), s.Plan)
	}
	return table.Flush()
}

type siteSnapshot struct {
	Epoch uint64 `arg:"" help:"The epoch."`
	networkFlag
	bookFlags
}

// Help has the examples.
func (siteSnapshot) Help() string {
	return `One line for each station that has a site in the epoch. The same registry gives the same bytes.

Examples:
  hexnet site snapshot 20790 > registry.txt`
}

// Run writes the file to standard output.
func (s siteSnapshot) Run(ctx context.Context, c *commands, std streams) error {
	id, err := s.id(c)
	if err != nil {
		return err
	}
	book, err := network.Data(c.Data).Book(ctx, s.Book)
	if err != nil {
		return err
	}
	defer book.Close()
	w := bufio.NewWriter(std.out)
	if err := coverage.WriteSnapshot(w, id, s.Epoch, book.Snapshot(ctx, s.Epoch)); err != nil {
		return err
	}
	return w.Flush()
}
