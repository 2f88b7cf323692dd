package sx1302

// AGC_MCU: the microcontroller that owns the radios and their gains.
var (
	regAGCClock    = part("AGC.CLK_EN", 0x5780, 4, 1, 1)
	regForceHostFE = part("AGC.FORCE_HOST_FE", 0x5780, 3, 1, 0) // 1: the host switches PA and LNA
	regAGCClear    = part("AGC.MCU_CLEAR", 0x5780, 2, 1, 1)     // 1: held in reset
	regAGCProgram  = part("AGC.HOST_PROG", 0x5780, 1, 1, 0)     // 1: the host owns the program memory
	regAGCParity   = reads(part("AGC.PARITY_ERROR", 0x5780, 0, 1, 0))
	regAGCStatus   = reads(whole("AGC.STATUS", 0x5781, 0))

	regRadioReset  = both(1, part("AGC.RADIO_RST_%c", 0x5783, 3, 1, 0)) // the SX1250 runs while 1
	regRadioEnable = both(1, part("AGC.RADIO_EN_%c", 0x5783, 2, 1, 0))
	regPAEnable    = both(1, part("AGC.PA_EN_%c", 0x5783, 1, 1, 0))
	regLNAEnable   = both(1, part("AGC.LNA_EN_%c", 0x5783, 0, 1, 0))
	regPATable     = both(1, part("AGC.PA_LUT_%c", 0x5785, 4, 4, 0))
	regLNATable    = both(1, part("AGC.LNA_LUT_%c", 0x5785, 0, 4, 0))

	// The mailbox. Byte 0 has the highest address; writing byte 3 says "go".
	regMailboxWrite = [4]Field{
		whole("AGC.MAILBOX_WR_0", 0x578C, 0), whole("AGC.MAILBOX_WR_1", 0x578B, 0),
		whole("AGC.MAILBOX_WR_2", 0x578A, 0), whole("AGC.MAILBOX_WR_3", 0x5789, 0),
	}
	regMailboxRead = [4]Field{
		reads(whole("AGC.MAILBOX_RD_0", 0x5790, 0)), reads(whole("AGC.MAILBOX_RD_1", 0x578F, 0)),
		reads(whole("AGC.MAILBOX_RD_2", 0x578E, 0)), reads(whole("AGC.MAILBOX_RD_3", 0x578D, 0)),
	}

	agcFields = append(append(append(
		[]Field{regAGCClock, regForceHostFE, regAGCClear, regAGCProgram, regAGCParity, regAGCStatus},
		pairs(regRadioReset, regRadioEnable, regPAEnable, regLNAEnable, regPATable, regLNATable)...),
		regMailboxWrite[:]...), regMailboxRead[:]...)
)

// ARB_MCU: the microcontroller that gives detected frames to modems.
var (
	regARBClock   = part("ARB.CLK_EN", 0x6080, 5, 1, 1)
	regARBClear   = part("ARB.MCU_CLEAR", 0x6080, 2, 1, 1)
	regARBProgram = part("ARB.HOST_PROG", 0x6080, 1, 1, 0)
	regARBParity  = reads(part("ARB.PARITY_ERROR", 0x6080, 0, 1, 0))
	regARBStatus  = reads(whole("ARB.STATUS", 0x6081, 0))
	regARBConfig  = series(4, 1, whole("ARB.DEBUG_CFG_%d", 0x6089, 0))         // writing 1 says "go"
	regARBDebug   = series(16, 1, reads(whole("ARB.DEBUG_STS_%d", 0x608D, 0))) // 0: version at start

	// Fine synchronisation offset of the eight channels, even ones in the low nibble.
	regSyncOffsetEven = series(4, 1, part("ARB.SYNC_OFFSET_EVEN_%d", 0x609D, 0, 4, 0))
	regSyncOffsetOdd  = series(4, 1, part("ARB.SYNC_OFFSET_ODD_%d", 0x609D, 4, 4, 0))

	arbFields = append(append(append(append(
		[]Field{regARBClock, regARBClear, regARBProgram, regARBParity, regARBStatus},
		regARBConfig...), regARBDebug...), regSyncOffsetEven...), regSyncOffsetOdd...)
)
