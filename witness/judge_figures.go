package witness

// Figures are the numbers of a parameter set. A set uses those that its rows name;
// the rows also say unit and reason. Levels are in 0.01 dB(m), lengths in mm,
// times in ms.
type Figures struct {
	Horizon      int64 // how long an event counts
	MaxDistance  int64
	MaxSelected  int64 // witnesses that are paid
	MinDistance  int64 // set hexspot-1
	SignalMargin int64
	FloorSF8     int64
	FloorSF9     int64
	FloorSF10    int64
	NoiseLow     int64
	NoiseHigh    int64

	FineAllowance   int64
	TagsOfSlot      int64
	DiscoveriesHour int64
	LinkReports     int64

	LinkMargin       int64 // link weights, set hexspot-1; levels and slopes in 0.01 dB
	LinkEpochs       int64
	LinkAsked        int64
	SlopeDoubt       int64
	SlopeNone        int64
	SlopeFull        int64
	FadingNone       int64
	FadingFull       int64
	AnswerMargin     int64
	AnswersNone      int64
	AnswersFull      int64
	BalanceNone      int64
	BalancePartners  int64
	BalanceFull      int64
	DistanceNone     int64
	DistanceFull     int64
	LinkLevels       int64
	BeyondOctave     int64
	ElsewhereNone    int64
	ElsewhereFull    int64
	AreaGround       int64
	AreaShare        int64
	BeyondAlone      int64
	BeyondCompany    int64
	BeyondShare      int64
	BeyondNone       int64
	BeyondFull       int64
	GroundShare      int64
	PlaceMove        int64
	PlaceNone        int64
	PlaceFull        int64
	AroundAsked      int64
	AroundNeighbours int64
	AroundNone       int64
	AroundFull       int64
	TwinDistance     int64
	TwinsNone        int64
	TwinsFull        int64
	OwnerNone        int64
	OwnerFull        int64
	ClosedStations   int64
	ClosedNone       int64
	ClosedFull       int64

	ProvisionalEpochs int64 // of a weight below one half

	ExhibitAge      int64 // evidence of appeals
	ExhibitDistance int64
	ExhibitFrames   int64
	ExhibitOwners   int64
	ExhibitReach    int64
	ExhibitWindows  int64
	OwnDistance     int64

	MinSteps      int64 // set helium-2026-05
	EntropyLife   int64
	BeaconWindow  int64
	BeaconLag     int64
	WitnessLag    int64
	FrequencySlip int64
	DensityAge    int64
	DefaultScale  int64
}

// row is one figure of a set: the table that defaults, the parameter file and the
// documentation are made from.
type row struct {
	name    string
	unit    string
	value   int64 // default
	reason  string
	pointer func(*Figures) *int64
}

