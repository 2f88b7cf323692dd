package sx1302

// TIMESTAMP: the 32 MHz counter and the pulse of a GPS receiver.
var (
	regGPSEnable   = part("TIME.GPS_EN", 0x6100, 0, 1, 0)
	regGPSPolarity = part("TIME.GPS_POL", 0x6100, 1, 1, 0)
	regPPSLatch    = series(4, 1, reads(whole("TIME.PPS_%d", 0x6101, 0)))     // 0: most significant
	regCounter     = series(4, 1, reads(whole("TIME.COUNTER_%d", 0x6105, 0))) // likewise

	timeFields = append(append([]Field{regGPSEnable, regGPSPolarity}, regPPSLatch...), regCounter...)
)

// OTP: what the factory wrote, and which modems run.
var (
	regOTPAddress  = whole("OTP.BYTE_ADDR", 0x6180, 0)
	regOTPData     = reads(whole("OTP.RD_DATA", 0x6181, 0))
	regModemEnable = series(2, 1, whole("OTP.MODEM_EN_%d", 0x6188, 0xFF)) // 0: full modems, 1: limited ones

	otpFields = append([]Field{regOTPAddress, regOTPData}, regModemEnable...)
)
