package sx1302

// The tables of this file and of boot_modem.go, boot_service.go: what registers are
// set to at a start, stage by stage. Values are the HAL's, which explains few.

// GPIO selections.
const (
	gpioRegister = 0 // the pin follows GPIO.OUT_L
	gpioAGC      = 1
	gpioStatus   = 9 // of transmission and reception
)

// legacyTimestamps latch the counter at the end of a frame.
func legacyTimestamps() []setting { return []setting{{regLegacyTimestamp, 1}} }

// fineTimestamps latch it at the end of the preamble, and keep what is needed for
// nanoseconds (SX1303).
func fineTimestamps() []setting {
	return []setting{
		{regLegacyTimestamp, 0}, {regMaxMetrics, 32},
		{regFineTimestamp, 1}, {regTimestampSymbols, 0},
	}
}

// gpioSettings: pin 0 lights when the start is done, 2 while sending, 4 when
// something is received; 7 is an input of the AGC, for listen before talk.
func gpioSettings() []setting {
	list := all(regGPIOSelect, gpioRegister)
	list[2].value, list[4].value, list[7].value = gpioStatus, gpioStatus, gpioAGC
	return append(list, setting{regGPIODirection, 0x7F})
}

// frontEndSettings switch PA and LNA of a half-duplex board, and average the RSSI.
func frontEndSettings() []setting {
	var list []setting
	for radio := range 2 {
		list = append(list, []setting{
			{regPATable[radio], 4}, {regLNATable[radio], 2},
			{regRSSIBasebandAlpha[radio], 3}, {regRSSIDecimatorAlpha[radio], 7},
			{regRSSIBasebandDefault[radio], 23}, {regRSSIDecimatorDef[radio], 66},
			{regDCNotch[radio], 1}, {regHostFilterGain[radio], 0x0B},
		}...)
	}
	return list
}

// channelizerSettings put the channels where the plan has them, with gains left to
// the AGC.
func channelizerSettings(channels [fskChannel + 1]rxChannel) []setting {
	service, fsk := channels[serviceChannel], channels[fskChannel]
	list := []setting{
		{regChannelRadio, mask(channels[:], rxChannel.onRadioB)},
		{regServiceRadio, service.chain}, {regFSKRadio, fsk.chain},
	}
	for i, c := range channels[:multiSFChannels] {
		list = append(list, frequency(regIFHigh[i], regIFLow[i], c)...)
	}
	list = append(list, frequency(regServiceIFHigh, regServiceIFLow, service)...)
	list = append(list, frequency(regFSKIFHigh, regFSKIFLow, fsk)...)
	return append(list, []setting{
		{regRSSIFilterAlpha, 5}, {regChannelRSSI, 85},
		{regDAGCMode, 1}, {regDAGCHigh, 255}, {regDAGCLow, 0}, {regDAGCMaxAtten, 15}, {regDAGCMinAtten, 0},
	}...)
}

func frequency(high, low Field, c rxChannel) []setting {
	word := c.ifWord()
	return []setting{{high, byte(word >> 8)}, {low, byte(word)}}
}

// correlatorSettings let every enabled channel look for every spreading factor.
func correlatorSettings(channels [fskChannel + 1]rxChannel) []setting {
	enabled := mask(channels[:], rxChannel.enabled)
	list := all(regAccumulatorPNR, 52)
	list = append(list, all(regMultiPeakPNR, 24)...)
	list = append(list, all(regPeakCount, 7)...)
	list = append(list, all(regPeak2Count, 5)...)
	return append(list, []setting{
		{regFirstEdgeOnly, 0xFF}, {regAccumulatorClear, 0xFF}, {regCorrelatorSF, 0xFF},
		{regCorrelatorClock, enabled}, {regCorrelatorEnable, enabled},
	}...)
}

// all sets every row of a series to the same value.
func all(fields []Field, value byte) []setting {
	list := make([]setting, len(fields))
	for i, f := range fields {
		list[i] = setting{f, value}
	}
	return list
}

// txSettings are what a transmit chain needs once (SX1250).
func txSettings() []setting {
	var list []setting
	for chain := range 2 {
		list = append(list, []setting{
			{regTXDividerAGC.on(chain), 1}, {regTXDestination.on(chain), 1},
			{regTXMode.on(chain), 1}, {regTXClockEdge.on(chain), 0},
		}...)
	}
	return list
}
