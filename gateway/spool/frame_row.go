package spool

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"hexspot/gateway"
	"hexspot/radio"
)

// A frame is one row: a version, fixed fields, the modulation, then fine metrics and
// payload, each behind its length. Numbers are big-endian. What the gateway works out
// of these fields (the context) is not stored; the uplink id is, because it must stay
// whatever a later version makes of it.
const frameVersion = 1

// The flags of a row.
const (
	flagFSK = 1 << iota
	flagSignalRSSI
	flagFine
	flagReceivedAt
	flagImplicit
	flagNoCRC
	flagInvertIQ

	knownFlags = 1<<iota - 1
)

// most metrics of a frame: the chip counts them, in pairs, with one byte.
const mostMetrics = 2 * 255

// AppendFrame appends a frame as a row. It refuses what a concentrator cannot have
// heard.
func AppendFrame(b []byte, f *gateway.Frame) ([]byte, error) {
	if len(f.PHYPayload) > radio.MaxFrame || len(f.Fine.Metrics) > mostMetrics || f.Frequency < 0 || f.Frequency > math.MaxUint32 ||
		f.FrequencyOffset != radio.Hertz(int32(f.FrequencyOffset)) {
		return nil, fmt.Errorf("a frame of %d bytes at %d Hz is none that can be heard", len(f.PHYPayload), f.Frequency)
	}
	flags, modulation, err := describe(f)
	if err != nil {
		return nil, err
	}
	b = append(b, frameVersion, flags)
	b = append(b, f.Gateway[:]...)
	b = radio.AppendContext(b, f.Timestamp)
	b = binary.BigEndian.AppendUint32(b, f.UplinkID)
	b = binary.BigEndian.AppendUint32(b, uint32(f.Frequency))
	b = append(b, uint8(f.CRC), f.Channel, f.RFChain)
	for _, v := range []int32{int32(f.RSSI), int32(f.SignalRSSI), int32(f.SNR), int32(f.FrequencyOffset)} {
		b = binary.BigEndian.AppendUint32(b, uint32(v))
	}
	if !f.ReceivedAt.IsZero() {
		b = binary.BigEndian.AppendUint64(b, uint64(f.ReceivedAt.UnixNano()))
	}
	b = binary.BigEndian.AppendUint32(b, f.Fine.Counter)
	b = append(b, modulation...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(f.Fine.Metrics)))
	for _, m := range f.Fine.Metrics {
		b = append(b, uint8(m))
	}
	return append(append(b, uint8(len(f.PHYPayload))), f.PHYPayload...), nil
}

// describe gives the flags of a frame and its modulation in bytes.
func describe(f *gateway.Frame) (flags uint8, modulation []byte, err error) {
	set := func(flag uint8, condition bool) {
		if condition {
			flags |= flag
		}
	}
	set(flagSignalRSSI, f.HasSignalRSSI)
	set(flagFine, f.Fine.Set)
	set(flagReceivedAt, !f.ReceivedAt.IsZero())
	switch m := f.Modulation.(type) {
	case radio.LoRa:
		set(flagImplicit, m.ImplicitHeader)
		set(flagNoCRC, m.NoCRC)
		set(flagInvertIQ, m.InvertIQ)
		modulation = binary.BigEndian.AppendUint32([]byte{uint8(m.SF), uint8(m.CodeRate)}, uint32(m.Bandwidth))
		modulation = binary.BigEndian.AppendUint16(modulation, m.Preamble)
	case radio.FSK:
		set(flagFSK, true)
		set(flagNoCRC, m.NoCRC)
		modulation = binary.BigEndian.AppendUint32(nil, m.BitRate)
		modulation = binary.BigEndian.AppendUint32(modulation, uint32(m.Deviation))
		modulation = binary.BigEndian.AppendUint16(modulation, m.Preamble)
	default:
		return 0, nil, fmt.Errorf("modulation %v is none that can be kept", f.Modulation)
	}
	return flags, modulation, nil
}

