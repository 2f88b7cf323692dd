package hotspot

import (
	"fmt"

	"hexspot/radio"
	"hexspot/witness"
)

// openReceipt reads a receipt, which the network's key or one of the ingests must have
// signed, and says of which record it is.
func openReceipt(b []byte, network radio.Network, ingests []radio.Station) (radio.RecordID, error) {
	s, err := radio.ParseSigned(b)
	if err != nil {
		return radio.RecordID{}, err
	}
	if s.Kind != radio.KindReceipt {
		return radio.RecordID{}, fmt.Errorf("a record of kind %s is no receipt", s.Kind)
	}
	if err := s.Verify(network, ingests...); err != nil {
		return radio.RecordID{}, err
	}
	receipt, err := witness.ParseReceipt(s.Body)
	return receipt.Record, err
}
