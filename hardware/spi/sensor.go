package spi

import (
	"fmt"

	"hexspot/hardware"
)

// The STTS751 temperature sensor of a concentrator card (datasheet, register
// map; HAL, loragw_stts751.c).
const (
	regHigh    = 0x00 // signed degrees
	regLow     = 0x02 // 1/256 degree
	regConfig  = 0x03
	regRate    = 0x04
	regProduct = 0xFD
	regMaker   = 0xFE

	makerST    = 0x53
	configRun  = 0x8C // event output masked, 12 bits, running
	ratePerSec = 0x04 // one conversion a second
)

// sensorAt is where the variants of the sensor answer.
var sensorAt = []byte{0x39, 0x3B, 0x38}

// sensor is the STTS751 at an address.
type sensor struct {
	bus registers
	at  byte
}

// findSensor looks for a sensor and starts it. A bus without one, and no bus,
// are hardware.ErrNoSensor.
func findSensor(bus registers) (*sensor, error) {
	for _, at := range sensorAt {
		s := &sensor{bus, at}
		if !s.present() {
			continue
		}
		if err := s.start(); err != nil {
			return nil, fmt.Errorf("starting the temperature sensor: %w", err)
		}
		return s, nil
	}
	return nil, hardware.ErrNoSensor
}

func (s *sensor) present() bool {
	product, err := s.bus.Read(s.at, regProduct)
	if err != nil || product > 1 {
		return false
	}
	maker, err := s.bus.Read(s.at, regMaker)
	return err == nil && maker == makerST
}

func (s *sensor) start() error {
	if err := s.bus.Write(s.at, regConfig, configRun); err != nil {
		return err
	}
	return s.bus.Write(s.at, regRate, ratePerSec)
}

// celsius reads the temperature.
func (s *sensor) celsius() (float64, error) {
	high, err := s.bus.Read(s.at, regHigh)
	if err != nil {
		return 0, err
	}
	low, err := s.bus.Read(s.at, regLow)
	return float64(int16(uint16(high)<<8|uint16(low))) / 256, err
}
