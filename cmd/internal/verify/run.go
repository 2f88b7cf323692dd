package verify

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// run is one verification.
type run struct {
	in Inputs

	scratchDir string

	reading  reading
	stations *radio.Stations
	scratch  scratch
	beacons  scratch    // reports, by stations, until they are related
	related  scratch    // what is known of them then, by parts
	reported []int64    // when each station's last one came, by number, if a rule asks
	shelves  []*scratch // of the links
	crowd    *crowd
	limit    *tagExcess // nil: nobody has more tags than count

	mu      sync.Mutex // of what follows, while records are read
	entropy *entropy
	summary Summary

	snapshot spool               // the file
	sites    []witness.SiteFacts // by number; of the stations that the snapshot lists
	left     []byte              // of the state before: the file `before.json`
	before   witness.EventsBy
	plans    []string // of the sites
	p        *witness.Parameters
	z        slotValue
	anchors  []byte // those that serve the epoch, as they are written
	factory  *factory
	opens    [parts]opened // of the beacon reports of a part, in its order

	recent  recent
	scales  []coverage.Scale // by number, like the sites
	counted []bool
	links   *witness.SettledLinks
	weights *witness.Weights // of subjects that have less than their whole weight, or had
	after   witness.EventsBy

	appeals  appeals
	outcomes witness.Outcomes

	progress struct {
		sync.Mutex
		Progress
	}
	signing, busy   atomic.Int64 // ns
	paying, closing processorTime
}

// recent is what both passes know of other events.
type recent struct {
	reciprocity *witness.Reciprocity
	links       *witness.LinkBook
}

func newRun(in Inputs, dir string) *run {
	stations := &radio.Stations{}
	r := &run{
		in: in, reading: reading{in.Network, in.Timing, stations}, stations: stations, crowd: newCrowd(),
		entropy: newEntropy(in.Network),
	}
	r.scratchDir = dir + ".scratch"
	r.scratch = scratch{path: r.scratchFile("reports"), limit: in.memory()}
	r.beacons = scratch{path: r.scratchFile("beacons"), limit: in.memory() / besideShare}
	r.related = scratch{path: r.scratchFile("related"), limit: in.memory() / besideShare}
	r.snapshot = spool{path: r.scratchFile(sitesName)}
	r.appeals.scratch = scratch{path: r.scratchFile("appeals"), limit: in.memory()}
	r.summary = Summary{Epoch: in.Epoch, Network: in.Network, Drops: Drops{}}
	return r
}

// readSites takes the snapshot. Its stations have the first numbers; those of the state before
// come next.
func (r *run) readSites() error {
	err := coverage.WriteSnapshot(&r.snapshot, r.in.Network, uint64(r.in.Epoch), func(yield func(coverage.Listing, error) bool) {
		for l, err := range r.in.Sites {
			if err == nil {
				err = r.enter(l)
			}
			if !yield(l, err) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	left, err := r.in.Before.manifest()
	if err != nil {
		return err
	}
	r.left = left.appendJSON(nil)
	r.before, err = r.in.Before.takeEvents(r.stations)
	return err
}

// enter takes a listing of the snapshot.
func (r *run) enter(l coverage.Listing) error {
	facts, err := witness.SiteFactsOf(l.Site)
	if err != nil {
		return fmt.Errorf("site of %v: %w", l.Station, err)
	}
	if int(r.stations.Number(l.Station)) != len(r.sites) {
		return fmt.Errorf("the snapshot lists %v twice", l.Station)
	}
	facts.Plan = r.planNamed(facts.Plan)
	r.sites = append(r.sites, facts)
	return nil
}

// planNamed is the name of a plan, of which there is one for all sites.
func (r *run) planNamed(name string) string {
	i := slices.Index(r.plans, name)
	if i < 0 {
		i, r.plans = len(r.plans), append(r.plans, name)
	}
	return r.plans[i]
}

// eventsBefore are the events of a station in the state before.
func (r *run) eventsBefore(s radio.Station) witness.Events {
	n, seen := r.stations.Find(s)
	if !seen {
		return witness.Events{}
	}
	return r.before.At(n)
}

// site are the facts of a station.
func (r *run) site(s radio.Station, _ witness.Epoch) witness.SiteFacts {
	if n, seen := r.stations.Find(s); seen && int(n) < len(r.sites) {
		return r.sites[n]
	}
	return witness.SiteFacts{}
}

// prepare has everything that cases are made with.
func (r *run) prepare() error {
	list := r.entropy.chains(r.summary.Drops)
	var err error
	from, to := r.in.Timing.Slots(r.in.Epoch)
	r.anchors = list.appendAnchors(nil, from, to)
	if r.p, err = r.in.parameters(list); err != nil {
		return err
	}
	var ok bool
	if r.z, ok = list.firstAfter(r.in.Timing.Freezes(r.in.Epoch)); !ok {
		return ErrNoValueYet
	}
	r.factory, err = newFactory(Facts{
		Network: r.in.Network, Timing: r.in.Timing, Parameters: r.p, Sites: r.site, Denials: r.in.Denials,
	}, list.slots(from, to))
	if err != nil {
		return err
	}
	r.recent.links = witness.NewLargeLinkBook(r.p, r.stations, r.shelf)
	r.recent.reciprocity, err = witness.NewLargeReciprocity(r.p, r.stations, r.before, r.length())
	return err
}

// length of the epoch in ms.
func (r *run) length() int64 { return int64(r.in.Timing.EpochSlots) * int64(r.in.Timing.Slot) }

// eachPart calls work for every part, by some goroutines.
func (r *run) eachPart(ctx context.Context, work func(part int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range r.in.workers() {
		group.Go(func() error {
			for {
				if err := ctx.Err(); err != nil { // before a part is taken: others wait for each that was
					return err
				}
				part := int(next.Add(1)) - 1
				if part >= parts {
					return nil
				}
				if err := r.timed(func() error { return work(part) }); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// timed counts how long goroutines work, for the share that signatures take.
func (r *run) timed(work func() error) error {
	start := time.Now()
	defer func() { r.busy.Add(int64(time.Since(start))) }()
	return work()
}

// tell reports progress.
func (r *run) tell(stage Stage, records, cases int64) {
	if r.in.Progress == nil {
		return
	}
	r.progress.Lock()
	defer r.progress.Unlock()
	r.progress.Stage, r.progress.Stations = stage, int64(len(r.sites))
	r.progress.Records += records
	r.progress.Cases += cases
	r.in.Progress(r.progress.Progress)
}
