package radio

import "time"

// One function a region. Channels, receive windows, data rates and transmit
// ranges: RP002 as brocaar/lorawan's band, ChirpStack v4 and ChirpStack
// Concentratord have it. Downlink power: EIRP as ChirpStack v4 has it. Duty
// cycle of EU868: EN 300 220 as ChirpStack Concentratord has it. Country law may
// ask for less.

const dwell = 400 * time.Millisecond

func eu868() Plan {
	r := europeanRates()
	return Plan{
		Name:   "EU868",
		Radios: [2]Hertz{867_500 * KHz, 868_500 * KHz},
		MultiSF: []Hertz{
			868_100 * KHz, 868_300 * KHz, 868_500 * KHz,
			867_100 * KHz, 867_300 * KHz, 867_500 * KHz, 867_700 * KHz, 867_900 * KHz,
		},
		Service:  &ServiceChannel{Frequency: 868_300 * KHz, SF: 7, Bandwidth: 250 * KHz},
		FSK:      &FSKChannel{Frequency: 868_800 * KHz, Bandwidth: 125 * KHz, BitRate: 50_000},
		Transmit: Range{863 * MHz, 870 * MHz},
		RX2:      ReceiveTwo{869_525 * KHz, 0},
		// The letters Q and R are ours: the last band has two rules, by power.
		SubBands: []SubBand{
			{"K", Range{863 * MHz, 865 * MHz}, 1, 1600},
			{"L", Range{865 * MHz, 868 * MHz}, 10, 1600},
			{"M", Range{868 * MHz, 868_600 * KHz}, 10, 1600},
			{"N", Range{868_700 * KHz, 869_200 * KHz}, 1, 1600},
			{"P", Range{869_400 * KHz, 869_650 * KHz}, 100, 2900},
			{"Q", Range{869_700 * KHz, 870 * MHz}, noDutyLimit, 900},
			{"R", Range{869_700 * KHz, 870 * MHz}, 10, 1600},
		},
		Uplink: r.up, Downlink: r.down,
		BeaconChannels: eight(867_100 * KHz), BeaconMaxEIRP: 1600,
	}
}

func us915(subBand int) Plan {
	first := 902_300*KHz + Hertz(subBand)*1600*KHz
	transmit := Range{902 * MHz, 928 * MHz}
	r := americanRates()
	return Plan{
		Name:     numbered("US915", subBand),
		Radios:   eightRadios(first),
		MultiSF:  eight(first),
		Service:  &ServiceChannel{Frequency: first + 700*KHz, SF: 8, Bandwidth: 500 * KHz},
		Transmit: transmit,
		RX2:      ReceiveTwo{923_300 * KHz, 8},
		RX1:      wideReceiveOne(902_300 * KHz),
		SubBands: wholeBand("US915", transmit, noDutyLimit, 2100),
		Dwell:    Dwell{Limit: dwell, Bandwidth: 125 * KHz}, // FCC 15.247, hopping
		Uplink:   r.up, Downlink: r.down,
		BeaconChannels: eight(first), BeaconMaxEIRP: 2100,
	}
}

func au915(subBand int) Plan {
	first := 915_200*KHz + Hertz(subBand)*1600*KHz
	transmit := Range{915 * MHz, 928 * MHz}
	r := australianRates()
	return Plan{
		Name:     numbered("AU915", subBand),
		Radios:   eightRadios(first),
		MultiSF:  eight(first),
		Service:  &ServiceChannel{Frequency: first + 700*KHz, SF: 8, Bandwidth: 500 * KHz},
		Transmit: transmit,
		RX2:      ReceiveTwo{923_300 * KHz, 8},
		RX1:      wideReceiveOne(915_200 * KHz),
		SubBands: wholeBand("AU915", transmit, noDutyLimit, 3000),
		Dwell:    Dwell{Limit: dwell, Bandwidth: 125 * KHz, Optional: true},
		Uplink:   r.up, Downlink: r.down,
		BeaconChannels: eight(first), BeaconMaxEIRP: 3000,
	}
}

// wideReceiveOne is the rule of US915 and AU915: 64 channels of 125 kHz and 8 of
// 500 kHz, answered on 8 of 500 kHz by channel number modulo 8.
func wideReceiveOne(first Hertz) ReceiveOne {
	return ReceiveOne{
		Uplinks: []Row{
			{First: first, Step: 200 * KHz, Count: 64},
			{First: first + 700*KHz, Step: 1600 * KHz, Count: 8},
		},
		Downlink: Row{First: 923_300 * KHz, Step: 600 * KHz, Count: 8},
	}
}

