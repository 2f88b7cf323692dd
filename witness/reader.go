package witness

import "hexspot/radio"

// Reader reads what an epoch publishes. Its functions take what the Parse functions of the same
// names take. The zero Reader checks each station's key.
type Reader struct {
	Known KeyChecker // remembers keys that were found sound; nil: each is checked
}

// KeyChecker accepts the keys that radio.StationFromBytes accepts, as radio.Stations and
// radio.RecentStations do, which check each once.
type KeyChecker interface {
	FromBytes(b []byte) (radio.Station, error)
}

func (r Reader) words(line string) *words { return &words{rest: line, known: r.Known} }
