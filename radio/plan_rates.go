package radio

// Direction is the way a frame goes. US915 and AU915 number data rates of the two
// ways differently since RP002-1.0.5, so a number alone says nothing.
type Direction uint8

// The two ways.
const (
	Up   Direction = iota // device to gateway
	Down                  // gateway to device
)

// DataRate is data rate number index of the region for frames of that
// direction, with what LoRaWAN adds to it: downlinks have inverted IQ and no
// payload CRC. It is false for a number that is not defined or that an SX1302
// does not speak (LR-FHSS).
func (p Plan) DataRate(direction Direction, index int) (Modulation, bool) {
	rates := p.Uplink
	if direction == Down {
		rates = p.Downlink
	}
	if index < 0 || index >= len(rates) || rates[index] == nil {
		return nil, false
	}
	return rates[index], true
}

// rates are the data rates of both ways, by number.
type rates struct{ up, down []Modulation }

// bothWays numbers the data rates of both ways alike, as most regions do.
func bothWays(list ...Modulation) rates {
	down := make([]Modulation, len(list))
	for i, m := range list {
		down[i] = asDownlink(m)
	}
	return rates{up: list, down: down}
}

func downlinks(list ...Modulation) []Modulation { return bothWays(list...).down }

func asDownlink(m Modulation) Modulation {
	if lora, ok := m.(LoRa); ok {
		lora.InvertIQ, lora.NoCRC = true, true
		return lora
	}
	return m
}

func lora(sf SpreadingFactor, bandwidth Hertz) Modulation {
	return LoRa{SF: sf, Bandwidth: bandwidth, CodeRate: CodeRate4_5}
}

// slow are data rates 0 to 5 of every region but US915.
func slow() []Modulation {
	return []Modulation{
		lora(12, 125*KHz), lora(11, 125*KHz), lora(10, 125*KHz),
		lora(9, 125*KHz), lora(8, 125*KHz), lora(7, 125*KHz),
	}
}

// fsk50 is LoRaWAN's FSK data rate.
func fsk50() Modulation { return FSK{BitRate: 50_000, Deviation: 25 * KHz} }

// The tables: RP002 as ChirpStack v4 has it (chirpstack, lrwn/src/region,
// RP002-1.0.5). nil stands for "not defined" and for LR-FHSS.

// europeanRates are those of EU868, RU864, EU433 and AS923.
func europeanRates() rates {
	return bothWays(append(slow(), lora(7, 250*KHz), fsk50(),
		nil, nil, nil, nil, lora(6, 125*KHz), lora(5, 125*KHz))...)
}

func indianRates() rates {
	return bothWays(append(slow(), nil, fsk50(),
		nil, nil, nil, nil, lora(6, 125*KHz), lora(5, 125*KHz))...)
}

func koreanRates() rates {
	return bothWays(append(slow(), nil, nil,
		nil, nil, nil, nil, lora(6, 125*KHz), lora(5, 125*KHz))...)
}

func chineseRates() rates { return bothWays(append(slow(), lora(7, 500*KHz), fsk50())...) }

func americanRates() rates {
	return rates{
		up: []Modulation{
			lora(10, 125*KHz), lora(9, 125*KHz), lora(8, 125*KHz), lora(7, 125*KHz), lora(8, 500*KHz),
			nil, nil, lora(6, 125*KHz), lora(5, 125*KHz),
		},
		down: wideDownlinks(),
	}
}

func australianRates() rates {
	return rates{
		up:   append(slow(), lora(8, 500*KHz), nil, nil, lora(6, 125*KHz), lora(5, 125*KHz)),
		down: wideDownlinks(),
	}
}

// wideDownlinks are the 500 kHz downlink data rates of US915 and AU915.
func wideDownlinks() []Modulation {
	return downlinks(
		lora(5, 500*KHz), nil, nil, nil, nil, nil, nil, nil,
		lora(12, 500*KHz), lora(11, 500*KHz), lora(10, 500*KHz),
		lora(9, 500*KHz), lora(8, 500*KHz), lora(7, 500*KHz), lora(6, 500*KHz),
	)
}