var hexspotRows = []row{
	{"answer_margin", "0.01 dB", 700, "fading, calibration of two radios and a neighbour's noise: a beacon expected this far above its limit is decoded in about 9 of 10 cases",
		func(f *Figures) *int64 { return &f.AnswerMargin }},
	{"answers_full", "0.0001", 4000, "an honest link answers about 9 in 10; what is lost to noise that comes and goes is allowed for",
		func(f *Figures) *int64 { return &f.AnswersFull }},
	{"answers_none", "0.0001", 2000, "a path is the same both ways: who is loud here and not heard there is not where it says",
		func(f *Figures) *int64 { return &f.AnswersNone }},
	{"area_ground", "times", 4, "sites of one town differ by 4 dB of obstacles and by their height: a good one reaches four times as many far away as its neighbours",
		func(f *Figures) *int64 { return &f.AreaGround }},
	{"area_share", "0.0001", 2000, "of what a station has in another town by chance, one way in a hundred is with more than every fifth there; of what comes from there eight in ten",
		func(f *Figures) *int64 { return &f.AreaShare }},
	{"around_asked", "beacons", 4, "a day: a neighbour that hears at all has heard one of them",
		func(f *Figures) *int64 { return &f.AroundAsked }},
	{"around_full", "0.0001", 1500, "four of five stations around may be shadowed",
		func(f *Figures) *int64 { return &f.AroundFull }},
	{"around_neighbours", "stations", 6, "two of six may be shadowed, hardly all: 40 beacons that one neighbour missed are one shadow",
		func(f *Figures) *int64 { return &f.AroundNeighbours }},
	{"around_none", "0.0001", 600, "whom 11 of 12 neighbours never hear is not their neighbour",
		func(f *Figures) *int64 { return &f.AroundNone }},
	{"balance_full", "0.01 dB", 600, "power and RSSI of two radios are each right to 1 or 2 dB, averaged over partners",
		func(f *Figures) *int64 { return &f.BalanceFull }},
	{"balance_none", "0.01 dB", 850, "an amplifier of ten times the stated power",
		func(f *Figures) *int64 { return &f.BalanceNone }},
	{"balance_partners", "stations", 5, "the median is that of honest partners unless three of them are wrong themselves",
		func(f *Figures) *int64 { return &f.BalancePartners }},
	{"beyond_alone", "0.01 dB", -1400, "a way with no company at either end: the shadows of two stations' links differ by 8 dB and more, but seldom for the better where few are heard at all",
		func(f *Figures) *int64 { return &f.BeyondAlone }},
	{"beyond_company", "0.0001", 1000, "of a town's best site a few links in a hundred are far and in company, of a station that has something elsewhere every fourth or more",
		func(f *Figures) *int64 { return &f.BeyondCompany }},
	{"beyond_full", "0.01 dB", -600, "three to eight honest links in a hundred are past it, hardly one of them in company",
		func(f *Figures) *int64 { return &f.BeyondFull }},
	{"beyond_none", "0.01 dB", -1100, "one to five honest links in a hundred are past it, one in five hundred in company",
		func(f *Figures) *int64 { return &f.BeyondNone }},
	{"beyond_octave", "0.01 dB/octave", 300, "what a path loses over free space grows with distance; half of the least that towns show",
		func(f *Figures) *int64 { return &f.BeyondOctave }},
	{"beyond_share", "0.0001", 2500, "where too few stand around to compare: an honest station has a link or two that are so much better than its others and than the ground; who has every fourth has something elsewhere",
		func(f *Figures) *int64 { return &f.BeyondShare }},
	{"closed_full", "0.01 dB/octave", 200, "free space has 6 dB an octave, all real ground more; less than a third of it, and that beyond slope_doubt errors, is no ground",
		func(f *Figures) *int64 { return &f.ClosedFull }},
	{"closed_none", "0.01 dB/octave", 100, "attenuators do not know what distances are published: 0 dB, and 0.2 dB of error for eight in a room",
		func(f *Figures) *int64 { return &f.ClosedNone }},
	{"closed_stations", "stations", 64, "a larger group that hears nobody else is a region",
		func(f *Figures) *int64 { return &f.ClosedStations }},
	{"discoveries_hour", "beacons", 20, "an owner's survey of a place; more would take air from others",
		func(f *Figures) *int64 { return &f.DiscoveriesHour }},
	{"distance_full", "0.01 dB", -1100, "sites differ by 4 dB in what stands around them and by as much in how open the ground is: the mean of an honest station's links seldom leaves twice both",
		func(f *Figures) *int64 { return &f.DistanceFull }},
	{"distance_none", "0.01 dB", -1400, "free space itself grows by 14 dB from 3 to 15 km: what is missing is the distance",
		func(f *Figures) *int64 { return &f.DistanceNone }},
	{"elsewhere_full", "0.0001", 3500, "a third of a station's links may be such where somebody sends its frames again elsewhere: those links are cut alone",
		func(f *Figures) *int64 { return &f.ElsewhereFull }},
	{"elsewhere_none", "0.0001", 5000, "most of a station's links: it is the station",
		func(f *Figures) *int64 { return &f.ElsewhereNone }},
	{"exhibit_age", "ms", 60_000, "a car goes a kilometre in a minute",
		func(f *Figures) *int64 { return &f.ExhibitAge }},
	{"exhibit_distance", "mm", 1_000_000, "near: a street away, where buildings leave a signal",
		func(f *Figures) *int64 { return &f.ExhibitDistance }},
	{"exhibit_frames", "frames", 8, "as link_asked: by chance or by hand is not eight times",
		func(f *Figures) *int64 { return &f.ExhibitFrames }},
	{"exhibit_owners", "owners", 2, "one other owner may be a friend; two with stations in good standing are dearer than the weight",
		func(f *Figures) *int64 { return &f.ExhibitOwners }},
	{"exhibit_reach", "mm", 2_000_000, "what loses less than free space over this was sent nearer: half of a town away is not its place",
		func(f *Figures) *int64 { return &f.ExhibitReach }},
	{"exhibit_windows", "windows", 2, "a transmitter that was put up for a test would have to stay",
		func(f *Figures) *int64 { return &f.ExhibitWindows }},
	{"fading_full", "0.0001 dB2", 9000, "0.95 dB: real links of a year measured 0.9 to 9 dB, the least of them close to the noise",
		func(f *Figures) *int64 { return &f.FadingFull }},
	{"fading_none", "0.0001 dB2", 4000, "0.63 dB: a cable and the rounding of the chip's RSSI give 0.3 to 0.5 dB",
		func(f *Figures) *int64 { return &f.FadingNone }},
	{"fine_allowance", "mm", 300_000, "a microsecond of light: timestamping, PPS and the antenna's place within the cell",
		func(f *Figures) *int64 { return &f.FineAllowance }},
	{"floor_sf10", "0.01 dBm", -14_200, "thermal noise of 125 kHz (-123 dBm), 6 dB noise figure, SNR limit -15 dB, and 10 dB for the radio's RSSI offset",
		func(f *Figures) *int64 { return &f.FloorSF10 }},
	{"floor_sf8", "0.01 dBm", -13_700, "as for SF10, SNR limit -10 dB",
		func(f *Figures) *int64 { return &f.FloorSF8 }},
	{"floor_sf9", "0.01 dBm", -13_950, "as for SF10, SNR limit -12.5 dB",
		func(f *Figures) *int64 { return &f.FloorSF9 }},
	{"ground_share", "0.0001", 5000, "where most of those around both ends are heard by each other, the ground is what carries; where one or two are, it is they",
		func(f *Figures) *int64 { return &f.GroundShare }},
	{"horizon", "ms", 48 * hour, "eight windows: a station that misses a few beacons stays, one that only listens or only sends does not",
		func(f *Figures) *int64 { return &f.Horizon }},
	{"link_asked", "beacons", 8, "eight beacons in a row that each had to be heard with 9 in 10: one in 10^8",
		func(f *Figures) *int64 { return &f.LinkAsked }},
	{"link_epochs", "epochs", 14, "a generation of sums; a link is judged by one to two of them, and forgotten after",
		func(f *Figures) *int64 { return &f.LinkEpochs }},
	{"link_levels", "reports", 4, "the shadow of a path is not averaged away by more; four leave 2 dB of fading",
		func(f *Figures) *int64 { return &f.LinkLevels }},
	{"link_margin", "0.01 dB", 600, "the largest power step: what counts would have been decoded at each of them",
		func(f *Figures) *int64 { return &f.LinkMargin }},
	{"link_reports", "reports", 40, "power-step slope at 20 reports and 6 dB of fading gives 13 % false alarms: a weight needs more",
		func(f *Figures) *int64 { return &f.LinkReports }},
	{"max_distance", "mm", 100_000_000, "Helium's figure (HIP-58); the radio horizon of a hill of 600 m",
		func(f *Figures) *int64 { return &f.MaxDistance }},
	{"max_selected", "cells", 14, "beyond it another witness says nothing new of a beacon, and each is paid less",
		func(f *Figures) *int64 { return &f.MaxSelected }},
	{"min_distance", "mm", 300_000, "stations of one building prove nothing of each other",
		func(f *Figures) *int64 { return &f.MinDistance }},
	{"noise_high", "0.01 dBm", -7_500, "louder noise leaves no frame to decode",
		func(f *Figures) *int64 { return &f.NoiseHigh }},
	{"noise_low", "0.01 dBm", -13_000, "7 dB below the thermal noise of 125 kHz: what an RSSI offset may hide",
		func(f *Figures) *int64 { return &f.NoiseLow }},
	{"own_distance", "mm", 100_000, "what a receiver between buildings is off by at worst, and the cell's slack besides",
		func(f *Figures) *int64 { return &f.OwnDistance }},
	{"owner_full", "0.0001", 9500, "one report of twenty that is a stranger's vouches for the rest: in a small village the owner's other station may be nearly all there is",
		func(f *Figures) *int64 { return &f.OwnerFull }},
	{"owner_none", "0.0001", 10_000, "an owner who hears himself proves nothing",
		func(f *Figures) *int64 { return &f.OwnerNone }},
	{"place_full", "0.001", 4000, "e^4 times as likely: shadows of 10 dB alone hardly make a place that far away so much likelier",
		func(f *Figures) *int64 { return &f.PlaceFull }},
	{"place_move", "mm", 10_000_000, "more than a town's radius: within a town, and where two towns meet, shadows alone make another place likelier now and then",
		func(f *Figures) *int64 { return &f.PlaceMove }},
	{"place_none", "0.001", 7000, "e^7 times as likely: one in a thousand, and half as much again for what the ground is taken for",
		func(f *Figures) *int64 { return &f.PlaceNone }},
	{"provisional_epochs", "epochs", 7, "a week of epochs of a day: an owner who is away comes back, and a drive past or an audit can be had",
		func(f *Figures) *int64 { return &f.ProvisionalEpochs }},
	{"signal_margin", "0.01 dB", 300, "radios are calibrated to 1 or 2 dB at either end",
		func(f *Figures) *int64 { return &f.SignalMargin }},
	{"slope_doubt", "0.01", 250, "standard errors that a slope is believed to be better than it looks: 0.6 % of honest links are past them, and the limit is half a slope further",
		func(f *Figures) *int64 { return &f.SlopeDoubt }},
	{"slope_full", "0.0001", 4500, "an honest link has 1 dB a dB; half of it allows for radios whose steps are coarse",
		func(f *Figures) *int64 { return &f.SlopeFull }},
	{"slope_none", "0.0001", 2500, "a frame that is sent anew has the power of its last sender",
		func(f *Figures) *int64 { return &f.SlopeNone }},
	{"tags_of_slot", "tags", 64, "bounds what a flood of frames costs a hotspot and the network",
		func(f *Figures) *int64 { return &f.TagsOfSlot }},
	{"twin_distance", "mm", 8000000, "sites that a splitter would pretend; further apart their distances to others no longer fit",
		func(f *Figures) *int64 { return &f.TwinDistance }},
	{"twins_full", "0.0001 dB2", 18000, "two antennas fade for themselves: twice the fading of one, and every beaconer's shadow differs",
		func(f *Figures) *int64 { return &f.TwinsFull }},
	{"twins_none", "0.0001 dB2", 8000, "two radios on one antenna differ by rounding and their own noise, below 1 dB2",
		func(f *Figures) *int64 { return &f.TwinsNone }},
}

