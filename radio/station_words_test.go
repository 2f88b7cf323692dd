package radio

import (
	"slices"
	"strings"
	"testing"

	"github.com/tyler-smith/go-bip39/wordlists"
)

// The words were worked out with another implementation of SHA-256 and a list of
// its own.
func TestWords(t *testing.T) {
	s, err := ParseStation("spot1qylv4httpvz279js66jslkd2w93a2kqt7hdf3cst88ugx9v5rx3ywlhd5ys")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Words(), [3]string{"monster", "salon", "save"}; got != want {
		t.Errorf("words %v, want %v", got, want)
	}
}

func TestWordList(t *testing.T) {
	if !slices.Equal(strings.Fields(english), wordlists.English) {
		t.Error("wordlist.go has not the English list of BIP-39")
	}
}
