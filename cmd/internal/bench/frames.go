package bench

import (
	"fmt"
	"math/rand/v2"

	"github.com/brocaar/lorawan"

	"hexspot/cmd/internal/otaa"
	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// A load goes through so many different frames, of so many devices.
const (
	frameCount  = 4000
	frameOwners = 100
)

// frames are data frames of LoRaWAN 1.0 on all channels of the region, at all rates,
// always the same.
func frames() ([]emulator.Frame, error) {
	plan, err := radio.PlanNamed(region)
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(1, 1))
	list := make([]emulator.Frame, frameCount)
	for i := range list {
		payload, err := dataFrame(r, uint32(i%frameOwners), uint32(i/frameOwners))
		if err != nil {
			return nil, fmt.Errorf("building a frame: %w", err)
		}
		list[i] = emulator.Frame{
			Payload: payload, Frequency: plan.MultiSF[r.IntN(len(plan.MultiSF))], CRC: radio.CRCOK,
			Modulation: radio.LoRa{SF: radio.SpreadingFactor(7 + r.IntN(6)), Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5},
			RSSI:       radio.DBm(-100 * (70 + r.IntN(50))), SNR: radio.DB(25 * r.IntN(40)),
		}
	}
	return list, nil
}

// dataFrame is one of a device, with 4 to 43 bytes of data.
func dataFrame(r *rand.Rand, number, counter uint32) ([]byte, error) {
	key, port, data := otaa.CredentialsOf(1, number).AppKey, uint8(2), make([]byte, 4+r.IntN(40))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	frame := lorawan.PHYPayload{
		MHDR: lorawan.MHDR{MType: lorawan.UnconfirmedDataUp, Major: lorawan.LoRaWANR1},
		MACPayload: &lorawan.MACPayload{
			FHDR:       lorawan.FHDR{DevAddr: lorawan.DevAddr{1, 0, byte(number >> 8), byte(number)}, FCnt: counter},
			FPort:      &port,
			FRMPayload: []lorawan.Payload{&lorawan.DataPayload{Bytes: data}},
		},
	}
	if err := frame.SetUplinkDataMIC(lorawan.LoRaWAN1_0, 0, 0, 0, key, key); err != nil {
		return nil, err
	}
	return frame.MarshalBinary()
}
