package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// epochKey is the key of the scripts' network, which is its own ingest.
var epochKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// writeEpoch makes the files of an epoch of 600 records: epoch DIR, or epoch DIR forged, in
// which record 41 was replaced after its receipt was given.
func writeEpoch(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	write := func(name string, b []byte) { ts.Check(os.WriteFile(filepath.Join(dir, name), b, 0o644)) }
	ids := epochIDs(len(args) > 1)
	tree := log.NewTree(leaves(ids))
	tree.Append(ids...)
	write("log.ids", flatten(ids))
	write("early.note", epochNote(ts, tree, 300))
	write("final.note", epochNote(ts, tree, 600))
	write("some.ids", flatten(ids[:41]))
	proof, err := tree.Extend(300, 600)
	ts.Check(err)
	write("consistency.json", proof.Encode())
	write("21225.receipts", epochReceipts(ts, 7, 41, 599))
	write("beyond.receipts", epochReceipts(ts, 600))
	write("last.mark", epochMark(ts, tree, 600))
	write("cut.note", epochNote(ts, tree, 500))
	write("cut.ids", flatten(ids[:500]))
	write("cut.mark", epochMark(ts, tree, 500))
	write("twice.receipts", log.AppendReceipts(nil, receiptsOf(ts, epochKey, 7, 3)...))
	stranger := receiptsOf(ts, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, ed25519.SeedSize)), 7, 2)
	write("stranger.receipts", log.AppendReceipts(nil, stranger...))
	ts.Setenv("STRANGER", stranger[0].Log.Ingest.String())
}

// receiptsOf are receipts that give one index to several records, signed with a key.
func receiptsOf(ts *testscript.TestScript, key ed25519.PrivateKey, index uint64, count byte) (receipts []log.Receipt) {
	for i := range count {
		body := witness.Receipt{Record: radio.RecordID{1, i}, Received: 1000, Epoch: 21225, Index: index}
		r, err := log.SignReceipt(key, epochStation(ts).Network(), body)
		ts.Check(err)
		receipts = append(receipts, r)
	}
	return receipts
}

func epochMark(ts *testscript.TestScript, tree *log.Tree, size uint64) []byte {
	head, err := tree.HeadAt(size)
	ts.Check(err)
	body := witness.HighWater{Epoch: 21225, Size: size, Root: head.Root, Received: 1 << 40}
	s, err := radio.Sign(epochKey, epochStation(ts).Network(), radio.KindHighWater, body.Append(nil))
	ts.Check(err)
	return s.Append(nil)
}

// leaves are ids in memory.
type leaves []radio.RecordID

func (l leaves) ReadIDs(from uint64, ids []radio.RecordID) error {
	copy(ids, l[from:])
	return nil
}

func epochIDs(forged bool) []radio.RecordID {
	ids := make([]radio.RecordID, 600)
	for i := range ids {
		ids[i] = sha256.Sum256([]byte{byte(i >> 8), byte(i)})
	}
	if forged {
		ids[41] = sha256.Sum256([]byte("planted"))
	}
	return ids
}

func flatten(ids []radio.RecordID) []byte {
	var b []byte
	for _, id := range ids {
		b = append(b, id[:]...)
	}
	return b
}

func epochStation(ts *testscript.TestScript) radio.Station {
	s, err := radio.StationOf(epochKey.Public())
	ts.Check(err)
	return s
}

func epochNote(ts *testscript.TestScript, tree *log.Tree, size uint64) []byte {
	head, err := tree.HeadAt(size)
	ts.Check(err)
	ingest := epochStation(ts)
	n, err := log.Sign(epochKey, log.Checkpoint{Name: log.Name{Network: ingest.Network(), Epoch: 21225, Ingest: ingest}, Head: head})
	ts.Check(err)
	return []byte(n.String())
}

func epochReceipts(ts *testscript.TestScript, indexes ...int) []byte {
	return log.AppendReceipts(nil, epochReceiptsOf(ts, 21225, indexes...)...)
}

func epochReceiptsOf(ts *testscript.TestScript, epoch witness.Epoch, indexes ...int) (receipts []log.Receipt) {
	for _, i := range indexes {
		body := witness.Receipt{Record: sha256.Sum256([]byte{byte(i >> 8), byte(i)}), Received: 1000, Epoch: epoch, Index: uint64(i)}
		r, err := log.SignReceipt(epochKey, epochStation(ts).Network(), body)
		ts.Check(err)
		receipts = append(receipts, r)
	}
	return receipts
}
