package simulate

import (
	"context"
	"fmt"
	"hexspot/witness"
	"os"
	"sort"
	"strconv"
	"testing"
	"time"
)

func TestTry(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("N"))
	e, _ := strconv.Atoi(os.Getenv("E"))
	s, _ := strconv.Atoi(os.Getenv("S"))
	t0 := time.Now()
	debug = func(c *court, d *day, ws *witness.Weights) {
		var tot time.Duration
		_ = tot
		fmt.Println(d, time.Since(t0))
		if int(d.epoch)-int(firstEpoch) != e-1 {
			return
		}
		type st struct {
			vals       []int64
			zero, part int
		}
		m := map[string]*st{}
		for i := range c.world.stations {
			for _, cl := range ws.Station(c.world.stations[i].id) {
				k := string(c.row(i)) + " " + string(cl.Name)
				if m[k] == nil {
					m[k] = &st{}
				}
				m[k].vals = append(m[k].vals, cl.Value)
				if cl.Weight == 0 {
					m[k].zero++
				} else if cl.Weight < 10000 {
					m[k].part++
				}
			}
		}
		var ks []string
		for k := range m {
			ks = append(ks, k)
		}
		sort.Strings(ks)
		for _, k := range ks {
			v := m[k].vals
			sort.Slice(v, func(a, b int) bool { return v[a] < v[b] })
			q := func(p float64) int64 { return v[int(p*float64(len(v)-1))] }
			fmt.Printf("%-36s n=%4d zero %4d part %4d  q0 %6d q1 %6d q5 %6d q50 %6d q95 %6d q99 %6d q100 %6d\n", k, len(v), m[k].zero, m[k].part, q(0), q(.01), q(.05), q(.5), q(.95), q(.99), q(1))
		}
	}
	whys := map[string]int{}
	total := 0
	why = func(c *court, d *day, by int, claims []claim, v *witness.Verdict, ws *witness.Weights) {
		rs := map[[33]byte]witness.Fault{}
		for i := range v.Witnesses {
			rs[[33]byte(v.Witnesses[i].Station.Bytes())] = v.Witnesses[i].Reason
		}
		for _, k := range claims {
			if k.lie != (falsity{}) || c.world.stations[k.by].kind != Honest {
				continue
			}
			total++
			if !k.valid {
				f := string(rs[[33]byte(k.candidate.Station.Bytes())])
				if f == "beacon" {
					f += " " + string(v.Beacons[0].Reason)
				}
				whys["rule "+f]++
				continue
			}
			if k.weight < 9000 {
				a, b := v.Beacons[0].Station, k.candidate.Station
				best := int64(99999)
				name := ""
				sa, sb := ws.Station(a), ws.Station(b)
				for i, cl := range ws.Clues(a, b) {
					if cl.Weight < best {
						best = cl.Weight
						name = string(cl.Name)
						n := len(ws.Clues(a, b)) - len(sa) - len(sb)
						if i < n {
							name = "link " + name
						} else {
							name = "station " + name
						}
					}
				}
				whys[name]++
			}
		}
	}
	ch := Each(0.05)
	if os.Getenv("K") != "" {
		ch = []Cheaters{{Kind(os.Getenv("K")), 0.05}}
	}
	r, err := Run(context.Background(), Config{Hotspots: n, Epochs: e, Seed: uint64(s), Cheaters: ch, Workers: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("whys", total, whys)
	fmt.Println(r.Beacons, r.Observations, time.Since(t0))
	for _, k := range r.Kinds {
		fmt.Printf("%-20s n=%4d claimed=%8.0f rules %.3f cut %.4f hurt %d reports %d refused %.3f\n", k.Kind, k.Stations, float64(k.Claimed)/1e8, k.CutByRules(), k.Cut(), k.Hurt, k.Reports, float64(k.Refused)/float64(k.Reports))
	}
}