// ParseFrame reads what AppendFrame wrote, and refuses everything else: a row that it
// takes is the row of the frame it gives.
func ParseFrame(row []byte) (gateway.Frame, error) {
	r := reader{rest: row}
	if v := r.uint8(); v != frameVersion {
		return gateway.Frame{}, fmt.Errorf("a row of version %d: this program knows %d", v, frameVersion)
	}
	flags := r.uint8()
	u := readUplink(&r, flags)
	id := u.id
	if r.short || len(r.rest) > 0 {
		return gateway.Frame{}, errors.New("a row of the wrong length")
	}
	if !sound(flags, u.Uplink) {
		return gateway.Frame{}, errors.New("a row with impossible values")
	}
	frame := gateway.NewFrame(u.Uplink)
	frame.UplinkID = id
	return frame, nil
}

// identified is an uplink with the id that it has.
type identified struct {
	radio.Uplink
	id uint32
}

func readUplink(r *reader, flags uint8) (u identified) {
	copy(u.Gateway[:], r.bytes(len(u.Gateway)))
	u.Timestamp.Session, u.Timestamp.Micros = r.uint64(), r.uint64()
	u.id = r.uint32()
	u.Frequency = radio.Hertz(r.uint32())
	u.CRC, u.Channel, u.RFChain = radio.CRCStatus(r.uint8()), r.uint8(), r.uint8()
	u.RSSI, u.SignalRSSI = radio.DBm(r.uint32()), radio.DBm(r.uint32())
	u.SNR, u.FrequencyOffset = radio.DB(r.uint32()), radio.Hertz(int32(r.uint32()))
	u.HasSignalRSSI = flags&flagSignalRSSI != 0
	if flags&flagReceivedAt != 0 {
		u.ReceivedAt = time.Unix(0, int64(r.uint64())).UTC()
	}
	u.Fine.Set, u.Fine.Counter = flags&flagFine != 0, r.uint32()
	u.Modulation = readModulation(r, flags)
	for _, m := range r.bytes(int(r.uint16())) {
		u.Fine.Metrics = append(u.Fine.Metrics, int8(m))
	}
	u.PHYPayload = append([]byte{}, r.bytes(int(r.uint8()))...)
	return u
}

func readModulation(r *reader, flags uint8) radio.Modulation {
	if flags&flagFSK != 0 {
		return radio.FSK{BitRate: r.uint32(), Deviation: radio.Hertz(r.uint32()), Preamble: r.uint16(), NoCRC: flags&flagNoCRC != 0}
	}
	return radio.LoRa{
		SF: radio.SpreadingFactor(r.uint8()), CodeRate: radio.CodeRate(r.uint8()), Bandwidth: radio.Hertz(r.uint32()), Preamble: r.uint16(),
		ImplicitHeader: flags&flagImplicit != 0, NoCRC: flags&flagNoCRC != 0, InvertIQ: flags&flagInvertIQ != 0,
	}
}

// sound refuses rows that AppendFrame does not write.
func sound(flags uint8, u radio.Uplink) bool {
	loraOnly := flags&flagFSK != 0 && flags&(flagImplicit|flagInvertIQ) != 0
	return flags&^uint8(knownFlags) == 0 && !loraOnly && len(u.Fine.Metrics) <= mostMetrics
}

// reader takes fields off the front of a row; short says that it had too few bytes.
type reader struct {
	rest  []byte
	short bool
}

func (r *reader) bytes(n int) []byte {
	if len(r.rest) < n {
		r.short, r.rest = true, nil
		return make([]byte, n)
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) uint8() uint8   { return r.bytes(1)[0] }
func (r *reader) uint16() uint16 { return binary.BigEndian.Uint16(r.bytes(2)) }
func (r *reader) uint32() uint32 { return binary.BigEndian.Uint32(r.bytes(4)) }
func (r *reader) uint64() uint64 { return binary.BigEndian.Uint64(r.bytes(8)) }
