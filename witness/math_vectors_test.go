package witness

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"hexspot/coverage"
	"hexspot/radio"
)

type placeVector struct {
	Cell    string
	X, Y, Z coverage.Millimetres `json:",string"`
}

func (p placeVector) position() coverage.Position { return coverage.Position{X: p.X, Y: p.Y, Z: p.Z} }

type siteVector struct {
	placeVector
	Gain, Loss radio.DB  `json:",string"`
	Conducted  radio.DBm `json:",string"`
}

// judgeVectors are the groups of the vectors that are about judging. They were made
// by a second implementation and are kept beside package radio.
type judgeVectors struct {
	Distances []struct {
		A, B     placeVector
		Chord    *uint64               `json:"chord_mm,string"`
		Distance *coverage.Millimetres `json:"distance_mm,string"`
	}
	Isqrt []struct {
		N, Root uint64 `json:",string"`
	}
	Log2 []struct {
		V    uint64 `json:",string"`
		Log2 q32    `json:",string"`
	} `json:"log2_q32"`
	FreeSpaceLoss []struct {
		Distance  coverage.Millimetres `json:"distance_mm,string"`
		Frequency radio.Hertz          `json:"frequency_hz,string"`
		Loss      microdB              `json:"loss_udb,string"`
	} `json:"free_space_loss"`
	WitnessRules []witnessRulesVector `json:"witness_rules"`
	SignalEdges  []struct {
		SF      uint32
		Signal  radio.DBm `json:"signal_rssi"`
		NotWeak bool      `json:"not_too_weak"`
	} `json:"signal_edges"`
	NoiseEdges []struct {
		Signal     radio.DBm `json:"signal_rssi"`
		SNR        radio.DB
		Judged, OK bool
		Noise      radio.DBm
	} `json:"noise_edges"`
	HeardInSlot []struct {
		Timing string
		Slot   int64 `json:",string"`
		Heard  int64 `json:"heard_ms,string"`
		OK     bool
	} `json:"heard_in_slot"`
	FineTime []struct {
		Distance  coverage.Millimetres `json:"distance_mm,string"`
		Allowance coverage.Millimetres `json:"allowance_mm,string"`
		I         uint64               `json:"fine_ns_i,string"`
		J         uint64               `json:"fine_ns_j,string"`
		OK        bool
	} `json:"fine_time"`
	Selection []selectionVector
}

type witnessRulesVector struct {
	Beaconer, Witness siteVector
	Frequency         radio.Hertz `json:"frequency_hz,string"`
	SF                uint32      `json:",string"`
	Signal            radio.DBm   `json:"signal_rssi,string"`
	SNR               radio.DB    `json:",string"`
	Expect            struct {
		Distance      int64 `json:"distance_mm,string"`
		Gap           int64 `json:"distance_less_slack_mm,string"`
		NotNear       bool  `json:"not_too_near"`
		NotFar        bool  `json:"not_too_far"`
		SignalLimit   int64 `json:"signal_limit_udb,string"`
		SignalMargin  int64 `json:"signal_margin_udb,string"`
		NotStrong     bool  `json:"signal_not_too_strong"`
		SignalFloor   int64 `json:"signal_floor,string"`
		NotWeak       bool  `json:"signal_not_too_weak"`
		NoiseJudged   bool  `json:"noise_judged"`
		Noise         int64 `json:",string"`
		NoiseBelieved bool  `json:"noise_ok"`
	}
}

type selectionVector struct {
	ValueZ string `json:"value_z"`
	Tag    string
	Valid  []struct{ Station, Cell string } `json:"valid_witnesses"`
	Limit  int                              `json:"max_cells"`
	Chosen []struct {
		Station string
		Cell    string `json:"res8_cell"`
		Order   string `json:"order_hash"`
	} `json:"selected"`
	W int
}

func loadJudgeVectors(t testing.TB) judgeVectors {
	t.Helper()
	b, err := os.ReadFile("../radio/testdata/hexspot-1.json")
	if err != nil {
		t.Fatal(err)
	}
	var v judgeVectors
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	for name, n := range map[string]int{
		"distances": len(v.Distances), "isqrt": len(v.Isqrt), "log2_q32": len(v.Log2),
		"free_space_loss": len(v.FreeSpaceLoss), "witness_rules": len(v.WitnessRules),
		"signal_edges": len(v.SignalEdges), "noise_edges": len(v.NoiseEdges),
		"heard_in_slot": len(v.HeardInSlot), "fine_time": len(v.FineTime), "selection": len(v.Selection),
	} {
		if n == 0 {
			t.Fatalf("the vectors have no group %s", name)
		}
	}
	return v
}

