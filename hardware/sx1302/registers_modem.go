package sx1302

// RX_TOP, multi-SF modems.
var (
	regModemDCNotch     = part("MODEM.DC_NOTCH_EN", 0x5860, 0, 1, 0)
	regForceDefaultFIR  = part("MODEM.FORCE_DEFAULT_FIR", 0x5875, 3, 1, 0)
	regGainDropComp     = part("MODEM.GAIN_DROP_COMP", 0x5878, 4, 1, 0)
	regTargetLevel      = part("MODEM.TARGET_LVL", 0x5878, 6, 2, 0)
	regPreambleLow      = whole("MODEM.PREAMBLE_LO", 0x5883, 8) // symbols
	regPreambleHigh     = whole("MODEM.PREAMBLE_HI", 0x5884, 0)
	regDFTPeak          = part("MODEM.DFT_PEAK_EN", 0x5887, 4, 2, 3) // 3: automatic
	regFineGainAutoA    = part("MODEM.FINE_A_GAIN_P_AUTO", 0x5892, 6, 2, 1)
	regFineGainPayloadA = part("MODEM.FINE_A_GAIN_P_PAYLOAD", 0x5892, 3, 3, 2)
	regFineGainISF11A   = part("MODEM.FINE_A_GAIN_I_EN_SF11", 0x5896, 4, 2, 0)
	regFineGainISF12A   = part("MODEM.FINE_A_GAIN_I_EN_SF12", 0x5896, 6, 2, 0)
	regFineRoundingB    = part("MODEM.FINE_B_ROUNDING", 0x5899, 6, 1, 0)
	regFineModeB        = part("MODEM.FINE_B_MODE", 0x5899, 0, 2, 3)
	regFineGainAutoB    = part("MODEM.FINE_B_GAIN_P_AUTO", 0x589A, 6, 2, 1)
	regFineGainPayloadB = part("MODEM.FINE_B_GAIN_P_PAYLOAD", 0x589A, 3, 3, 2)
	regFineGainPreambB  = part("MODEM.FINE_B_GAIN_P_PREAMB", 0x589A, 0, 3, 6)
	regFineIntAutoB     = part("MODEM.FINE_B_GAIN_I_AUTO", 0x589B, 6, 2, 3)
	regFineIntPayloadB  = part("MODEM.FINE_B_GAIN_I_PAYLOAD", 0x589B, 3, 3, 1)
	regFineIntPreambB   = part("MODEM.FINE_B_GAIN_I_PREAMB", 0x589B, 0, 3, 4)
	regFineGainISF11B   = part("MODEM.FINE_B_GAIN_I_EN_SF11", 0x589E, 4, 2, 0)
	regFineGainISF12B   = part("MODEM.FINE_B_GAIN_I_EN_SF12", 0x589E, 6, 2, 0)
	regDriftHigh        = part("MODEM.FREQ_TO_TIME_HI", 0x58A0, 0, 4, 9)
	regDriftLow         = whole("MODEM.FREQ_TO_TIME_LO", 0x58A1, 0x70)
	regDriftExponent    = part("MODEM.FREQ_TO_TIME_EXP", 0x58A2, 0, 3, 3)
	regDriftInvertTime  = part("MODEM.FREQ_TO_TIME_INVERT_SYMB", 0x58A3, 2, 1, 0)
	regTrackA           = series(2, 1, whole("MODEM.FREQ_TRACK_A_%d", 0x58A5, 0xFF)) // 2 bits a spreading factor
	regTrackB           = series(2, 1, whole("MODEM.FREQ_TRACK_B_%d", 0x58A7, 0xFF)) // of the second demodulation
	regSyncThreshold    = part("MODEM.FREQ_SYNCH_THR", 0x58AB, 0, 4, 8)
	regFineTimestamp    = part("MODEM.TIMESTAMP_EN", 0x58B3, 3, 1, 0)
	regTimestampSymbols = part("MODEM.TIMESTAMP_NB_SYMB", 0x58B3, 0, 3, 7)
	regSyncDeltaHigh    = part("MODEM.SYNC_DELTA_HI", 0x58B7, 0, 3, 0)
	regSyncDeltaPeaks   = part("MODEM.PEAK_POS_FINE", 0x58B7, 3, 5, 0x17)
	regSyncDeltaLow     = whole("MODEM.SYNC_DELTA_LO", 0x58B8, 127)
	regPPMOffsetSF5to8  = whole("MODEM.PPM_OFFSET_SF5_8", 0x58B9, 0) // 2 bits a spreading factor
	regPPMOffsetSF9     = part("MODEM.PPM_OFFSET_SF9", 0x58BA, 0, 2, 0)
	regPPMOffsetSF10    = part("MODEM.PPM_OFFSET_SF10", 0x58BA, 2, 2, 0)
	regPPMOffsetSF11    = part("MODEM.PPM_OFFSET_SF11", 0x58BA, 4, 2, 1)
	regPPMOffsetSF12    = part("MODEM.PPM_OFFSET_SF12", 0x58BA, 6, 2, 1)

	// Peak positions of the sync word: 2, 4 for 0x12 (private), 6, 8 for 0x34 (public).
	regSyncSF5     = [2]Field{signed(part("MODEM.SYNC_SF5_1", 0x588A, 0, 5, 2)), signed(part("MODEM.SYNC_SF5_2", 0x588B, 0, 5, 4))}
	regSyncSF6     = [2]Field{signed(part("MODEM.SYNC_SF6_1", 0x588C, 0, 5, 2)), signed(part("MODEM.SYNC_SF6_2", 0x588D, 0, 5, 4))}
	regSyncSF7to12 = [2]Field{signed(part("MODEM.SYNC_SF7_12_1", 0x588E, 0, 5, 2)), signed(part("MODEM.SYNC_SF7_12_2", 0x588F, 0, 5, 4))}

	modemFields = append([]Field{
		regModemDCNotch, regForceDefaultFIR, regGainDropComp, regTargetLevel, regPreambleLow, regPreambleHigh, regDFTPeak,
		regFineGainAutoA, regFineGainPayloadA, regFineGainISF11A, regFineGainISF12A,
		regFineRoundingB, regFineModeB, regFineGainAutoB, regFineGainPayloadB, regFineGainPreambB,
		regFineIntAutoB, regFineIntPayloadB, regFineIntPreambB, regFineGainISF11B, regFineGainISF12B,
		regDriftHigh, regDriftLow, regDriftExponent, regDriftInvertTime,
		regTrackA[0], regTrackA[1], regTrackB[0], regTrackB[1], regSyncThreshold,
		regFineTimestamp, regTimestampSymbols, regSyncDeltaHigh, regSyncDeltaPeaks, regSyncDeltaLow,
		regPPMOffsetSF5to8, regPPMOffsetSF9, regPPMOffsetSF10, regPPMOffsetSF11, regPPMOffsetSF12,
		kept("MODEM.DC_NOTCH_AUTO_BW", 0x5860, 3, 1, 1),
		kept("MODEM.DFE_LATCH", 0x5875, 0, 3, 7),
		kept("MODEM.DAGC_FREEZE", 0x5878, 0, 4, 0x0B),
		kept("MODEM.CHIRP_INVERT", 0x5887, 2, 1, 1),
		kept("MODEM.FINE_A_GAIN_P_PREAMB", 0x5892, 0, 3, 6),
		kept("MODEM.FINE_B_GAIN_P_HDR_RED", 0x5899, 7, 1, 1),
		kept("MODEM.FREQ_TO_TIME_INVERT_DETECT", 0x58A3, 0, 1, 1),
		kept("MODEM.FREQ_TO_TIME_INVERT_ERROR", 0x58A3, 3, 1, 1),
		kept("MODEM.SNR_MIN_WINDOW", 0x58AB, 5, 2, 1),
	}, pairs(regSyncSF5, regSyncSF6, regSyncSF7to12)...)
)

// RX_TOP, RX buffer, and the modem enables, which are in block OTP.
var (
	regLegacyTimestamp = part("BUFFER.LEGACY_TS", 0x58C0, 2, 1, 0) // 1: latch at the end of a frame
	regDirectRAM       = part("BUFFER.DIRECT_RAM_IF", 0x58C0, 3, 1, 0)
	regMaxMetrics      = whole("BUFFER.MAX_TS_METRICS", 0x58C1, 255)
	regWaitingHigh     = reads(part("BUFFER.NB_BYTES_HI", 0x58C8, 0, 5, 0))
	regWaitingLow      = reads(whole("BUFFER.NB_BYTES_LO", 0x58C9, 0))

	bufferFields = []Field{regLegacyTimestamp, regDirectRAM, regMaxMetrics, regWaitingHigh, regWaitingLow}
)
