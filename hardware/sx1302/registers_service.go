package sx1302

// RX_TOP_LORA_SERVICE_FSK: the single-rate LoRa modem, channel 8.
var (
	regServiceIFHigh    = part("SERVICE.IF_HI", 0x5B00, 0, 5, 0)
	regServiceIFLow     = whole("SERVICE.IF_LO", 0x5B01, 0x80)
	regServiceRadio     = part("SERVICE.RADIO_SELECT", 0x5B02, 0, 1, 0)
	regServiceDCNotch   = part("SERVICE.DC_NOTCH_EN", 0x5B03, 0, 1, 0)
	regServiceFIR       = part("SERVICE.FORCE_DEFAULT_FIR", 0x5B18, 3, 1, 0)
	regServiceDAGCComp  = part("SERVICE.DAGC_IN_COMP", 0x5B19, 6, 1, 0)
	regServiceGainDrop  = part("SERVICE.GAIN_DROP_COMP", 0x5B1B, 4, 1, 0)
	regServiceTarget    = part("SERVICE.TARGET_LVL", 0x5B1B, 6, 2, 0)
	regServiceSF        = part("SERVICE.SF", 0x5B21, 0, 4, 7)
	regServiceBW        = part("SERVICE.BW", 0x5B21, 4, 4, 4) // 4, 5, 6: 125, 250, 500 kHz
	regServiceCodeRate  = part("SERVICE.CODING_RATE", 0x5B22, 0, 3, 2)
	regServiceModem     = part("SERVICE.MODEM_EN", 0x5B22, 3, 1, 0)
	regServicePPM       = part("SERVICE.PPM_OFFSET", 0x5B22, 4, 2, 0) // 1: low data rate optimisation
	regServiceCRC       = part("SERVICE.CRC_EN", 0x5B23, 0, 1, 1)
	regServiceImplicit  = part("SERVICE.IMPLICIT_HEADER", 0x5B23, 1, 1, 0)
	regServiceMode      = part("SERVICE.CADRXTX", 0x5B23, 2, 2, 1) // 1: receive
	regServiceStart     = part("SERVICE.MODEM_START", 0x5B23, 4, 1, 0)
	regServiceFineSync  = part("SERVICE.FINE_SYNCH_EN", 0x5B23, 5, 1, 0)
	regServiceLength    = whole("SERVICE.PAYLOAD_LENGTH", 0x5B24, 12)
	regServicePreamble  = whole("SERVICE.PREAMBLE", 0x5B27, 8) // symbols
	regServiceDFTPeak   = part("SERVICE.DFT_PEAK_EN", 0x5B2A, 4, 2, 3)
	regServiceSync      = [2]Field{signed(part("SERVICE.SYNC_1", 0x5B2E, 0, 5, 2)), signed(part("SERVICE.SYNC_2", 0x5B2F, 0, 5, 4))}
	regServiceGainAuto  = part("SERVICE.GAIN_P_AUTO", 0x5B32, 6, 2, 2)
	regServiceGainPre   = part("SERVICE.GAIN_P_PREAMB", 0x5B32, 0, 3, 4)
	regServiceIntEnable = part("SERVICE.GAIN_I_EN", 0x5B33, 6, 2, 0)
	regServiceIntPay    = part("SERVICE.GAIN_I_PAYLOAD", 0x5B33, 3, 3, 1)
	regServiceDriftHigh = part("SERVICE.FREQ_TO_TIME_HI", 0x5B36, 0, 4, 9)
	regServiceDriftLow  = whole("SERVICE.FREQ_TO_TIME_LO", 0x5B37, 0x70)
	regServiceDriftExp  = part("SERVICE.FREQ_TO_TIME_EXP", 0x5B38, 0, 3, 3)
	regServiceDriftInv  = part("SERVICE.FREQ_TO_TIME_INVERT_SYMB", 0x5B39, 2, 1, 0)
	regServicePeaks     = part("SERVICE.PEAKS", 0x5B40, 0, 3, 7)
	regServicePeaks2    = part("SERVICE.PEAKS_2", 0x5B40, 4, 3, 7)
	regServiceACC       = part("SERVICE.ACC_PNR", 0x5B42, 0, 7, 55)
	regServiceGainSymb  = part("SERVICE.USE_GAIN_SYMB", 0x5B42, 7, 1, 0)

	serviceFields = []Field{
		regServiceIFHigh, regServiceIFLow, regServiceRadio, regServiceDCNotch, regServiceFIR, regServiceDAGCComp,
		regServiceGainDrop, regServiceTarget, regServiceSF, regServiceBW, regServiceCodeRate, regServiceModem,
		regServicePPM, regServiceCRC, regServiceImplicit, regServiceMode, regServiceStart, regServiceFineSync,
		regServiceLength, regServicePreamble, regServiceDFTPeak, regServiceSync[0], regServiceSync[1],
		regServiceGainAuto, regServiceGainPre, regServiceIntEnable, regServiceIntPay,
		regServiceDriftHigh, regServiceDriftLow, regServiceDriftExp, regServiceDriftInv,
		regServicePeaks, regServicePeaks2, regServiceACC, regServiceGainSymb,
		kept("SERVICE.DC_NOTCH_AUTO_BW", 0x5B03, 3, 1, 1),
		kept("SERVICE.DFE_LATCH", 0x5B18, 0, 3, 7),
		kept("SERVICE.DFE_SAMPLES", 0x5B19, 0, 6, 0x2A),
		kept("SERVICE.DAGC_FREEZE", 0x5B1B, 0, 4, 0x0B),
		kept("SERVICE.PPM_OFFSET_HDR", 0x5B22, 6, 2, 2),
		kept("SERVICE.PREAMBLE_HI", 0x5B28, 0, 8, 0), // other drivers write it
		kept("SERVICE.CHIRP_INVERT", 0x5B2A, 2, 1, 1),
		kept("SERVICE.GAIN_P_PAYLOAD", 0x5B32, 3, 3, 2),
		kept("SERVICE.GAIN_I_PREAMB", 0x5B33, 0, 3, 4),
		kept("SERVICE.FREQ_TO_TIME_INVERT_DETECT", 0x5B39, 0, 1, 1),
		kept("SERVICE.FREQ_TO_TIME_INVERT_ERROR", 0x5B39, 3, 1, 1),
	}
)

