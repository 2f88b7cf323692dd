package radio

import (
	"errors"
	"fmt"

	"github.com/brocaar/lorawan"
)

// The lengths of a join accept: header, 12 bytes or 28 with a channel list, and
// MIC (LoRaWAN 1.0.4, 6.2.6).
const (
	joinAcceptSize       = 1 + 12 + 4
	joinAcceptWithCFList = joinAcceptSize + 16
)

// Classify reads the outside of a PHYPayload with brocaar/lorawan, and refuses
// what that accepts but LoRaWAN does not know: more than 255 bytes, a major
// version other than R1, a join accept of an impossible length. It never panics
// and keeps no reference to phy. A proprietary frame may have any content.
func Classify(phy []byte) Frame {
	if len(phy) == 0 || len(phy) > MaxFrame {
		return Frame{Reason: fmt.Sprintf("%d bytes: want 1 to %d", len(phy), MaxFrame)}
	}
	f := Frame{MType: MType(phy[0] >> 5)}
	if f.MType == MTypeProprietary {
		f.Kind = FrameProprietary
		return f
	}
	parsed, err := parsePHY(phy)
	if err == nil {
		err = f.fill(parsed)
	}
	if err != nil {
		return Frame{MType: f.MType, Reason: err.Error()}
	}
	return f
}

// parsePHY turns a panic of the library into an error.
func parsePHY(phy []byte) (parsed lorawan.PHYPayload, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the frame cannot be read: %v", fault)
		}
	}()
	if err := parsed.UnmarshalBinary(phy); err != nil {
		return parsed, err
	}
	return parsed, checkPHY(parsed, len(phy))
}

func checkPHY(p lorawan.PHYPayload, size int) error {
	switch {
	case p.MHDR.Major != lorawan.LoRaWANR1:
		return fmt.Errorf("major version %d is not LoRaWAN R1", p.MHDR.Major)
	case p.MHDR.MType == lorawan.JoinAccept && size != joinAcceptSize && size != joinAcceptWithCFList:
		return fmt.Errorf("join accept of %d bytes: want %d or %d", size, joinAcceptSize, joinAcceptWithCFList)
	}
	return nil
}

// fill takes over what the library read.
func (f *Frame) fill(p lorawan.PHYPayload) error {
	switch m := p.MACPayload.(type) {
	case *lorawan.MACPayload:
		f.fillData(m)
	case *lorawan.JoinRequestPayload:
		f.Kind, f.JoinEUI, f.DevEUI = FrameJoinRequest, EUI(m.JoinEUI), EUI(m.DevEUI)
	case *lorawan.RejoinRequestType02Payload:
		f.Kind, f.DevEUI, f.RejoinType = FrameRejoinRequest, EUI(m.DevEUI), uint8(m.RejoinType)
	case *lorawan.RejoinRequestType1Payload:
		f.Kind, f.JoinEUI, f.DevEUI, f.RejoinType = FrameRejoinRequest, EUI(m.JoinEUI), EUI(m.DevEUI), uint8(m.RejoinType)
	case *lorawan.DataPayload:
		f.Kind = FrameJoinAccept
	default:
		return errors.New("the frame has no known form")
	}
	return nil
}

func (f *Frame) fillData(m *lorawan.MACPayload) {
	f.Kind = FrameDataDown
	if f.MType == MTypeUnconfirmedDataUp || f.MType == MTypeConfirmedDataUp {
		f.Kind = FrameDataUp
	}
	f.DevAddr, f.FCnt = DevAddr(m.FHDR.DevAddr), uint16(m.FHDR.FCnt)
	if m.FPort != nil {
		f.FPort, f.HasFPort = *m.FPort, true
	}
}
