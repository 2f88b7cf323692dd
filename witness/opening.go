package witness

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"hexspot/radio"
)

// MarkOf is the mark of a network's frames in a slot.
func MarkOf(network radio.Network, x Entropy) Mark {
	b := append([]byte("hexspot/1/mark"), network[:]...)
	sum := sha256.Sum256(append(b, x[:]...))
	return Mark(sum[:])
}

// TagOf is the tag that a signature opens.
func TagOf(sig radio.Signature) Tag {
	sum := sha256.Sum256(append([]byte("hexspot/1/tag"), sig[:]...))
	return Tag(sum[:])
}

// OpeningMessage is what a station signs for its beacon of a slot, whose lot this
// is (protocol hexspot/1, "Beacon").
func OpeningMessage(l Lot, s Slot) []byte {
	b := append([]byte("hexspot/1/open\x00"), l.Network[:]...)
	b = append(b, l.Station.Bytes()...)
	b = binary.BigEndian.AppendUint64(b, uint64(s))
	return append(b, l.Entropy[:]...)
}

// VerifyOpening checks that a signature opens a beacon of the lot's station in
// slot s. The beacon's tag is TagOf the signature.
func VerifyOpening(l Lot, s Slot, sig radio.Signature) error {
	if err := l.Station.VerifyMessage(OpeningMessage(l, s), sig); err != nil {
		return fmt.Errorf("opening of slot %d by %s: %w", s, l.Station, err)
	}
	return nil
}

// BeaconFrame is what goes on air for a signature of OpeningMessage.
func BeaconFrame(l Lot, sig radio.Signature) Frame {
	return Frame{Type: FrameBeacon, Mark: MarkOf(l.Network, l.Entropy), Tag: TagOf(sig)}
}

// DiscoveryFrame is what goes on air on the owner's demand: the mark of the slot
// and 18 random bytes.
func DiscoveryFrame(network radio.Network, x Entropy, random Tag) Frame {
	return Frame{Type: FrameDiscovery, Mark: MarkOf(network, x), Tag: random}
}