var heliumRows = []row{
	{"beacon_lag", "ms", 4_000, "a witness report comes within 4 s of the beacon report it follows",
		func(f *Figures) *int64 { return &f.BeaconLag }},
	{"beacon_window", "ms", 6 * hour, "one beacon in each quarter of a day, UTC",
		func(f *Figures) *int64 { return &f.BeaconWindow }},
	{"default_scale", "0.0001", 2_000, "scale where nobody is counted",
		func(f *Figures) *int64 { return &f.DefaultScale }},
	{"density_age", "ms", 61 * hour, "60 h and 60 min since the last good beacon",
		func(f *Figures) *int64 { return &f.DensityAge }},
	{"entropy_life", "s", 180, "reports arrive while their entropy lives",
		func(f *Figures) *int64 { return &f.EntropyLife }},
	{"frequency_slip", "Hz", 100_000, "half the spacing of channels",
		func(f *Figures) *int64 { return &f.FrequencySlip }},
	{"horizon", "ms", 48 * hour, "HIP-106",
		func(f *Figures) *int64 { return &f.Horizon }},
	{"max_distance", "km", 100, "HIP-58; whole kilometres of rounded metres",
		func(f *Figures) *int64 { return &f.MaxDistance }},
	{"max_selected", "witnesses", 14, "HIP-83",
		func(f *Figures) *int64 { return &f.MaxSelected }},
	{"min_steps", "cells", 8, "of resolution 11, about 350 m",
		func(f *Figures) *int64 { return &f.MinSteps }},
	{"witness_lag", "ms", 1_500, "of the first witness report, where that came before the beacon report",
		func(f *Figures) *int64 { return &f.WitnessLag }},
}

const hour = 3_600_000 // ms
