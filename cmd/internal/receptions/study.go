package receptions

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"hexspot/witness"
)

// Study adds up what the rules say of records.
type Study struct {
	judges     map[string]*judge
	all        []Reception
	chips      map[string]chip
	Receptions int
	Placeless  int // neither distance nor both places: not judged
	Rules      map[string]map[witness.Fault]*Count
	hotspots   map[string]*hotspot
}

// Count is what came of one rule.
type Count struct{ Evaluated, Failed int }

// hotspot is what is known of one hotspot in the records.
type hotspot struct {
	receptions, strong int
	to                 map[Place]int
	gaps               []float64 // distance of the cut places less the exact distance, metres
	farthest           float64
	worst              int64 // margin of the rule about strong signals, udB
}

// NewStudy begins without receptions.
func NewStudy(a Assumptions) (*Study, error) {
	s := &Study{judges: map[string]*judge{}, chips: map[string]chip{}, Rules: map[string]map[witness.Fault]*Count{}, hotspots: map[string]*hotspot{}}
	for _, set := range Sets() {
		j, err := newJudge(set, a)
		if err != nil {
			return nil, err
		}
		s.judges[set], s.Rules[set] = j, map[witness.Fault]*Count{}
		for name := range j.rules {
			s.Rules[set][name] = &Count{}
		}
	}
	return s, nil
}

// Add takes a reception.
func (s *Study) Add(r Reception) {
	s.all = append(s.all, r)
	s.chips[r.Hotspot] = chip{min(s.chips[r.Hotspot].quietest, r.RSSI)}
}

// Empty says that no reception was added.
func (s *Study) Empty() bool { return len(s.all) == 0 }

// Judge puts all receptions through the rules.
func (s *Study) Judge() error {
	for _, r := range s.all {
		if err := s.judge(r); err != nil {
			return err
		}
	}
	return nil
}

func (s *Study) judge(r Reception) error {
	s.Receptions++
	h, signal := s.of(r), s.chips[r.Hotspot].signal(r)
	for _, set := range Sets() {
		found, err := s.judges[set].findings(r, signal)
		switch {
		case errors.Is(err, errNoPlace):
			s.Placeless++
			return nil
		case err != nil:
			return err
		}
		s.count(set, found, h)
	}
	return nil
}

func (s *Study) count(set string, found map[witness.Fault]witness.Finding, h *hotspot) {
	for name, f := range found {
		if f.Outcome == witness.RuleNotEvaluated {
			continue
		}
		c := s.Rules[set][name]
		c.Evaluated++
		if f.Outcome == witness.RuleFailed {
			c.Failed++
		}
		if name == "too_strong" {
			h.worst = min(h.worst, f.Margin)
			if f.Outcome == witness.RuleFailed {
				h.strong++
			}
		}
	}
}

func (s *Study) of(r Reception) *hotspot {
	h := s.hotspots[r.Hotspot]
	if h == nil {
		h = &hotspot{to: map[Place]int{}, worst: math.MaxInt64}
		s.hotspots[r.Hotspot] = h
	}
	h.receptions++
	h.to[r.To]++
	h.farthest = max(h.farthest, r.Distance)
	if r.From.known() && r.To.known() {
		cut := apart(r.From, r.To)
		h.farthest = max(h.farthest, cut-cutError)
		if r.Distance > 0 {
			h.gaps = append(h.gaps, cut-r.Distance)
		}
	}
	return h
}

// apart is the distance of two places on a sphere in metres.
func apart(a, b Place) float64 {
	const degree = math.Pi / 180
	dLat, dLng := (b.Lat-a.Lat)*degree, (b.Lng-a.Lng)*degree
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(a.Lat*degree)*math.Cos(b.Lat*degree)*math.Pow(math.Sin(dLng/2), 2)
	return 2 * 6_371_007.18 * math.Asin(math.Min(1, math.Sqrt(h)))
}

// Suspect is a hotspot whose place in the record cannot be right.
type Suspect struct {
	Hotspot    string
	Receptions int
	Strong     int     // better than free space and the margin
	Worst      float64 // dB over the limit, of the strongest
	Places     int     // different ones
	Gap        float64 // median of cut less exact distance, metres: 1.5 km cannot come from the cut
	Why        string
}

// cutError is what cutting both places can make of a distance, metres.
const cutError = 1_500

// Suspects are the hotspots whose places must be wrong, the most receptions first.
func (s *Study) Suspects() []Suspect {
	var list []Suspect
	for _, id := range slices.Sorted(maps.Keys(s.hotspots)) {
		h := s.hotspots[id]
		x := Suspect{Hotspot: id, Receptions: h.receptions, Strong: h.strong, Places: len(h.to), Gap: middle(h.gaps)}
		if h.strong > 0 {
			x.Worst = -float64(h.worst) / 1e6
		}
		switch {
		case h.farthest > 100_000:
			x.Why = fmt.Sprintf("%.0f km away", h.farthest/1000)
		case h.strong >= 3 && h.strong*5 >= h.receptions:
			x.Why = "louder than free space"
		case len(h.gaps) > 0 && math.Abs(x.Gap) > cutError:
			x.Why = "place and distance disagree"
		default:
			continue
		}
		list = append(list, x)
	}
	slices.SortStableFunc(list, func(a, b Suspect) int { return cmp.Compare(b.Receptions, a.Receptions) })
	return list
}

func middle(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[len(values)/2]
}
