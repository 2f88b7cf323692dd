package main

import (
	"context"
	"encoding/hex"
	"fmt"

	"hexspot/hardware/emulator"
	"hexspot/radio"
)

type emulateInject struct {
	Control   string  `help:"Control address of the emulator." required:"" placeholder:"127.0.0.1:PORT"`
	Payload   string  `help:"The frame, hexadecimal, at most 255 bytes." required:"" placeholder:"HEX"`
	Frequency int64   `help:"In Hz." required:"" placeholder:"HZ"`
	SF        uint8   `help:"LoRa spreading factor, 5 to 12." name:"sf" xor:"rate" required:"" placeholder:"N"`
	BW        int64   `help:"LoRa bandwidth in Hz: 125000, 250000, 500000." name:"bw" default:"125000" placeholder:"HZ"`
	FSK       uint32  `help:"FSK bit rate, instead of a spreading factor." name:"fsk" xor:"rate" required:"" placeholder:"BPS"`
	RSSI      float64 `help:"In dBm." name:"rssi" default:"-80" placeholder:"DBM"`
	SNR       float64 `help:"In dB." name:"snr" default:"8" placeholder:"DB"`
	CRC       string  `help:"State of the payload CRC: ${enum}." name:"crc" enum:"ok,bad,none" default:"ok"`
}

// Help has the examples.
func (emulateInject) Help() string {
	return `Waits up to 30 s while the concentrator is not started or its FIFO is full. It fails if no channel hears the frame.

Examples:
  hexnet emulate inject --control 127.0.0.1:7000 --payload 40f17dbe4900020001954378762b11ff0d --frequency 868100000 --sf 12
  hexnet emulate inject --control 127.0.0.1:7000 --payload 00ff --frequency 868300000 --sf 7 --bw 250000 --rssi=-120 --snr=-7 --crc bad`
}

// Run injects one frame.
func (i emulateInject) Run(ctx context.Context) error {
	frame, err := i.frame()
	if err != nil {
		return usageError{err}
	}
	return emulator.ControlInject(ctx, i.Control, frame)
}

func (i emulateInject) frame() (emulator.Frame, error) {
	payload, err := hex.DecodeString(i.Payload)
	if err != nil {
		return emulator.Frame{}, fmt.Errorf("--payload: %w", err)
	}
	f := emulator.Frame{
		Payload: payload, Frequency: radio.Hertz(i.Frequency), Modulation: radio.FSK{BitRate: i.FSK},
		RSSI: radio.LevelOf(i.RSSI), SNR: radio.RatioOf(i.SNR), CRC: crcNamed(i.CRC),
	}
	if i.SF != 0 {
		m := radio.LoRa{SF: radio.SpreadingFactor(i.SF), Bandwidth: radio.Hertz(i.BW), CodeRate: radio.CodeRate4_5}
		f.Modulation, err = m, m.Validate()
	}
	return f, err
}

func crcNamed(name string) radio.CRCStatus {
	switch name {
	case "ok":
		return radio.CRCOK
	case "bad":
		return radio.CRCBad
	}
	return radio.CRCNone
}
