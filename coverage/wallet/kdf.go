package wallet

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/bits"

	"golang.org/x/crypto/scrypt"
)

// The functions that make a key from a passphrase in a keystore file.
const (
	kdfScrypt = "scrypt"
	kdfPBKDF2 = "pbkdf2"
	prfSHA256 = "hmac-sha256"
)

// kdfParams has the fields of both functions.
type kdfParams struct {
	DKLen int      `json:"dklen"`
	Salt  hexBytes `json:"salt"`

	N int `json:"n,omitempty"` // scrypt
	R int `json:"r,omitempty"`
	P int `json:"p,omitempty"`

	C   int    `json:"c,omitempty"` // PBKDF2
	PRF string `json:"prf,omitempty"`
}

// The most that opening a file may cost.
const (
	maxScryptMemory = 1 << 30 // bytes, 128 n r
	maxScryptWork   = 1 << 25 // n r p: 1 GiB gone through four times
	maxRounds       = 10_000_000
)

func (c keystoreCrypto) derive(passphrase string) ([]byte, error) {
	p := c.KDFParams
	if p.DKLen != 32 || len(p.Salt) == 0 {
		return nil, errors.New("the derived key has a wrong length, or there is no salt")
	}
	switch c.KDF {
	case kdfScrypt:
		if err := p.checkScrypt(); err != nil {
			return nil, err
		}
		return scrypt.Key([]byte(passphrase), p.Salt, p.N, p.R, p.P, p.DKLen)
	case kdfPBKDF2:
		if p.C < 1 || p.C > maxRounds || p.PRF != prfSHA256 {
			return nil, fmt.Errorf("pbkdf2 with %d rounds of %.20q is not supported", p.C, p.PRF)
		}
		return pbkdf2.Key(sha256.New, passphrase, p.Salt, p.C, p.DKLen)
	}
	return nil, fmt.Errorf("key function %.20q, want %s or %s", c.KDF, kdfScrypt, kdfPBKDF2)
}

func (p kdfParams) checkScrypt() error {
	const most = 1 << 24 // keeps the products below from overflowing
	if p.N < 2 || bits.OnesCount(uint(p.N)) != 1 || p.R < 1 || p.P < 1 || p.N > most || p.R > most || p.P > most {
		return errors.New("scrypt: n, r or p out of range")
	}
	work := int64(p.N) * int64(p.R)
	if work > maxScryptMemory/128 || work*int64(p.P) > maxScryptWork {
		return errors.New("scrypt: n, r and p would cost too much")
	}
	return nil
}