func as923(name string, first Hertz) Plan {
	transmit := Range{915 * MHz, 928 * MHz}
	r := europeanRates()
	return Plan{
		Name:     name,
		Radios:   eightRadios(first),
		MultiSF:  eight(first),
		Service:  &ServiceChannel{Frequency: first + 1300*KHz, SF: 7, Bandwidth: 250 * KHz},
		Transmit: transmit,
		RX2:      ReceiveTwo{first, 2},
		SubBands: wholeBand(name, transmit, noDutyLimit, 1600),
		Dwell:    Dwell{Limit: dwell, Optional: true},
		Uplink:   r.up, Downlink: r.down,
		BeaconChannels: eight(first), BeaconMaxEIRP: 1600,
	}
}

func in865() Plan {
	transmit := Range{865 * MHz, 867 * MHz}
	channels := func() []Hertz { return []Hertz{865_062_500, 865_402_500, 865_985 * KHz} }
	r := indianRates()
	return Plan{
		Name:     "IN865",
		Radios:   [2]Hertz{865_232_500, 865_985 * KHz},
		MultiSF:  channels(),
		Transmit: transmit,
		RX2:      ReceiveTwo{866_550 * KHz, 2},
		SubBands: wholeBand("IN865", transmit, noDutyLimit, 3000),
		Uplink:   r.up, Downlink: r.down,
		BeaconChannels: channels(), BeaconMaxEIRP: 3000,
	}
}

// kr920 has no listening before talking here: that is the radio's to do.
func kr920() Plan {
	transmit := Range{920_900 * KHz, 923_300 * KHz}
	r := koreanRates()
	return Plan{
		Name:     "KR920",
		Radios:   [2]Hertz{922_400 * KHz, 923_100 * KHz},
		MultiSF:  Row{First: 922_100 * KHz, Step: 200 * KHz, Count: 7}.list(),
		Transmit: transmit,
		RX2:      ReceiveTwo{921_900 * KHz, 0},
		SubBands: wholeBand("KR920", transmit, noDutyLimit, 2300),
		Uplink:   r.up, Downlink: r.down,
		BeaconChannels: Row{First: 922_100 * KHz, Step: 200 * KHz, Count: 3}.list(), BeaconMaxEIRP: 1400,
	}
}

// ru864 counts 1 % in the whole band; which parts of it ask for 0.1 % the
// sources do not say.
func ru864() Plan {
	transmit := Range{864 * MHz, 870 * MHz}
	r := europeanRates()
	extra := Row{First: 864_100 * KHz, Step: 200 * KHz, Count: 5}
	return Plan{
		Name:     "RU864",
		Radios:   [2]Hertz{864_500 * KHz, 869 * MHz},
		MultiSF:  append([]Hertz{868_900 * KHz, 869_100 * KHz}, extra.list()...),
		Transmit: transmit,
		RX2:      ReceiveTwo{869_100 * KHz, 0},
		SubBands: wholeBand("RU864", transmit, 10, 1600),
		Uplink:   r.up, Downlink: r.down,
		BeaconChannels: append(extra.list(), 868_900*KHz, 869_100*KHz), BeaconMaxEIRP: 1600,
	}
}

func cn470(group int) Plan {
	first := 470_300*KHz + Hertz(group)*1600*KHz
	transmit := Range{470 * MHz, 510 * MHz}
	r := chineseRates()
	return Plan{
		Name:     numbered("CN470", group),
		Radios:   eightRadios(first),
		MultiSF:  eight(first),
		Transmit: transmit,
		RX2:      ReceiveTwo{505_300 * KHz, 0}, // 20 MHz plan A
		RX1: ReceiveOne{
			Uplinks:  []Row{{First: 470_300 * KHz, Step: 200 * KHz, Count: 96}},
			Downlink: Row{First: 500_300 * KHz, Step: 200 * KHz, Count: 48},
		},
		SubBands: wholeBand("CN470", transmit, noDutyLimit, 1900),
		Uplink:   r.up, Downlink: r.down,
		BeaconChannels: eight(first), BeaconMaxEIRP: 1900,
	}
}

// eu433's duty cycle of 10 % is the cautious reading: the sources name it without
// proof.
func eu433() Plan {
	transmit := Range{433_050 * KHz, 434_900 * KHz}
	three := Row{First: 433_175 * KHz, Step: 200 * KHz, Count: 3}
	r := europeanRates()
	return Plan{
		Name:     "EU433",
		Radios:   [2]Hertz{433_375 * KHz, 434_375 * KHz},
		MultiSF:  three.list(),
		Transmit: transmit,
		RX2:      ReceiveTwo{434_665 * KHz, 0},
		SubBands: wholeBand("EU433", transmit, 100, 1200),
		Uplink:   r.up, Downlink: r.down,
		BeaconChannels: three.list(), BeaconMaxEIRP: 1200,
	}
}
