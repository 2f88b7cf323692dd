package witness

import (
	"bytes"
	"testing"

	"hexspot/radio"
)

func TestBeaconVectors(t *testing.T) {
	v := loadVectors(t).Beacons
	for i, c := range v {
		lot := c.lot(t)
		slot, sig := Slot(c.Slot.uint()), radio.Signature(c.Signature)
		message := OpeningMessage(lot, slot)
		if !bytes.Equal(message, c.Message) {
			t.Errorf("%d: message %x", i, message)
		}
		if err := VerifyOpening(lot, slot, sig); err != nil {
			t.Errorf("%d: %v", i, err)
		}
		frame := BeaconFrame(lot, sig)
		if !bytes.Equal(frame.Append(nil), c.Frame) || frame.Mark != Mark(c.Mark) || frame.Tag != Tag(c.Tag) {
			t.Errorf("%d: frame %x", i, frame.Append(nil))
		}
		checkSigning(t, c, message, sig)
	}
	if len(v) == 0 {
		t.Error("no vectors")
	}
}

func (c openingVector) lot(t *testing.T) Lot {
	return Lot{radio.Network(c.Network), stationOf(t, c.Station), Entropy(c.Value)}
}

// checkSigning signs anew: Ed25519 gives the same bytes, P-256 others that verify.
func checkSigning(t *testing.T, c openingVector, message []byte, want radio.Signature) {
	t.Helper()
	station, sig, err := radio.SignMessage(signerOf(t, c.KeyType, c.Secret), message)
	if err != nil {
		t.Fatal(err)
	}
	if c.KeyType == "ed25519" && sig != want {
		t.Errorf("signature %x", sig)
	}
	if err := VerifyOpening(Lot{radio.Network(c.Network), station, Entropy(c.Value)}, Slot(c.Slot.uint()), sig); err != nil {
		t.Error(err)
	}
}

func TestBadOpeningVectors(t *testing.T) {
	v := loadVectors(t).OpeningsBad
	for i, c := range v {
		if VerifyOpening(c.lot(t), Slot(c.Slot.uint()), radio.Signature(c.Signature)) == nil {
			t.Errorf("%d: %s: verified", i, c.Note)
		}
	}
	if len(v) == 0 {
		t.Error("no vectors")
	}
}

func TestDiscoveryVectors(t *testing.T) {
	v := loadVectors(t).Discovery
	for i, c := range v {
		frame := DiscoveryFrame(radio.Network(c.Network), Entropy(c.Value), Tag(c.Random))
		if !bytes.Equal(frame.Append(nil), c.Frame) || frame.Mark != Mark(c.Mark) {
			t.Errorf("%d: frame %x", i, frame.Append(nil))
		}
		if read, err := ParseFrame(c.Frame); err != nil || read != frame {
			t.Errorf("%d: %+v, %v", i, read, err)
		}
	}
	if len(v) == 0 {
		t.Error("no vectors")
	}
}
