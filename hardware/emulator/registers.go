package emulator

// Register addresses that behave, and the bits within them. Every other
// register only stores. Names follow the public HAL's register list.
const (
	programSize = 8192

	addrAGCRAM = 0x0000
	addrARBRAM = 0x2000
	addrFIFO   = 0x4000
	fifoSize   = 4096

	addrRegisters    = 0x5200
	addrRegistersEnd = 0x6200

	addrTxTop     = 0x5200 // chain A; chain B is chainStep above
	addrTxPayload = 0x5300
	chainStep     = 0x0200

	regCommonCtrl = 0x5601
	regGenEnable  = 0x5605
	regVersion    = 0x5606

	regAGCCtrl       = 0x5780
	regAGCStatus     = 0x5781
	regRFEnableA     = 0x5783
	regRFEnableB     = 0x5784
	regMailboxWrite3 = 0x5789 // 578A byte 2, 578B byte 1, 578C byte 0
	regMailboxWrite0 = 0x578C
	regMailboxRead3  = 0x578D // 578E byte 2, 578F byte 1, 5790 byte 0
	regMailboxRead0  = 0x5790

	regClockSelect = 0x57C0

	regRxFrequency   = 0x5800 // two bytes a multi-SF channel
	regRxRadioSelect = 0x5810
	regRxChannels    = 0x5820 // and 5821
	regRxSFMask      = 0x5822
	regSyncSF5       = 0x588A // peak 1, peak 2
	regSyncSF6       = 0x588C
	regSyncSF7to12   = 0x588E
	regRxBuffer      = 0x58C0
	regMaxMetrics    = 0x58C1
	regRxBytesHigh   = 0x58C8
	regRxBytesLow    = 0x58C9

	regServiceFrequency = 0x5B00
	regServiceRadio     = 0x5B02
	regServiceRate      = 0x5B21 // bandwidth code, SF
	regServiceModem     = 0x5B22 // bit 3 modem enable
	regServiceControl   = 0x5B23 // bit 4 start, 1 implicit header
	regServiceSync      = 0x5B2E
	regFSKFrequency     = 0x5B50
	regFSKConfig        = 0x5B54 // bit 1 radio
	regFSKBitRate       = 0x5B5B

	regARBCtrl   = 0x6080
	regARBStatus = 0x6081
	regARBConfig = 0x6089 // CFG0..CFG3
	regARBGo     = regARBConfig + 1
	regARBDebug  = 0x608D // STS0..STS15

	regGPS          = 0x6100
	regCounterPPS   = 0x6101
	regCounterFree  = 0x6105
	regCounterEnd   = 0x6109
	regOTPAddress   = 0x6180
	regOTPData      = 0x6181
	regModemEnable0 = 0x6188
	regModemEnable1 = 0x6189
)

// Offsets from a TX chain's base.
const (
	txTrigger     = 0x00 // GPS, delayed, immediate: bits 2, 1, 0
	txTimer       = 0x01 // 4 bytes, most significant first
	txStartDelay  = 0x05 // 2 bytes
	txControl     = 0x07 // bit 0: payload RAM open to the host
	txModulation  = 0x09 // bit 0: 0 LoRa or carrier, 1 FSK
	txAGCRate     = 0x0C // LoRa: bandwidth code; bit 7: carrier or FSK
	txPower       = 0x0D
	txStatus      = 0x11
	txInterface   = 0x20 // bits 0, 1: source; 2: the radio is an SX1250
	txIQGain      = 0x22
	txIOffset     = 0x23
	txQOffset     = 0x24
	txFrequency   = 0x25 // 3 bytes
	txDeviation   = 0x28 // 12 bits
	txFSKLength   = 0x40
	txFSKConfig   = 0x41 // bit 1 CRC
	txFSKPreamble = 0x42 // 2 bytes
	txFSKBitRate  = 0x44 // 2 bytes
	txLoRaRate    = 0x60 // bandwidth code, SF
	txLoRaCode    = 0x61 // bits 6,7 and 4,5 low data rate of header and payload, 0..2 code rate
	txLoRaModem   = 0x62 // bit 7 fine synchronisation, 6 enable, 1 implicit header, 0 CRC
	txLoRaLength  = 0x63
	txLoRaStart   = 0x65 // bit 7
	txLoRaPreLow  = 0x66
	txLoRaPreHi   = 0x67
	txLoRaShape   = 0x69 // bit 1: IQ inverted
	txLoRaSync    = 0x6D // peak 1, peak 2
)

// Bits.
const (
	mcuClear  = 1 << 2
	mcuProg   = 1 << 1
	mcuParity = 1 << 0

	clock32RIF       = 1 << 4
	hostRadioControl = 1 << 3

	genGlobal       = 1 << 3
	genFSK          = 1 << 2
	genConcentrator = 1 << 1
	genService      = 1 << 0

	radioReset  = 1 << 3 // the SX1250's NRESET line: runs while 1
	radioEnable = 1 << 2

	clockDivider = 1 << 2
	clockRadioB  = 1 << 1
	clockRadioA  = 1 << 0

	bufferDirectRAM = 1 << 3
	bufferLegacy    = 1 << 2

	gpsEnable = 1 << 0
)
