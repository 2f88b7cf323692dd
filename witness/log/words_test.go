package log

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

func hexID(id uint32) string { return fmt.Sprintf("%08x", id) }

func sameHashes(a, b []Hash) bool { return slices.Equal(a, b) }

// ids are leaves in memory.
type ids []radio.RecordID

func (list ids) ReadIDs(from uint64, into []radio.RecordID) error {
	if from+uint64(len(into)) > uint64(len(list)) {
		return io.ErrUnexpectedEOF
	}
	copy(into, list[from:])
	return nil
}

// list is the ids as a bundle has it.
func (list ids) list() List {
	var b []byte
	for _, id := range list {
		b = append(b, id[:]...)
	}
	l, _, err := NewList(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		panic(err)
	}
	return l
}

func recordID(world string, i int) radio.RecordID {
	return sha256.Sum256(binary.BigEndian.AppendUint64([]byte(world), uint64(i)))
}

func manyIDs(n int) ids {
	list := make(ids, n)
	for i := range list {
		list[i] = recordID("record", i)
	}
	return list
}

func treeFrom(list ids) *Tree {
	t := NewTree(list)
	t.Append(list...)
	return t
}

// key is the n-th Ed25519 key of the tests.
func key(n byte) crypto.Signer {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
}

func p256(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func stationOf(t testing.TB, k crypto.Signer) radio.Station {
	t.Helper()
	s, err := radio.StationOf(k.Public())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The operator's key signs for the network, in whose name the tests' ingest speaks.
const operator, ingest = 1, 2

func testNetwork(t testing.TB) radio.Network { return stationOf(t, key(operator)).Network() }

func testName(t testing.TB) Name {
	return Name{testNetwork(t), 21225, stationOf(t, key(ingest))}
}

func signedHead(t testing.TB, name Name, head Head) Note {
	t.Helper()
	n, err := Sign(key(ingest), Checkpoint{name, head})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func receiptFor(t testing.TB, name Name, id radio.RecordID, index uint64) Receipt {
	t.Helper()
	r, err := SignReceipt(key(ingest), name.Network, witness.Receipt{Record: id, Received: 1000 + witness.Millis(index), Epoch: name.Epoch, Index: index})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func faultOf(t testing.TB, err error) Evidence {
	t.Helper()
	var f *Fault
	if !errors.As(err, &f) {
		t.Fatalf("%v, want a fault", err)
	}
	return f.Evidence
}
