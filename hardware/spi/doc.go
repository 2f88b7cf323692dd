// Package spi drives a concentrator on a Linux host's own SPI bus: spidev for
// the frames, the GPIO character device for reset and power, and an I2C bus for
// the temperature sensor. It works on Linux only.
package spi
