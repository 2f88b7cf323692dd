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
	{"discoveries_hour", "beacons", 20, "an owner's survey of a place; more would take air from others",
		func(f *Figures) *int64 { return &f.DiscoveriesHour }},
	{"fine_allowance", "mm", 300_000, "a microsecond of light: timestamping, PPS and the antenna's place within the cell",
		func(f *Figures) *int64 { return &f.FineAllowance }},
	{"floor_sf10", "0.01 dBm", -14_200, "thermal noise of 125 kHz (-123 dBm), 6 dB noise figure, SNR limit -15 dB, and 10 dB for the radio's RSSI offset",
		func(f *Figures) *int64 { return &f.FloorSF10 }},
	{"floor_sf8", "0.01 dBm", -13_700, "as for SF10, SNR limit -10 dB",
		func(f *Figures) *int64 { return &f.FloorSF8 }},
	{"floor_sf9", "0.01 dBm", -13_950, "as for SF10, SNR limit -12.5 dB",
		func(f *Figures) *int64 { return &f.FloorSF9 }},
	{"horizon", "ms", 48 * hour, "eight windows: a station that misses a few beacons stays, one that only listens or only sends does not",
		func(f *Figures) *int64 { return &f.Horizon }},
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
	{"signal_margin", "0.01 dB", 300, "radios are calibrated to 1 or 2 dB at either end",
		func(f *Figures) *int64 { return &f.SignalMargin }},
	{"tags_of_slot", "tags", 64, "bounds what a flood of frames costs a hotspot and the network",
		func(f *Figures) *int64 { return &f.TagsOfSlot }},
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
