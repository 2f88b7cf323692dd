package hardware

import "hexspot/radio"

// boards are the cards this was written for. Pins are those of the vendors'
// reset scripts on a Raspberry Pi header; offsets and compensation are Semtech's
// for the SX1250 reference design, which all of them follow.
var boards = []Board{
	{
		Name: "corecell", Title: "Semtech CoreCell, or any card behind its USB bridge",
		Bus: "usb:/dev/ttyACM0", Pins: Pins{Reset: 23, Power: 18, SX1261: 22},
		RSSI: referenceRSSI, Temperature: referenceTemperature, Gain: referenceGain,
	},
	{
		Name: "rak2287", Title: "RAK2287 (mini PCIe)",
		Bus: "spi:/dev/spidev0.0", Pins: Pins{Reset: 17, Power: NoPin, SX1261: NoPin},
		RSSI: referenceRSSI, Temperature: referenceTemperature, Gain: referenceGain,
	},
	{
		Name: "rak5146", Title: "RAK5146 (mini PCIe)",
		Bus: "spi:/dev/spidev0.0", Pins: Pins{Reset: 17, Power: NoPin, SX1261: NoPin},
		RSSI: referenceRSSI, Temperature: referenceTemperature, Gain: rak5146Gain,
	},
	{
		Name: "wm1302", Title: "Seeed WM1302",
		Bus: "spi:/dev/spidev0.0", Pins: Pins{Reset: 17, Power: 18, SX1261: 5},
		RSSI: referenceRSSI, Temperature: referenceTemperature, Gain: referenceGain,
	},
	{
		Name: "waveshare", Title: "Waveshare SX1302 LoRaWAN Gateway HAT",
		Bus: "spi:/dev/spidev0.0", Pins: Pins{Reset: 23, Power: 18, SX1261: 22},
		RSSI: referenceRSSI, Temperature: referenceTemperature, Gain: referenceGain,
	},
	{
		Name: "elecrow", Title: "Elecrow LR1302",
		Bus: "spi:/dev/spidev0.0", Pins: Pins{Reset: 17, Power: 18, SX1261: 5},
		RSSI: referenceRSSI, Temperature: referenceTemperature, Gain: referenceGain,
	},
	{
		Name: "pg1302", Title: "Dragino PG1302",
		Bus: "spi:/dev/spidev0.0", Pins: Pins{Reset: 23, Power: NoPin, SX1261: NoPin},
		RSSI: referenceRSSI, Temperature: referenceTemperature, Gain: referenceGain,
	},
	{
		Name: "embit", Title: "Embit EMB-LR1302",
		Bus: "spi:/dev/spidev0.0", Pins: Pins{Reset: 4, Power: 17, SX1261: NoPin},
		RSSI: referenceRSSI, Temperature: referenceTemperature, Gain: referenceGain,
	},
}

// Offsets of the reference design: 863-928 MHz and 430-510 MHz cards.
var referenceRSSI = []RSSIOffset{
	{Low: 430_000_000, High: 510_000_000, Offset: -207},
	{Low: 779_000_000, High: 928_000_000, Offset: -215.4},
}

var referenceTemperature = TemperatureCompensation{C: 20.41, D: 2162.56}

// referenceGain is the table of the HAL's SX1250 configuration for EU868.
var referenceGain = Gains{
	{12 * dBm, false, 15}, {13 * dBm, false, 16}, {14 * dBm, false, 17}, {15 * dBm, false, 19},
	{16 * dBm, false, 20}, {17 * dBm, false, 22}, {18 * dBm, true, 1}, {19 * dBm, true, 2},
	{20 * dBm, true, 3}, {21 * dBm, true, 4}, {22 * dBm, true, 5}, {23 * dBm, true, 6},
	{24 * dBm, true, 7}, {25 * dBm, true, 9}, {26 * dBm, true, 11}, {27 * dBm, true, 14},
}

// rak5146Gain is RAK's for 863-928 MHz: one index a decibel, amplifier always on.
var rak5146Gain = Gains{
	{12 * dBm, true, 6}, {13 * dBm, true, 7}, {14 * dBm, true, 8}, {15 * dBm, true, 9},
	{16 * dBm, true, 10}, {17 * dBm, true, 11}, {18 * dBm, true, 12}, {19 * dBm, true, 13},
	{20 * dBm, true, 14}, {21 * dBm, true, 15}, {22 * dBm, true, 16}, {23 * dBm, true, 17},
	{24 * dBm, true, 18}, {25 * dBm, true, 19}, {26 * dBm, true, 20}, {27 * dBm, true, 21},
}

const dBm radio.DBm = 100
