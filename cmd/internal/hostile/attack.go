package hostile

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"hexspot/cmd/internal/stations"
	"hexspot/radio"
	"hexspot/witness"
)

// Target is the network, and what an attacker can know of an honest station.
type Target struct {
	Address  netip.AddrPort // of the broker, on loopback
	Network  radio.Network
	Timing   witness.Timing
	Victim   radio.Station // who has the EUI
	EUI      radio.EUI
	Patience time.Duration // of the network, with who does not log in
	Records  [][]byte      // beacon records of the victim that somebody has got hold of
}

// attack is one kind of hostile client.
type attack struct {
	name  string
	run   func(context.Context, *attacker) // until the context ends
	ends  []End                            // it must come to each of these
	other []End                            // and may come to these
}

// Outcome is how one kind of attack ended.
type Outcome struct {
	Name  string
	Sent  int64 // packets, or connections of those that send none
	Ends  map[End]int64
	Fault string // what it came to and must not, or did not and must; "": all is well
}

// String is the outcome on a line.
func (o Outcome) String() string {
	var ends []string
	for _, e := range slices.Sorted(maps.Keys(o.Ends)) {
		ends = append(ends, fmt.Sprintf("%s %d", e, o.Ends[e]))
	}
	return fmt.Sprintf("%s: %d sent; %s", o.Name, o.Sent, strings.Join(ends, ", "))
}

// pauseEach keeps an attacker that is thrown out at once from turning in circles.
const pauseEach = time.Millisecond

// Run lets every kind of attack run at once, each from an address of its own, until meanwhile
// returns. Then those that have come to the ends that they must make room for those that have not,
// until all have or ctx ends: a slow machine may not be fast enough for all.
func Run(ctx context.Context, t Target, meanwhile func(context.Context)) ([]Outcome, error) {
	if !t.Address.Addr().IsLoopback() || !t.Address.Addr().Is4() {
		return nil, fmt.Errorf("attacking %s: only loopback addresses of IPv4 are attacked", t.Address)
	}
	attackers := make([]*attacker, len(attacks))
	for i, kind := range attacks {
		var err error
		if attackers[i], err = newAttacker(t, kind.name, byte(i)); err != nil {
			return nil, err
		}
	}
	ends := make([]context.CancelFunc, len(attacks))
	var all sync.WaitGroup
	for i, kind := range attacks {
		attacking, end := context.WithCancel(ctx)
		defer end()
		ends[i] = end
		all.Go(func() {
			for attacking.Err() == nil {
				kind.run(attacking, attackers[i])
				stations.Pause(attacking, pauseEach)
			}
		})
	}
	meanwhile(ctx)
	for ctx.Err() == nil && !endSatisfied(attackers, ends) {
		stations.Pause(ctx, lookEach)
	}
	for _, end := range ends {
		end()
	}
	all.Wait()
	outcomes := make([]Outcome, len(attacks))
	for i, kind := range attacks {
		outcomes[i] = kind.outcome(attackers[i])
	}
	return outcomes, nil
}

// lookEach is how often it is looked whether all is done.
const lookEach = 20 * time.Millisecond

// endSatisfied ends the attacks that have come to the ends that they must, and says whether
// all have.
func endSatisfied(attackers []*attacker, ends []context.CancelFunc) bool {
	all := true
	for i, kind := range attacks {
		seen := attackers[i].ends.all()
		if slices.ContainsFunc(kind.ends, func(e End) bool { return seen[e] == 0 }) {
			all = false
			continue
		}
		ends[i]()
	}
	return all
}

// outcome compares what an attack came to with what it must.
func (k attack) outcome(a *attacker) Outcome {
	o := Outcome{Name: k.name, Sent: a.sent.Load(), Ends: a.ends.all()}
	for _, e := range k.ends {
		if o.Ends[e] == 0 {
			o.Fault = fmt.Sprintf("%s never came to %q", k.name, e)
		}
	}
	for e := range o.Ends {
		if !slices.Contains(k.ends, e) && !slices.Contains(k.other, e) {
			o.Fault = fmt.Sprintf("%s came to %q", k.name, e)
		}
	}
	return o
}
