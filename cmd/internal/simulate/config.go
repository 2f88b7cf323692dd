package simulate

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Config is what to simulate. The zero Config is not usable; see Validate.
type Config struct {
	Hotspots int
	Epochs   int
	Seed     uint64
	Cheaters []Cheaters
	// Signatures has openings signed and verified. Without them tags are hashes of
	// the seed: a fifth of the time, and the same physics.
	Signatures bool
	EachClue   bool // tally also what would be cut without each clue
	Workers    int  // 0: one
	// Progress is told of every epoch that is judged; nil: nobody asks.
	Progress func(Progress)
}

// Progress is an epoch that is judged.
type Progress struct {
	Epoch        int // from 1
	Beacons      int // reports of it
	Observations int
	Took         time.Duration
}

// Cheaters are a kind of cheater and its share of all hotspots.
type Cheaters struct {
	Kind  Kind
	Share float64 // 0 to 1
}

// Validate says what cannot be simulated.
func (c Config) Validate() error {
	if c.Hotspots < 2 || c.Hotspots > 100_000 {
		return errors.New("want 2 to 100000 hotspots")
	}
	if c.Epochs < 1 || c.Epochs > 366 {
		return errors.New("want 1 to 366 epochs")
	}
	sum := 0.0
	for _, k := range c.Cheaters {
		if k.Kind == noCheaters {
			return errors.New("there are no cheaters and some: leave none out")
		}
		if _, ok := habits[k.Kind]; !ok {
			return fmt.Errorf("there is no kind of cheater %q: want %s", k.Kind, kindNames())
		}
		if !(k.Share >= 0 && k.Share <= 1) {
			return fmt.Errorf("share %v of %s: want 0 to 1", k.Share, k.Kind)
		}
		sum += k.Share
	}
	if sum > 0.9 {
		return fmt.Errorf("%.0f %% are cheaters: want 90 at most", sum*100)
	}
	return nil
}

// noCheaters is a kind that nobody is, for who wants to say so.
const noCheaters Kind = "none"

// UnmarshalText reads KIND=SHARE, "replay=0.05"; all=SHARE stands for each kind and "none"
// for no cheaters until Spread resolves it.
func (k *Cheaters) UnmarshalText(text []byte) error {
	if string(text) == string(noCheaters) {
		*k = Cheaters{Kind: noCheaters}
		return nil
	}
	kind, share, ok := strings.Cut(string(text), "=")
	if !ok {
		return fmt.Errorf("%q: want KIND=SHARE, or none", text)
	}
	value, err := strconv.ParseFloat(share, 64)
	if err != nil {
		return fmt.Errorf("share of %s: %w", kind, err)
	}
	*k = Cheaters{Kind(kind), value}
	return nil
}

// Spread resolves the kind "all", each kind with its share, and "none" where it stands
// alone: beside others Validate refuses it.
func Spread(cheaters []Cheaters) []Cheaters {
	if len(cheaters) == 1 && cheaters[0] == (Cheaters{Kind: noCheaters}) {
		return nil
	}
	var list []Cheaters
	for _, c := range cheaters {
		if c.Kind == "all" {
			list = append(list, Each(c.Share)...)
			continue
		}
		list = append(list, c)
	}
	return list
}

// Each gives every kind the same share.
func Each(share float64) []Cheaters {
	var all []Cheaters
	for _, k := range Kinds() {
		all = append(all, Cheaters{k, share})
	}
	return all
}