// RX_TOP_LORA_SERVICE_FSK: the FSK modem, channel 9.
var (
	regFSKIFHigh      = part("FSK.IF_HI", 0x5B50, 0, 5, 0)
	regFSKIFLow       = whole("FSK.IF_LO", 0x5B51, 0x80)
	regFSKPacketMode  = part("FSK.PKT_MODE", 0x5B52, 0, 1, 0) // 1: variable length
	regFSKCRC         = part("FSK.CRC_EN", 0x5B52, 1, 1, 0)
	regFSKWhitening   = part("FSK.DCFREE_ENC", 0x5B52, 2, 2, 0) // 2: whitening
	regFSKCRCIBM      = part("FSK.CRC_IBM", 0x5B52, 4, 1, 0)
	regFSKBandwidth   = part("FSK.CH_BW_EXPO", 0x5B53, 0, 3, 0) // 3: 125 kHz
	regFSKSyncSize    = part("FSK.PSIZE", 0x5B53, 3, 3, 0)      // bytes of sync word less one
	regFSKInvert      = part("FSK.RX_INVERT", 0x5B54, 0, 1, 0)
	regFSKRadio       = part("FSK.RADIO_SELECT", 0x5B54, 1, 1, 0)
	regFSKAutoAFC     = part("FSK.AUTO_AFC", 0x5B54, 2, 1, 1)
	regFSKInvertIQ    = part("FSK.MODEM_INVERT_IQ", 0x5B54, 3, 1, 0)
	regFSKTolerance   = part("FSK.ERROR_OSR_TOL", 0x5B55, 0, 5, 0)
	regFSKRSSILength  = part("FSK.RSSI_LENGTH", 0x5B55, 5, 3, 4)
	regFSKNode        = whole("FSK.NODE_ADRS", 0x5B56, 0)
	regFSKBroadcast   = whole("FSK.BROADCAST", 0x5B57, 0)
	regFSKLength      = whole("FSK.PKT_LENGTH", 0x5B58, 0) // longest
	regFSKTimeoutHigh = part("FSK.TIMEOUT_HI", 0x5B59, 0, 2, 0)
	regFSKTimeoutLow  = whole("FSK.TIMEOUT_LO", 0x5B5A, 0)
	regFSKRateHigh    = whole("FSK.BIT_RATE_HI", 0x5B5B, 0) // 32 MHz / bit rate
	regFSKRateLow     = whole("FSK.BIT_RATE_LO", 0x5B5C, 0)
	regFSKSync        = series(8, 1, whole("FSK.SYNC_%d", 0x5B5D, 0)) // 0: first on the air

	fskFields = append([]Field{
		regFSKIFHigh, regFSKIFLow, regFSKPacketMode, regFSKCRC, regFSKWhitening, regFSKCRCIBM,
		regFSKBandwidth, regFSKSyncSize, regFSKInvert, regFSKRadio, regFSKAutoAFC, regFSKInvertIQ,
		regFSKTolerance, regFSKRSSILength, regFSKNode, regFSKBroadcast, regFSKLength,
		regFSKTimeoutHigh, regFSKTimeoutLow, regFSKRateHigh, regFSKRateLow,
	}, regFSKSync...)
)
