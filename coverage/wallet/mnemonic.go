package wallet

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/tyler-smith/go-bip39"
)

// hardened marks a step of a path that needs the private key (BIP-32).
const hardened = 1 << 31

// accountPath is the path of Ethereum's accounts, m/44'/60'/0'/0 (BIP-44, SLIP-44);
// the number of the account follows.
var accountPath = []uint32{44 + hardened, 60 + hardened, hardened, 0}

// FromWords is the key of an account from recovery words (BIP-39, English, no
// passphrase): the account of that number at m/44'/60'/0'/0, as wallets count them.
// Errors show none of the words.
func FromWords(words string, number uint32) (Key, error) {
	if number >= hardened {
		return Key{}, fmt.Errorf("account %d: want a number below 2^31", number)
	}
	seed, err := bip39.NewSeedWithErrorChecking(strings.Join(strings.Fields(words), " "), "")
	if err != nil {
		return Key{}, errors.New("these are no recovery words: want 12 to 24 words of the English list, and their checksum must be right")
	}
	sum := hmac512([]byte("Bitcoin seed"), seed)
	for _, step := range append(accountPath, number) {
		if sum, err = child(sum, step); err != nil {
			return Key{}, fmt.Errorf("account %d of the recovery words: %w", number, err)
		}
	}
	return keyOf(sum[:keySize])
}

// child derives the private key and chain code of a step from those of its parent
// (BIP-32, CKDpriv).
func child(parent [64]byte, step uint32) ([64]byte, error) {
	key, chain := parent[:keySize], parent[keySize:]
	data := append([]byte{0}, key...)
	if step < hardened {
		data = secp256k1.PrivKeyFromBytes(key).PubKey().SerializeCompressed()
	}
	sum := hmac512(chain, binary.BigEndian.AppendUint32(data, step))
	var left, sumOfKeys secp256k1.ModNScalar
	sumOfKeys.SetByteSlice(key)
	if overflow := left.SetByteSlice(sum[:keySize]); overflow || sumOfKeys.Add(&left).IsZero() {
		return sum, errors.New("it does not exist: take the next number")
	}
	scalar := sumOfKeys.Bytes()
	copy(sum[:], scalar[:])
	return sum, nil
}

func hmac512(key, data []byte) (sum [64]byte) {
	h := hmac.New(sha512.New, key)
	h.Write(data)
	h.Sum(sum[:0])
	return sum
}
