package radio

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
)

//go:generate go run wordlist_generate.go

// Words are three words to tell stations apart by when people talk; they are too
// few to identify one, and never an input (hexspot/1, Station): three 11-bit
// numbers from the start of SHA-256("hexspot/1/words" | station), into the English
// list of BIP-39.
func (s Station) Words() [3]string {
	h := sha256.Sum256(append([]byte("hexspot/1/words"), s.key[:]...))
	bits := binary.BigEndian.Uint64(h[:])
	list := strings.Fields(english)
	var words [3]string
	for i := range words {
		words[i] = list[bits>>(64-11*(i+1))&(1<<11-1)]
	}
	return words
}
