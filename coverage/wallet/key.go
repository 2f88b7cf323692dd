package wallet

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"golang.org/x/crypto/sha3"

	"hexspot/coverage"
)

// Key is the key of an account, on the curve secp256k1. The zero Key is none.
type Key struct {
	// A function, so that nothing prints the secret, whatever holds the Key.
	private func() *secp256k1.PrivateKey
	account coverage.Account
}

// keySize is the length of a private key in bytes.
const keySize = 32

// Generate makes a key from the system's random bytes.
func Generate() (Key, error) {
	private, err := secp256k1.GeneratePrivateKeyFromRand(rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("generating an account's key: %w", err)
	}
	return of(private), nil
}

// keyOf takes a private key of 32 bytes: a number from 1 to the curve's order less 1.
func keyOf(secret []byte) (Key, error) {
	var scalar secp256k1.ModNScalar
	if len(secret) != keySize || scalar.SetByteSlice(secret) || scalar.IsZero() {
		return Key{}, errors.New("the key is out of range")
	}
	return of(secp256k1.NewPrivateKey(&scalar)), nil
}

// ParseKey reads a private key as 64 hexadecimal digits, with 0x before them or
// not. Errors show none of it.
func ParseKey(text string) (Key, error) {
	secret, err := hex.DecodeString(strings.TrimPrefix(strings.TrimSpace(text), "0x"))
	if err != nil || len(secret) != keySize {
		return Key{}, errors.New("no private key: want 64 hexadecimal digits")
	}
	return keyOf(secret)
}

func of(private *secp256k1.PrivateKey) Key {
	return Key{private: func() *secp256k1.PrivateKey { return private }, account: accountOf(private.PubKey())}
}

// accountOf is the account with this key: the last 20 bytes of the Keccak-256 of the
// point's coordinates (Ethereum yellow paper, appendix F).
func accountOf(public *secp256k1.PublicKey) coverage.Account {
	sum := keccak(public.SerializeUncompressed()[1:])
	return coverage.Account(sum[12:])
}

// Account is the account the key is of.
func (k Key) Account() coverage.Account { return k.account }

// IsZero says that there is no key.
func (k Key) IsZero() bool { return k.private == nil }

// Format prints the account, whatever the verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.account.String()) }

func keccak(parts ...[]byte) (sum [32]byte) {
	h := sha3.NewLegacyKeccak256()
	for _, p := range parts {
		h.Write(p)
	}
	h.Sum(sum[:0])
	return sum
}