func judgeBytes(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func cellOf(t testing.TB, text string) coverage.Hex {
	t.Helper()
	h, err := coverage.ParseHex(text)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestMathVectors(t *testing.T) {
	v := loadJudgeVectors(t)
	for _, c := range v.Isqrt {
		if got := isqrt(c.N); got != c.Root {
			t.Errorf("isqrt(%d) = %d, want %d", c.N, got, c.Root)
		}
	}
	for _, c := range v.Log2 {
		if got := log2(c.V); got != c.Log2 {
			t.Errorf("log2(%d) = %d, want %d", c.V, got, c.Log2)
		}
	}
	for _, c := range v.FreeSpaceLoss {
		if got := freeSpaceLoss(c.Distance, c.Frequency, lossOffset); got != c.Loss {
			t.Errorf("loss over %d mm at %v = %d, want %d", c.Distance, c.Frequency, got, c.Loss)
		}
	}
	for _, c := range v.FineTime {
		if got := fineTimesFit(c.I, c.J, c.Distance, c.Allowance); got != c.OK {
			t.Errorf("fine times %d and %d over %d mm: %v", c.I, c.J, c.Distance, got)
		}
		if got := fineTimesFit(c.J, c.I, c.Distance, c.Allowance); got != c.OK {
			t.Errorf("fine times %d and %d over %d mm: %v", c.J, c.I, c.Distance, got)
		}
	}
}

func TestDistanceVectors(t *testing.T) {
	for _, c := range loadJudgeVectors(t).Distances {
		a, b := c.A.position(), c.B.position()
		d, ok := distance(a, b)
		if ok != (c.Distance != nil) {
			t.Errorf("%v to %v: distance %v", a, b, ok)
			continue
		}
		if ok && (d != *c.Distance || chord(a, b) != *c.Chord) {
			t.Errorf("%v to %v: %d, chord %d, want %d, %d", a, b, d, chord(a, b), *c.Distance, *c.Chord)
		}
	}
}

func siteOf(t testing.TB, v siteVector) SiteFacts {
	t.Helper()
	cell := cellOf(t, v.Cell)
	slack, err := coverage.Slack(cell)
	if err != nil {
		t.Fatal(err)
	}
	return SiteFacts{
		Known: true, Full: true, Located: true, Cell: cell, Position: v.position(), Slack: slack,
		Gain: v.Gain, Loss: v.Loss, Plan: "EU868",
	}
}

// TestWitnessRuleVectors judges a whole case for each vector and looks at the rules
// it is about.
func TestWitnessRuleVectors(t *testing.T) {
	p := DefaultParameters(hexspot1)
	for i, c := range loadJudgeVectors(t).WitnessRules {
		signal := c.Signal
		kase := Case{
			Beacons: []BeaconFacts{{Site: siteOf(t, c.Beaconer), Frequency: c.Frequency, SF: c.SF, Conducted: c.Beaconer.Conducted}},
			Witnesses: []WitnessFacts{{Site: siteOf(t, c.Witness), Frequency: c.Frequency, SF: c.SF,
				ChannelRSSI: signal, SignalRSSI: &signal, SNR: c.SNR}},
		}
		verdict := Judge(&kase, p)
		at := func(name Fault) Finding { return findingOf(t, hexspot1.Witness, &verdict.Witnesses[0], name) }
		x := c.Expect
		noise := Finding{}
		if x.NoiseJudged {
			noise = within(x.Noise*10_000, -130_000_000, -75_000_000)
		}
		for name, want := range map[Fault]Finding{
			"too_near":   {outcomeOf(x.NotNear), x.Gap, 300_000, x.Gap - 300_000},
			"too_far":    {outcomeOf(x.NotFar), x.Distance, 100_000_000, 100_000_000 - x.Distance},
			"too_strong": {outcomeOf(x.NotStrong), int64(signal) * 10_000, x.SignalLimit, x.SignalMargin},
			"too_weak":   {outcomeOf(x.NotWeak), int64(signal) * 10_000, x.SignalFloor * 10_000, (int64(signal) - x.SignalFloor) * 10_000},
			"noise":      noise,
		} {
			if got := at(name); got != want {
				t.Errorf("case %d, %s: %+v, want %+v", i, name, got, want)
			}
		}
		if got := at("noise"); (got.Outcome != RuleFailed) != x.NoiseBelieved {
			t.Errorf("case %d: noise %+v, want believed %v", i, got, x.NoiseBelieved)
		}
	}
}

func outcomeOf(passed bool) RuleOutcome {
	if passed {
		return RulePassed
	}
	return RuleFailed
}

func findingOf(t testing.TB, rules []Rule, j *Judged, name Fault) Finding {
	t.Helper()
	for i := range rules {
		if rules[i].Name == name {
			return j.Findings[i]
		}
	}
	t.Fatalf("there is no rule %s", name)
	return Finding{}
}

func TestLevelEdgeVectors(t *testing.T) {
	p, v := DefaultParameters(hexspot1), loadJudgeVectors(t)
	for _, c := range v.SignalEdges {
		w := WitnessFacts{SF: c.SF, SignalRSSI: &c.Signal}
		if got := notTooWeak(&view{p: p, w: &w, witnessSane: true}); got.Outcome != outcomeOf(c.NotWeak) {
			t.Errorf("%v at SF%d: %+v", c.Signal, c.SF, got)
		}
	}
	for _, c := range v.NoiseEdges {
		w := WitnessFacts{SF: 9, SignalRSSI: &c.Signal, SNR: c.SNR}
		got := noiseBelieved(&view{p: p, w: &w, witnessSane: true})
		if (got.Outcome != RuleNotEvaluated) != c.Judged || c.Judged && (got.Outcome != outcomeOf(c.OK) || got.Value != int64(c.Noise)*10_000) {
			t.Errorf("%v with SNR %v: %+v, want noise %v, %v", c.Signal, c.SNR, got, c.Noise, c.OK)
		}
	}
}

func TestHeardInSlotRuleVectors(t *testing.T) {
	lengths := map[string]int64{"default": 60_000, "demo": 2_000}
	for _, c := range loadJudgeVectors(t).HeardInSlot {
		length := lengths[c.Timing]
		kase := Case{Start: c.Slot * length, End: (c.Slot + 1) * length}
		w := WitnessFacts{Heard: c.Heard}
		if got := heardInSlot(&view{c: &kase, w: &w, witnessSane: true}); got.Outcome != outcomeOf(c.OK) {
			t.Errorf("%d in slot %d: %+v, want %v", c.Heard, c.Slot, got, c.OK)
		}
	}
}
