package verify

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"hexspot/radio"
	"hexspot/witness"
)

// An item is a report as it is kept until its part is judged: fixed fields, big-endian,
// the station by its number. Nobody else reads it.
const (
	itemBeacon = 'b'
	itemHeard  = 'h'
	itemTag    = 2                           // where its tag begins
	itemHead   = 1 + 1 + 18 + 8 + 4 + 32 + 8 // what, late, tag, own epoch, station, id, received
	beaconSize = itemHead + 8 + 64 + 4 + 4 + 4 + 8
	heardSize  = itemHead + 1 + 4 + 4 + 4 + 4 + 4 + 1 + 4 + 8 + 8
)

var errItem = errors.New("the scratch file is damaged")

func appendHead(b []byte, what byte, n groupName, station uint32, o origin) []byte {
	late := byte(0)
	if n.late {
		late = 1
	}
	b = append(b, what, late)
	b = append(b, n.tag[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(n.own))
	b = binary.BigEndian.AppendUint32(b, station)
	b = append(b, o.id[:]...)
	return binary.BigEndian.AppendUint64(b, uint64(o.receive))
}

func appendBeacon(b []byte, n groupName, station uint32, r *beaconReport) []byte {
	b = appendHead(b, itemBeacon, n, station, r.origin)
	b = binary.BigEndian.AppendUint64(b, uint64(r.body.Slot))
	b = append(b, r.body.Signature[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(r.body.Frequency))
	b = binary.BigEndian.AppendUint32(b, r.body.SF)
	b = binary.BigEndian.AppendUint32(b, uint32(r.body.Conducted))
	return binary.BigEndian.AppendUint64(b, uint64(r.body.Sent))
}

// Bits of an observation.
const (
	hasSignal = 1 << iota
	hasFine
)

func appendHeard(b []byte, n groupName, station uint32, r *heardReport) []byte {
	o := &r.body
	b = append(appendHead(b, itemHeard, n, station, r.origin), byte(r.index))
	b = append(b, o.Frame.Mark[:]...)
	for _, v := range [...]uint32{uint32(o.Frequency), o.SF, uint32(o.ChannelRSSI), uint32(o.SNR)} {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	bits := byte(0)
	if o.HasSignalRSSI {
		bits |= hasSignal
	}
	if o.HasFine {
		bits |= hasFine
	}
	b = binary.BigEndian.AppendUint32(append(b, bits), uint32(o.SignalRSSI))
	b = binary.BigEndian.AppendUint64(b, uint64(o.Heard))
	return binary.BigEndian.AppendUint64(b, uint64(o.Fine))
}

// fields reads an item.
type fields struct{ rest []byte }

func (f *fields) take(n int) []byte {
	b := f.rest[:n]
	f.rest = f.rest[n:]
	return b
}

func (f *fields) byte() byte     { return f.take(1)[0] }
func (f *fields) uint32() uint32 { return binary.BigEndian.Uint32(f.take(4)) }
func (f *fields) uint64() uint64 { return binary.BigEndian.Uint64(f.take(8)) }

// readSize is how much of a scratch file is read at a time.
const readSize = 1 << 16

// nextItem reads the bytes of an item, which are good until the next one; io.EOF: there is
// none.
func nextItem(in *bufio.Reader) ([]byte, error) {
	size := heardSize
	switch what, err := in.Peek(1); {
	case err != nil:
		return nil, err
	case what[0] == itemBeacon:
		size = beaconSize
	case what[0] != itemHeard:
		return nil, errItem
	}
	b, err := in.Peek(size)
	if err != nil {
		return nil, errItem
	}
	_, err = in.Discard(size)
	return b, err
}

// items reads what appendBeacon and appendHeard wrote.
func items(from io.Reader, stations *radio.Stations, beacon func(groupName, beaconReport), heard func(groupName, heardReport)) error {
	in := bufio.NewReaderSize(from, readSize)
	for {
		b, err := nextItem(in)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading a scratch file: %w", err)
		}
		f := fields{b}
		what := f.byte()
		n, o := f.head(stations)
		switch what {
		case itemBeacon:
			beacon(n, f.beacon(o))
		case itemHeard:
			heard(n, f.heard(n, o))
		}
	}
}

func (f *fields) head(stations *radio.Stations) (n groupName, o origin) {
	n.late = f.byte() == 1
	n.tag = witness.Tag(f.take(len(n.tag)))
	n.own = witness.Epoch(f.uint64())
	o.station = stations.At(f.uint32())
	o.id = radio.RecordID(f.take(len(o.id)))
	o.receive = witness.Millis(f.uint64())
	return n, o
}

func (f *fields) beacon(o origin) beaconReport {
	r := beaconReport{origin: o}
	r.body.Slot = witness.Slot(f.uint64())
	r.body.Signature = radio.Signature(f.take(radio.SignatureSize))
	r.body.Frequency = radio.Hertz(f.uint32())
	r.body.SF = f.uint32()
	r.body.Conducted = radio.DBm(int32(f.uint32()))
	r.body.Sent = witness.Millis(f.uint64())
	return r
}

func (f *fields) heard(n groupName, o origin) heardReport {
	r := heardReport{origin: o, index: uint32(f.byte())}
	b := &r.body
	b.Frame = witness.Frame{Type: witness.FrameBeacon, Tag: n.tag, Mark: witness.Mark(f.take(4))}
	b.Frequency = radio.Hertz(f.uint32())
	b.SF = f.uint32()
	b.ChannelRSSI = radio.DBm(int32(f.uint32()))
	b.SNR = radio.DB(int32(f.uint32()))
	bits := f.byte()
	b.HasSignalRSSI, b.HasFine = bits&hasSignal != 0, bits&hasFine != 0
	b.SignalRSSI = radio.DBm(int32(f.uint32()))
	b.Heard = witness.Millis(f.uint64())
	b.Fine = witness.GPSNanos(f.uint64())
	return r
}
