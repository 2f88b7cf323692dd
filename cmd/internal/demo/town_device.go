package demo

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// device is a LoRaWAN end device with keys and a counter of its own.
type device struct {
	random   *rand.Rand
	links    []float64 // dBm at each hotspot, on average
	channels []radio.Hertz
	rate     radio.Modulation
	address  lorawan.DevAddr
	network  lorawan.AES128Key
	app      lorawan.AES128Key
	counter  uint32
}

func newDevice(seed uint64, number int, plan radio.Plan, a *air) *device {
	d := &device{random: source(seed, "unit", number)}
	d.links = a.links(somewhere(d.random), d.random)
	binary.BigEndian.PutUint32(d.address[:], 0x0100_0000|uint32(number)) // NwkID of a private network
	d.fillKey(&d.network)
	d.fillKey(&d.app)
	d.counter = d.random.Uint32N(1000)
	d.tune(plan, slices.Max(d.links))
	return d
}

func (d *device) fillKey(key *lorawan.AES128Key) {
	binary.BigEndian.PutUint64(key[:8], d.random.Uint64())
	binary.BigEndian.PutUint64(key[8:], d.random.Uint64())
}

// linkMargin is how far above sensitivity the network keeps a device.
const linkMargin = 8.0 // dB

// tune gives a device channels and a rate, as a network server would: the
// fastest its best link carries. Of those with a good link, some use the
// plan's LoRa service channel and its FSK channel.
func (d *device) tune(plan radio.Plan, best float64) {
	d.channels, d.rate = plan.MultiSF, d.adapted(plan, best)
	kind := d.random.IntN(8)
	if s := plan.Service; kind == 0 && s != nil && best-noiseIn(s.Bandwidth)-linkMargin >= snrLeast(s.SF) {
		d.channels, d.rate = []radio.Hertz{s.Frequency}, radio.LoRa{SF: s.SF, Bandwidth: s.Bandwidth, CodeRate: radio.CodeRate4_5}
	}
	if f := plan.FSK; kind == 1 && f != nil && best-linkMargin >= fskLeast {
		d.channels, d.rate = []radio.Hertz{f.Frequency}, radio.FSK{BitRate: f.BitRate, Deviation: 25 * radio.KHz}
	}
}

func (d *device) adapted(plan radio.Plan, best float64) radio.Modulation {
	var slowest, chosen radio.LoRa
	for _, rate := range plan.Uplink {
		m, ok := rate.(radio.LoRa)
		if !ok || m.Bandwidth != 125*radio.KHz || m.SF < 7 {
			continue
		}
		slowest.SF = max(slowest.SF, m.SF)
		if best-noiseIn(m.Bandwidth)-linkMargin >= snrLeast(m.SF) && (chosen.SF == 0 || m.SF < chosen.SF) {
			chosen = m
		}
	}
	if chosen.SF == 0 {
		chosen = radio.LoRa{SF: slowest.SF, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}
	}
	return chosen
}

// pause is the time to the device's next frame.
func (d *device) pause() time.Duration {
	more := d.random.ExpFloat64() * float64(sendPeriod-sendPeriodMin)
	return sendPeriodMin + time.Duration(more).Round(time.Millisecond)
}

// send makes the device's next frame.
func (d *device) send() (radioFrame, error) {
	payload, err := d.uplink()
	d.counter++
	return radioFrame{emulator.Frame{
		Payload: payload, Frequency: d.channels[d.random.IntN(len(d.channels))], Modulation: d.rate, CRC: radio.CRCOK,
	}}, err
}

// values are a sensor's: 4 bytes and more, at slow rates no more than the 11
// that any region's dwell time allows.
func (d *device) values() []byte {
	more := 40
	if m, ok := d.rate.(radio.LoRa); ok && m.SF >= 10 {
		more = 8
	}
	values := make([]byte, 4+d.random.IntN(more))
	for i := range values {
		values[i] = byte(d.random.Uint32())
	}
	return values
}

// uplink is a data frame of LoRaWAN 1.0.
func (d *device) uplink() ([]byte, error) {
	port := uint8(1 + d.random.IntN(10))
	frame := lorawan.PHYPayload{
		MHDR: lorawan.MHDR{MType: lorawan.UnconfirmedDataUp, Major: lorawan.LoRaWANR1},
		MACPayload: &lorawan.MACPayload{
			FHDR:       lorawan.FHDR{DevAddr: d.address, FCtrl: lorawan.FCtrl{ADR: true}, FCnt: d.counter},
			FPort:      &port,
			FRMPayload: []lorawan.Payload{&lorawan.DataPayload{Bytes: d.values()}},
		},
	}
	if err := frame.EncryptFRMPayload(d.app); err != nil {
		return nil, err
	}
	if err := frame.SetUplinkDataMIC(lorawan.LoRaWAN1_0, 0, 0, 0, d.network, d.network); err != nil {
		return nil, err
	}
	return frame.MarshalBinary()
}
