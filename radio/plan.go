package radio

// Plan is the channel plan of one region (and sub-band) for an 8-channel
// gateway. Frequencies are channel centres. Source: RP002 as the public
// implementations have it, and the public HAL's reference configurations.
type Plan struct {
	Name    string          // ChirpStack's region id in upper case, "EU868" or "US915_1" (sub-bands count from 0)
	Radios  [2]Hertz        // centres of radio A and B for an SX1302/SX1303
	MultiSF []Hertz         // 1 to 8 LoRa channels of 125 kHz, SF5-SF12, in the concentrator's channel order
	Service *ServiceChannel // LoRa service channel, nil if the plan has none
	FSK     *FSKChannel     // nil if the plan has none
}

// ServiceChannel is a single-rate LoRa channel.
type ServiceChannel struct {
	Frequency Hertz
	SF        SpreadingFactor
	Bandwidth Hertz
}

// FSKChannel is an FSK channel.
type FSKChannel struct {
	Frequency Hertz
	Bandwidth Hertz
	BitRate   uint32 // bit/s
}

// Topic is the prefix of the plan's MQTT topics, "eu868" or "us915_1".
func (p Plan) Topic() string { return lower(p.Name) }

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
