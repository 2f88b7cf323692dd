package radio

import "github.com/hdevalence/ed25519consensus"

// Batch verifies many signatures in less time than one by one; what it finds of each is
// what Station.VerifyMessage says. The zero Batch is empty.
type Batch struct{ entries []batchEntry }

type batchEntry struct {
	station Station
	message []byte
	sig     Signature
}

// Add takes a signature to be verified. The message is kept, not copied.
func (b *Batch) Add(s Station, message []byte, sig Signature) {
	b.entries = append(b.entries, batchEntry{s, message, sig})
}

// AddSigned takes the signature of a record. Who may sign such a record is not asked.
func (b *Batch) AddSigned(s Signed, network Network) {
	b.Add(s.Station, s.Message(network), s.Signature)
}

// Verify says of each signature whether it is right, in the order of adding, and empties
// the batch.
func (b *Batch) Verify() []bool {
	right := make([]bool, len(b.entries))
	if b.together() {
		for i, e := range b.entries {
			right[i] = e.station.key[0] == keyEd25519
		}
	}
	for i, e := range b.entries {
		if !right[i] {
			right[i] = e.station.VerifyMessage(e.message, e.sig) == nil
		}
	}
	clear(b.entries)
	b.entries = b.entries[:0]
	return right
}

// together says that all Ed25519 signatures are right. If one is not, which one is not
// known.
func (b *Batch) together() bool {
	v := ed25519consensus.NewPreallocatedBatchVerifier(len(b.entries))
	n := 0
	for i := range b.entries {
		if e := &b.entries[i]; e.station.key[0] == keyEd25519 {
			v.Add(e.station.key[1:], e.message, e.sig[:])
			n++
		}
	}
	return n > 1 && v.Verify()
}
