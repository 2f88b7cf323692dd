package sx1302

import "fmt"

// TX_TOP of chain A; on gives the row of chain B.
var (
	regTXTriggerNow     = part("TX_%c.TRIG_IMMEDIATE", 0x5200, 0, 1, 0) // triggers act on 0 to 1
	regTXTriggerDelayed = part("TX_%c.TRIG_DELAYED", 0x5200, 1, 1, 0)
	regTXTriggerGPS     = part("TX_%c.TRIG_GPS", 0x5200, 2, 1, 0)
	regTXTimer          = series(4, 1, whole("TX_%%c.TIMER_%d", 0x5201, 0)) // 32 MHz counter, most significant byte first
	regTXStartDelayHigh = whole("TX_%c.START_DELAY_HI", 0x5205, 0xBB)       // 32 MHz ticks
	regTXStartDelayLow  = whole("TX_%c.START_DELAY_LO", 0x5206, 0x80)
	regTXWriteBuffer    = part("TX_%c.WRITE_BUFFER", 0x5207, 0, 1, 0)    // 1: the host owns the payload memory
	regTXModulation     = part("TX_%c.MODULATION_TYPE", 0x5209, 0, 1, 0) // 1: FSK
	regTXBandwidth      = whole("TX_%c.AGC_TX_BW", 0x520C, 0)
	regTXPower          = whole("TX_%c.AGC_TX_PWR", 0x520D, 0)
	regTXStatus         = reads(whole("TX_%c.FSM_STATUS", 0x5211, 0))

	regTXSource        = part("TX_%c.TX_IF_SRC", 0x5220, 0, 2, 0) // 0 carrier, 1 LoRa, 2 FSK
	regTXDestination   = part("TX_%c.TX_IF_DST", 0x5220, 2, 1, 0) // 1: SX1250
	regTXMode          = part("TX_%c.TX_MODE", 0x5220, 3, 1, 1)
	regTXClockEdge     = part("TX_%c.TX_CLK_EDGE", 0x5220, 4, 1, 1)
	regTXDividerAGC    = part("TX_%c.PLL_DIV_CTRL_AGC", 0x5221, 0, 1, 0)
	regTXDigitalGain   = part("TX_%c.IQ_GAIN", 0x5222, 0, 2, 0)
	regTXIOffset       = whole("TX_%c.I_OFFSET", 0x5223, 0)
	regTXQOffset       = whole("TX_%c.Q_OFFSET", 0x5224, 0)
	regTXFrequencyHigh = whole("TX_%c.FREQ_RF_HI", 0x5225, 0x6C) // 32 MHz / 2^18
	regTXFrequencyMid  = whole("TX_%c.FREQ_RF_MID", 0x5226, 0x90)
	regTXFrequencyLow  = whole("TX_%c.FREQ_RF_LO", 0x5227, 0)
	regTXDeviationHigh = part("TX_%c.FREQ_DEV_HI", 0x5228, 0, 4, 0)
	regTXDeviationLow  = whole("TX_%c.FREQ_DEV_LO", 0x5229, 0)

	regTXFSKLength       = whole("TX_%c.FSK_LENGTH", 0x5240, 15)
	regTXFSKPacketMode   = part("TX_%c.FSK_PKT_MODE", 0x5241, 0, 1, 0)
	regTXFSKCRC          = part("TX_%c.FSK_CRC_EN", 0x5241, 1, 1, 1)
	regTXFSKWhitening    = part("TX_%c.FSK_DCFREE_ENC", 0x5241, 2, 2, 0)
	regTXFSKCRCIBM       = part("TX_%c.FSK_CRC_IBM", 0x5241, 4, 1, 0)
	regTXFSKPreambleHigh = whole("TX_%c.FSK_PREAMBLE_HI", 0x5242, 0)
	regTXFSKPreambleLow  = whole("TX_%c.FSK_PREAMBLE_LO", 0x5243, 20)
	regTXFSKRateHigh     = whole("TX_%c.FSK_BIT_RATE_HI", 0x5244, 26)
	regTXFSKRateLow      = whole("TX_%c.FSK_BIT_RATE_LO", 0x5245, 11)
	regTXFSKGaussian     = part("TX_%c.FSK_GAUSSIAN_EN", 0x5246, 0, 1, 0)
	regTXFSKGaussianBT   = part("TX_%c.FSK_GAUSSIAN_BT", 0x5246, 1, 2, 0)
	regTXFSKSyncEnable   = part("TX_%c.FSK_SYNC_EN", 0x5246, 3, 1, 1)
	regTXFSKPreambleSeq  = part("TX_%c.FSK_PREAMBLE_SEQ", 0x5246, 4, 1, 0)
	regTXFSKSyncSize     = part("TX_%c.FSK_SYNC_SIZE", 0x5246, 5, 3, 3) // bytes less one

	regTXLoRaSF         = part("TX_%c.LORA_SF", 0x5260, 0, 4, 7)
	regTXLoRaBW         = part("TX_%c.LORA_BW", 0x5260, 4, 4, 5)
	regTXLoRaCodeRate   = part("TX_%c.LORA_CODING_RATE", 0x5261, 0, 3, 2)
	regTXLoRaPPM        = part("TX_%c.LORA_PPM_OFFSET", 0x5261, 4, 2, 0)
	regTXLoRaPPMHeader  = part("TX_%c.LORA_PPM_OFFSET_HDR", 0x5261, 6, 2, 2)
	regTXLoRaCRC        = part("TX_%c.LORA_CRC_EN", 0x5262, 0, 1, 1)
	regTXLoRaImplicit   = part("TX_%c.LORA_IMPLICIT_HEADER", 0x5262, 1, 1, 0)
	regTXLoRaMode       = part("TX_%c.LORA_CADRXTX", 0x5262, 4, 2, 2)
	regTXLoRaModem      = part("TX_%c.LORA_MODEM_EN", 0x5262, 6, 1, 0)
	regTXLoRaFineSync   = part("TX_%c.LORA_FINE_SYNCH_EN", 0x5262, 7, 1, 0)
	regTXLoRaLength     = whole("TX_%c.LORA_LENGTH", 0x5263, 12)
	regTXLoRaStart      = part("TX_%c.LORA_MODEM_START", 0x5265, 7, 1, 0)
	regTXLoRaPreLow     = whole("TX_%c.LORA_PREAMBLE_LO", 0x5266, 8)
	regTXLoRaPreHigh    = whole("TX_%c.LORA_PREAMBLE_HI", 0x5267, 0)
	regTXLoRaContinuous = part("TX_%c.LORA_CONTINUOUS", 0x5269, 0, 1, 0)
	regTXLoRaInvertIQ   = part("TX_%c.LORA_CHIRP_INVERT", 0x5269, 1, 1, 1)
	regTXLoRaLowpass    = part("TX_%c.LORA_CHIRP_LOWPASS", 0x5269, 4, 3, 0)
	regTXLoRaSync       = [2]Field{signed(part("TX_%c.LORA_SYNC_1", 0x526D, 0, 5, 2)), signed(part("TX_%c.LORA_SYNC_2", 0x526E, 0, 5, 4))}

	txFields = append(append([]Field{
		regTXTriggerNow, regTXTriggerDelayed, regTXTriggerGPS, regTXStartDelayHigh, regTXStartDelayLow,
		regTXWriteBuffer, regTXModulation, regTXBandwidth, regTXPower, regTXStatus,
		regTXSource, regTXDestination, regTXMode, regTXClockEdge, regTXDividerAGC, regTXDigitalGain,
		regTXIOffset, regTXQOffset, regTXFrequencyHigh, regTXFrequencyMid, regTXFrequencyLow,
		regTXDeviationHigh, regTXDeviationLow, regTXFSKLength, regTXFSKPacketMode, regTXFSKCRC,
		regTXFSKWhitening, regTXFSKCRCIBM, regTXFSKPreambleHigh, regTXFSKPreambleLow,
		regTXFSKRateHigh, regTXFSKRateLow, regTXFSKGaussian, regTXFSKGaussianBT, regTXFSKSyncEnable,
		regTXFSKPreambleSeq, regTXFSKSyncSize, regTXLoRaSF, regTXLoRaBW, regTXLoRaCodeRate, regTXLoRaPPM,
		regTXLoRaPPMHeader, regTXLoRaCRC, regTXLoRaImplicit, regTXLoRaMode, regTXLoRaModem, regTXLoRaFineSync,
		regTXLoRaLength, regTXLoRaStart, regTXLoRaPreLow, regTXLoRaPreHigh, regTXLoRaContinuous,
		regTXLoRaInvertIQ, regTXLoRaLowpass, regTXLoRaSync[0], regTXLoRaSync[1],
		kept("TX_%c.LORA_CONTCHIRP", 0x5269, 2, 1, 1),
		kept("TX_%c.LORA_SYNC_SCALE", 0x526D, 5, 3, 5),
		kept("TX_%c.LORA_SYNC_TIMEOUT", 0x526E, 5, 3, 3),
	}, regTXTimer...), regTXFSKSync...)

	// The FSK sync word, first byte on the air first. Reset values are the chip's.
	regTXFSKSync = withResets(series(8, 1, whole("TX_%%c.FSK_SYNC_%d", 0x5247, 0)), 0x97, 0x23, 0x52, 0x25, 0x56, 0x53, 0x65, 0x64)
)

// on is the row of a TX chain, 0 for A and 1 for B.
func (f Field) on(chain int) Field {
	f.Name = fmt.Sprintf(f.Name, 'A'+rune(chain))
	f.Address += uint16(chain) * TXChainStep
	return f
}
