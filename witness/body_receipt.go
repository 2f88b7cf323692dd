package witness

import (
	"crypto/sha256"
	"fmt"

	"hexspot/radio"
)

// Receipt is the body of a `receipt` record: an ingest has journaled a record
// (protocol hexspot/1, "Receipts and the log").
type Receipt struct {
	Record   radio.RecordID
	Received Millis
	Epoch    Epoch
	Index    uint64 // in the log of that epoch and ingest
}

// Append appends the canonical encoding.
func (c Receipt) Append(b []byte) []byte {
	b = appendBytes(b, 1, c.Record[:])
	b = appendUint(b, 2, c.Received)
	b = appendUint(b, 3, c.Epoch)
	return appendUint(b, 4, c.Index)
}

// ParseReceipt reads a canonical body with values in range. Append gives the same
// bytes.
func ParseReceipt(b []byte) (Receipt, error) {
	r := reader{rest: b}
	var c Receipt
	r.fixed(1, "record", c.Record[:])
	c.Received = Millis(r.uint64(2, "receive_ms"))
	c.Epoch = Epoch(r.uint64(3, "epoch"))
	c.Index = r.uint64(4, "index")
	err := r.end()
	if err == nil {
		err = firstFault(timeBound("receive_ms", c.Received), epochBound(c.Epoch))
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("receipt: %w", err)
	}
	return c, nil
}

// HighWater is the body of a `high_water` record: an ingest promises that no
// record stamped below Received will follow in this epoch's log.
type HighWater struct {
	Epoch    Epoch
	Size     uint64            // of the log
	Root     [sha256.Size]byte // of the log
	Received Millis
}

// Append appends the canonical encoding.
func (h HighWater) Append(b []byte) []byte {
	b = appendUint(b, 1, h.Epoch)
	b = appendUint(b, 2, h.Size)
	b = appendBytes(b, 3, h.Root[:])
	return appendUint(b, 4, h.Received)
}

// ParseHighWater reads a canonical body with values in range. Append gives the
// same bytes.
func ParseHighWater(b []byte) (HighWater, error) {
	r := reader{rest: b}
	var h HighWater
	h.Epoch = Epoch(r.uint64(1, "epoch"))
	h.Size = r.uint64(2, "size")
	r.fixed(3, "root", h.Root[:])
	h.Received = Millis(r.uint64(4, "receive_ms"))
	err := r.end()
	if err == nil {
		err = firstFault(epochBound(h.Epoch), timeBound("receive_ms", h.Received))
	}
	if err != nil {
		return HighWater{}, fmt.Errorf("high_water: %w", err)
	}
	return h, nil
}
