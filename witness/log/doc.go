// Package log is the append-only log of record ids (protocol hexspot/1,
// "Receipts and the log"): one RFC 6962 tree for each epoch and ingest key, its
// checkpoints as signed notes, and what a station can prove with the receipts it
// keeps. Trees, proofs and notes are those of golang.org/x/mod/sumdb; this package
// binds them to stations, receipts and epochs.
//
// An ingest keeps a Book of Logs over a Store of files and hands out receipts only for what
// is on disk. A station calls Check with its receipts, and Cosign or Compare with
// the checkpoints it sees; what is wrong comes back as Evidence that a third party
// can verify alone. The package opens no files, reads no clock and sends nothing.
package log
