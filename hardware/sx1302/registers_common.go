package sx1302

// COMMON: clock, owner of the radios, modem enables.
var (
	regPage             = part("COMMON.PAGE", 0x5600, 0, 2, 0)
	regClock32RIF       = part("COMMON.CLK32_RIF", 0x5601, 4, 1, 0)       // 1: registers run on the radio's 32 MHz
	regHostRadioControl = part("COMMON.HOST_RADIO_CTRL", 0x5601, 3, 1, 1) // 1: the host owns the radios' SPI
	regRadioMode        = [2]Field{                                       // 1: the radio is an SX1250
		part("COMMON.SX1250_MODE_A", 0x5601, 0, 1, 1),
		part("COMMON.SX1250_MODE_B", 0x5601, 1, 1, 1),
	}
	regGlobalEnable       = part("COMMON.GLOBAL_EN", 0x5605, 3, 1, 0)
	regFSKEnable          = part("COMMON.FSK_EN", 0x5605, 2, 1, 0)
	regConcentratorEnable = part("COMMON.CONCENTRATOR_EN", 0x5605, 1, 1, 0) // multi-SF modems
	regServiceEnable      = part("COMMON.SERVICE_EN", 0x5605, 0, 1, 0)      // LoRa service modem (MBWSSF)
	regVersion            = reads(whole("COMMON.VERSION", 0x5606, 0x10))

	commonFields = []Field{
		regPage, regClock32RIF, regHostRadioControl, regRadioMode[0], regRadioMode[1],
		regGlobalEnable, regFSKEnable, regConcentratorEnable, regServiceEnable, regVersion,
	}
)

// GPIO: eight pins of the chip.
var (
	regGPIODirection = whole("GPIO.DIR_L", 0x5641, 0) // 1: output
	regGPIOOut       = whole("GPIO.OUT_L", 0x5643, 0)
	regGPIOSelect    = series(8, 1, part("GPIO.SEL_%d", 0x5648, 0, 4, 0)) // what drives the pin

	gpioFields = append([]Field{regGPIODirection, regGPIOOut}, regGPIOSelect...)
)

// RADIO_FE: front end of radio A and B.
var (
	regRSSIBasebandAlpha   = both(0x0D, part("RADIO_FE.RSSI_BB_ALPHA_%c", 0x5707, 0, 5, 0))
	regRSSIDecimatorAlpha  = both(0x0D, part("RADIO_FE.RSSI_DEC_ALPHA_%c", 0x5708, 0, 5, 0))
	regRSSIBasebandDefault = both(0x0D, whole("RADIO_FE.RSSI_DEFAULT_%c", 0x5702, 0))
	regRSSIDecimatorDef    = both(0x0D, whole("RADIO_FE.DEC_DEFAULT_%c", 0x5703, 0))
	regDCNotch             = both(0x0D, part("RADIO_FE.DC_NOTCH_EN_%c", 0x5701, 5, 1, 0))
	regHostFilterGain      = both(0x0D, part("RADIO_FE.HOST_FILTER_GAIN_%c", 0x5701, 0, 4, 0))

	frontEndFields = pairs(regRSSIBasebandAlpha, regRSSIDecimatorAlpha, regRSSIBasebandDefault,
		regRSSIDecimatorDef, regDCNotch, regHostFilterGain)
)

// CLK_CTRL: which radio's clock the chip runs on.
var (
	regClockRadio = [2]Field{
		part("CLK.RADIO_A_SEL", 0x57C0, 0, 1, 0),
		part("CLK.RADIO_B_SEL", 0x57C0, 1, 1, 0),
	}
	regClockDivider = part("CLK.CLKDIV_EN", 0x57C0, 2, 1, 0)

	clockFields = []Field{regClockRadio[0], regClockRadio[1], regClockDivider}
)
