package radio

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Plans gives every channel plan, in the order the regions are listed in the
// documentation. The caller may change what it gets.
func Plans() []Plan {
	plans := []Plan{eu868()}
	plans = append(plans, subBands(8, us915)...)
	plans = append(plans, subBands(8, au915)...)
	plans = append(plans,
		as923("AS923", 923_200*KHz), as923("AS923_2", 921_400*KHz),
		as923("AS923_3", 916_600*KHz), as923("AS923_4", 917_300*KHz),
		in865(), kr920(), ru864())
	plans = append(plans, subBands(12, cn470)...)
	return append(plans, eu433())
}

// PlanNamed finds a plan by its name in any case, "EU868" or "us915_1". An empty
// or unknown name is an error that lists the known ones.
func PlanNamed(name string) (Plan, error) {
	plans := Plans()
	i := slices.IndexFunc(plans, func(p Plan) bool {
		return len(p.Name) == len(name) && strings.EqualFold(p.Name, name) // as long: "ſ" is no s here
	})
	if i < 0 {
		return Plan{}, fmt.Errorf("region %q is not one of %s", name, knownNames(plans))
	}
	return plans[i], nil
}

// planNames has the name of every plan: making all plans to look at one name costs a
// thousand times as much as looking it up.
var planNames = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, p := range Plans() {
		names[p.Name] = true
	}
	return names
})

// IsPlan says whether a plan has just this name, in upper case.
func IsPlan(name string) bool { return planNames()[name] }

func knownNames(plans []Plan) string {
	names := make([]string, len(plans))
	for i, p := range plans {
		names[i] = p.Name
	}
	return strings.Join(names, ", ")
}

func subBands(n int, plan func(int) Plan) []Plan {
	plans := make([]Plan, n)
	for i := range plans {
		plans[i] = plan(i)
	}
	return plans
}

func numbered(region string, subBand int) string { return region + "_" + strconv.Itoa(subBand) }

// eight are the usual eight channels, 200 kHz apart.
func eight(first Hertz) []Hertz { return Row{First: first, Step: 200 * KHz, Count: 8}.list() }

func (r Row) list() []Hertz {
	channels := make([]Hertz, r.Count)
	for i := range channels {
		channels[i] = r.At(i)
	}
	return channels
}

// eightRadios are the centres for eight channels 200 kHz apart: four channels at
// -400 to +200 kHz of radio A, four at -300 to +300 kHz of radio B, as the
// public HAL has it for US915.
func eightRadios(first Hertz) [2]Hertz { return [2]Hertz{first + 400*KHz, first + 1100*KHz} }

// wholeBand is the single rule of a region without sub-bands.
func wholeBand(name string, r Range, permille int, eirp DBm) []SubBand {
	return []SubBand{{Name: name, Range: r, Permille: permille, MaxEIRP: eirp}}
}
