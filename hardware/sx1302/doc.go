// Package sx1302 drives an SX1302 or SX1303 LoRa concentrator with SX1250 radios
// over any hardware.Bus: register table, firmware load, start of its two
// microcontrollers, reception.
//
// It knows nothing of SPI devices or serial ports, and brings no firmware: the
// images are Semtech's and come from the user. Facts about the chip are those of the
// public HAL (Lora-net/sx1302_hal V2.1.0), named "HAL" in comments.
package sx1302
