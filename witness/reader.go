package witness

import "hexspot/radio"

// Reader reads what an epoch publishes. Its functions take what the Parse functions of the same
// names take. The zero Reader checks each station's key.
type Reader struct {
	Known *radio.Stations // remembers keys that were found sound; nil: each is checked
}

func (r Reader) words(line string) *words { return &words{rest: line, known: r.Known} }
