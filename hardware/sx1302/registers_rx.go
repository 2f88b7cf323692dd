package sx1302

import "slices"

// RX_TOP, channelizer: intermediate frequencies and levels of the eight channels.
var (
	regIFHigh = withResets(series(8, 2, part("RX.IF_%d_HI", 0x5800, 0, 5, 0)), 0, 0x01, 0x1E, 0, 0, 0, 0, 0)
	regIFLow  = withResets(series(8, 2, whole("RX.IF_%d_LO", 0x5801, 0)), 0x80, 0x80, 0x80, 0x80, 0x32, 0x3C, 0x46, 0x50)

	regChannelRadio    = whole("RX.RADIO_SELECT", 0x5810, 0) // bit i set: channel i is on radio B
	regRSSIFilterAlpha = part("RX.RSSI_FILTER_ALPHA", 0x5811, 3, 5, 7)
	regChannelRSSI     = whole("RX.CHAN_RSSI_DEFAULT", 0x5812, 0)
	regDAGCHigh        = whole("RX.DAGC_THRESHOLD_HIGH", 0x5813, 0)
	regDAGCLow         = whole("RX.DAGC_THRESHOLD_LOW", 0x5814, 0)
	regDAGCMaxAtten    = part("RX.DAGC_MAX_ATTEN", 0x5815, 4, 4, 15)
	regDAGCMinAtten    = part("RX.DAGC_MIN_ATTEN", 0x5815, 0, 4, 0)
	regDAGCMode        = part("RX.DAGC_MODE", 0x5817, 0, 2, 0)

	channelFields = slices.Concat(regIFHigh, regIFLow, []Field{
		regChannelRadio, regRSSIFilterAlpha, regChannelRSSI,
		regDAGCHigh, regDAGCLow, regDAGCMaxAtten, regDAGCMinAtten, regDAGCMode,
	})
)

// RX_TOP, correlators: they find preambles. Seven bytes a spreading factor, from SF5.
var (
	regCorrelatorClock  = whole("RX.CORR_CLK_EN", 0x5820, 0xFF) // bit i: channel i
	regCorrelatorEnable = whole("RX.CORR_EN", 0x5821, 0)        // bit i: channel i
	regCorrelatorSF     = whole("RX.CORR_SF_EN", 0x5822, 0xFF)  // bit 0: SF5
	regFirstEdgeOnly    = whole("RX.CORR_FIRST_EDGE", 0x5823, 0xFF)
	regAccumulatorClear = whole("RX.CORR_ACC_CLEAR", 0x5824, 0xFF)

	regAccumulatorPNR = withResets(series(8, 7, part("RX.CORR_%d_ACC_PNR", 0x5826, 0, 7, 0)), 55, 55, 55, 56, 58, 60, 60, 60)
	regMultiPeakPNR   = series(8, 7, part("RX.CORR_%d_MSP_PNR", 0x5828, 0, 7, 32))
	regPeakCount      = withResets(series(8, 7, part("RX.CORR_%d_PEAKS", 0x582A, 3, 3, 0)), 5, 4, 3, 3, 3, 3, 3, 3)
	regPeak2Count     = series(8, 7, part("RX.CORR_%d_PEAKS_2", 0x582B, 2, 3, 5))

	correlatorFields = slices.Concat([]Field{
		regCorrelatorClock, regCorrelatorEnable, regCorrelatorSF, regFirstEdgeOnly, regAccumulatorClear,
	}, regAccumulatorPNR, regMultiPeakPNR, regPeakCount, regPeak2Count,
		series(8, 7, kept("RX.CORR_%d_MSP_MODE", 0x582A, 0, 3, 3)),
		series(8, 7, kept("RX.CORR_%d_NOISE_COEFF", 0x582B, 0, 2, 2)))
)
