package radio

import (
	"fmt"
	"math"
)

// Hertz is a frequency, a bandwidth, or (negative) a frequency offset.
type Hertz int64

// Common bandwidths of LoRa, and the multiples of a hertz.
const (
	KHz Hertz = 1000
	MHz Hertz = 1000 * KHz
)

// String gives the frequency in MHz with as many digits as it needs, "868.1 MHz".
func (f Hertz) String() string { return fmt.Sprintf("%v MHz", float64(f)/float64(MHz)) }

// DBm is a power level in hundredths of a decibel-milliwatt:
// DBm(-11550) is -115.50 dBm. The unit is the one of protocol hexspot/1.
type DBm int32

// DB is a ratio of powers (gain, loss, SNR) in hundredths of a decibel.
type DB int32

// LevelOf rounds a level in dBm to hundredths, half away from zero.
func LevelOf(dBm float64) DBm { return DBm(math.Round(dBm * 100)) }

// RatioOf rounds a ratio in dB to hundredths, half away from zero.
func RatioOf(dB float64) DB { return DB(math.Round(dB * 100)) }

// Float is the level in dBm.
func (l DBm) Float() float64 { return float64(l) / 100 }

// Float is the ratio in dB.
func (r DB) Float() float64 { return float64(r) / 100 }

// Whole is the level rounded to whole dBm, half away from zero.
func (l DBm) Whole() int32 { return int32(math.Round(float64(l) / 100)) }

// String gives the level in dBm, "-115.50 dBm".
func (l DBm) String() string { return fmt.Sprintf("%.2f dBm", l.Float()) }

// String gives the ratio in dB, "-7.25 dB".
func (r DB) String() string { return fmt.Sprintf("%.2f dB", r.Float()) }
