package wallet

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/crypto/scrypt"

	"hexspot/coverage"
)

// A keystore file holds a key encrypted with a passphrase: the Web3 Secret Storage
// Definition, version 3, as Ethereum's programs write it.
type keystore struct {
	Address string         `json:"address"`
	Crypto  keystoreCrypto `json:"crypto"`
	ID      string         `json:"id"`
	Version int            `json:"version"`
}

type keystoreCrypto struct {
	Cipher       string       `json:"cipher"`
	CipherText   hexBytes     `json:"ciphertext"`
	CipherParams cipherParams `json:"cipherparams"`
	KDF          string       `json:"kdf"`
	KDFParams    kdfParams    `json:"kdfparams"`
	MAC          hexBytes     `json:"mac"`
}

type cipherParams struct {
	IV hexBytes `json:"iv"`
}

// hexBytes are bytes written as hexadecimal digits.
type hexBytes []byte

// MarshalText writes the digits.
func (b hexBytes) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, b), nil }

// UnmarshalText reads them.
func (b *hexBytes) UnmarshalText(text []byte) error {
	digits, err := hex.AppendDecode(nil, text)
	*b = digits
	return err
}

const (
	keystoreVersion = 3
	keystoreCipher  = "aes-128-ctr"
	// maxKeystore bounds a keystore file; a real one has some 500 bytes.
	maxKeystore = 16 << 10
)

// Cost is how hard scrypt makes it to try passphrases.
type Cost int

// StandardCost takes 256 MiB and about a second.
const StandardCost Cost = 1 << 18

// Encrypt gives the key as a keystore file.
func (k Key) Encrypt(passphrase string, cost Cost) ([]byte, error) {
	if k.IsZero() {
		return nil, errors.New("there is no key to keep")
	}
	random := make([]byte, 32+16+16)
	if _, err := rand.Read(random); err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	salt, iv, id := random[:32], random[32:48], random[48:]
	params := kdfParams{DKLen: 32, Salt: salt, N: int(cost), R: 8, P: 1}
	derived, err := scrypt.Key([]byte(passphrase), salt, params.N, params.R, params.P, params.DKLen)
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	secret := k.private().Key.Bytes()
	text, err := xorKey(derived, iv, secret[:])
	if err != nil {
		return nil, err
	}
	mac := keccak(derived[16:32], text)
	return json.Marshal(keystore{
		Address: k.account.String()[2:], ID: uuid(id), Version: keystoreVersion,
		Crypto: keystoreCrypto{
			Cipher: keystoreCipher, CipherText: text, CipherParams: cipherParams{iv},
			KDF: kdfScrypt, KDFParams: params, MAC: mac[:],
		},
	})
}

// xorKey is AES-128 in counter mode with the first half of the derived key.
func xorKey(derived, iv, b []byte) ([]byte, error) {
	block, err := aes.NewCipher(derived[:16])
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	out := make([]byte, len(b))
	cipher.NewCTR(block, iv).XORKeyStream(out, b)
	return out, nil
}

// uuid writes 16 random bytes as a random UUID (RFC 9562, version 4).
func uuid(b []byte) string {
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// ErrPassphrase says that a passphrase does not open a keystore file.
var ErrPassphrase = errors.New("the passphrase is wrong")

// Decrypt reads a keystore file of any program that writes version 3, with scrypt or
// PBKDF2. Parameters that would take more than 1 GiB or some ten seconds are refused.
// Errors show none of the key.
func Decrypt(file []byte, passphrase string) (Key, error) {
	k, err := decrypt(file, passphrase)
	if err != nil {
		return Key{}, fmt.Errorf("keystore: %w", err)
	}
	return k, nil
}

func decrypt(file []byte, passphrase string) (Key, error) {
	store, err := parseKeystore(file)
	if err != nil {
		return Key{}, err
	}
	c := store.Crypto
	derived, err := c.derive(passphrase)
	if err != nil {
		return Key{}, err
	}
	if mac := keccak(derived[16:32], c.CipherText); subtle.ConstantTimeCompare(mac[:], c.MAC) != 1 {
		return Key{}, ErrPassphrase
	}
	secret, err := xorKey(derived, c.CipherParams.IV, c.CipherText)
	if err != nil {
		return Key{}, err
	}
	k, err := keyOf(secret)
	if err != nil {
		return Key{}, err
	}
	if stated, err := addressOf(store); err == nil && stated != k.account {
		return Key{}, errors.New("the key is of another account than the file says")
	}
	return k, nil
}

func parseKeystore(file []byte) (keystore, error) {
	var store keystore
	if len(file) > maxKeystore {
		return store, fmt.Errorf("more than %d bytes are no keystore file", maxKeystore)
	}
	if err := json.Unmarshal(file, &store); err != nil {
		return store, errors.New("no keystore file: it is not the JSON of one")
	}
	c := store.Crypto
	switch {
	case store.Version != keystoreVersion:
		return store, fmt.Errorf("version %d, want %d", store.Version, keystoreVersion)
	case c.Cipher != keystoreCipher:
		return store, fmt.Errorf("cipher %.20q, want %s", c.Cipher, keystoreCipher)
	case len(c.CipherText) != keySize || len(c.CipherParams.IV) != aes.BlockSize || len(c.MAC) != 32:
		return store, errors.New("the key, its IV or its MAC has a wrong length")
	}
	return store, nil
}

// addressOf is the account that a keystore file states; it need not.
func addressOf(store keystore) (coverage.Account, error) {
	text := store.Address
	if len(text) > 1 && text[:2] == "0x" {
		text = text[2:]
	}
	return coverage.ParseAccount("0x" + text)
}
