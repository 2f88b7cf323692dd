package log

import (
	"crypto"
	"encoding/binary"
	"errors"
	"fmt"

	"hexspot/radio"
	"hexspot/witness"
)

// Receipt is a receipt whose signature was verified. Only functions of this package
// make one but the zero Receipt.
type Receipt struct {
	witness.Receipt
	Log    Name // that the index is in
	signed []byte
}

// SignReceipt signs a receipt as an ingest.
func SignReceipt(signer crypto.Signer, network radio.Network, body witness.Receipt) (Receipt, error) {
	s, err := radio.Sign(signer, network, radio.KindReceipt, body.Append(nil))
	if err != nil {
		return Receipt{}, fmt.Errorf("signing a receipt: %w", err)
	}
	return ParseReceipt(s.Append(nil), network, s.Station)
}

// ParseReceipt reads a signed receipt of a network and verifies it: the signer is the
// network's key or one of the ingests that its anchor names.
func ParseReceipt(b []byte, network radio.Network, ingests ...radio.Station) (Receipt, error) {
	body, signer, err := openSigned(b, radio.KindReceipt, network, ingests)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{Log: Name{Network: network, Ingest: signer}, signed: append([]byte{}, b...)}
	if r.Receipt, err = witness.ParseReceipt(body); err != nil {
		return Receipt{}, err
	}
	r.Log.Epoch = r.Epoch
	return r, nil
}

// Bytes is the signed receipt as the ingest sent it.
func (r Receipt) Bytes() []byte { return append([]byte{}, r.signed...) }

// HighWater is a high-water mark whose signature was verified.
type HighWater struct {
	witness.HighWater
	Log    Name
	signed []byte
}

// ParseHighWater reads a signed high-water mark, as ParseReceipt does a receipt.
func ParseHighWater(b []byte, network radio.Network, ingests ...radio.Station) (HighWater, error) {
	body, signer, err := openSigned(b, radio.KindHighWater, network, ingests)
	if err != nil {
		return HighWater{}, err
	}
	h := HighWater{Log: Name{Network: network, Ingest: signer}, signed: append([]byte{}, b...)}
	if h.HighWater, err = witness.ParseHighWater(body); err != nil {
		return HighWater{}, err
	}
	h.Log.Epoch = h.Epoch
	return h, nil
}

// Bytes is the signed mark as the ingest sent it.
func (h HighWater) Bytes() []byte { return append([]byte{}, h.signed...) }

func openSigned(b []byte, kind radio.Kind, network radio.Network, ingests []radio.Station) ([]byte, radio.Station, error) {
	s, err := radio.ParseSigned(b)
	if err != nil {
		return nil, radio.Station{}, err
	}
	if s.Kind != kind {
		return nil, radio.Station{}, fmt.Errorf("a %s record, want a %s", s.Kind, kind)
	}
	return s.Body, s.Station, s.Verify(network, ingests...)
}

// AppendReceipts appends receipts as a receipts file holds them: each its length as a
// varint, then the signed record.
func AppendReceipts(b []byte, receipts ...Receipt) []byte {
	for _, r := range receipts {
		b = binary.AppendUvarint(b, uint64(len(r.signed)))
		b = append(b, r.signed...)
	}
	return b
}

// SplitReceipts gives the signed records of a receipts file. It verifies nothing.
func SplitReceipts(b []byte) ([][]byte, error) {
	var records [][]byte
	for len(b) > 0 {
		length, n := binary.Uvarint(b)
		if n <= 0 || n > 1 && b[n-1] == 0 {
			return nil, fmt.Errorf("receipt %d: its length is no shortest varint", len(records)+1)
		}
		b = b[n:]
		if length == 0 || length > radio.MaxSigned || length > uint64(len(b)) {
			return nil, fmt.Errorf("receipt %d: %d bytes announced, %d there", len(records)+1, length, len(b))
		}
		records = append(records, b[:length:length])
		b = b[length:]
	}
	return records, nil
}

// errOtherLog says that two statements are not about the same log.
var errOtherLog = errors.New("they are not of the same log")
