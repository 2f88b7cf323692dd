package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"hexspot/radio"
)

// Kind is the algorithm of a key.
type Kind uint8

// The kinds a station may have.
const (
	Ed25519 Kind = iota // the default
	P256                // what secure elements make
)

// Key is a station's private key. The zero Key is none.
type Key struct {
	// signer is a function because fmt calls no method of a Key in an unexported
	// field of another struct. It shows what is in such a field, behind pointers
	// too, but of a function the address only.
	signer  func() crypto.Signer
	station radio.Station
}

// Signer signs with the key; nil for the zero Key.
func (k Key) Signer() crypto.Signer {
	if k.IsZero() {
		return nil
	}
	return k.signer()
}

// Station is the public side.
func (k Key) Station() radio.Station { return k.station }

// IsZero says that there is no key.
func (k Key) IsZero() bool { return k.signer == nil }

// String gives the station's text id, never the secret.
func (k Key) String() string {
	if k.IsZero() {
		return "no key"
	}
	return k.station.String()
}

// Format writes String whatever the verb, so that %d or %#v show no secret.
func (k Key) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, k.String()) }

// LogValue is String, for slog.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// Generate makes a key.
func Generate(kind Kind) (Key, error) {
	switch kind {
	case Ed25519:
		_, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return Key{}, fmt.Errorf("generating an Ed25519 key: %w", err)
		}
		return of(private)
	case P256:
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return Key{}, fmt.Errorf("generating a P-256 key: %w", err)
		}
		return of(private)
	}
	return Key{}, fmt.Errorf("keys of kind %d are not known", kind)
}

// of makes a Key of a private key of the standard library.
func of(private any) (Key, error) {
	signer, ok := private.(crypto.Signer)
	if !ok {
		return Key{}, errors.New("the key cannot sign: want Ed25519 or P-256")
	}
	station, err := radio.StationOf(signer.Public())
	if err != nil {
		return Key{}, fmt.Errorf("the key cannot be a station's (want Ed25519 or P-256): %w", err)
	}
	return Key{func() crypto.Signer { return signer }, station}, nil
}

const (
	pemPKCS8 = "PRIVATE KEY"
	pemSEC1  = "EC PRIVATE KEY"
	pemCurve = "EC PARAMETERS" // openssl ecparam puts it before the key, which names its curve itself
)

// maxFile bounds a key file; a real one has some 200 bytes.
const maxFile = 16 << 10

// Export is the key as PEM (PKCS#8), a secret.
func (k Key) Export() ([]byte, error) {
	if k.IsZero() {
		return nil, errors.New("there is no key to export")
	}
	der, err := x509.MarshalPKCS8PrivateKey(k.Signer())
	if err != nil {
		return nil, fmt.Errorf("encoding the key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemPKCS8, Bytes: der}), nil
}

// Parse reads a key from PEM: PKCS#8, or SEC1 for P-256. Errors show none of it.
func Parse(text []byte) (Key, error) {
	if len(text) > maxFile {
		return Key{}, fmt.Errorf("more than %d bytes are no key", maxFile)
	}
	block, rest := pem.Decode(text)
	if block != nil && block.Type == pemCurve {
		block, rest = pem.Decode(rest)
	}
	if block == nil {
		return Key{}, errors.New("no PEM block: want one that begins with -----BEGIN PRIVATE KEY-----")
	}
	if next, _ := pem.Decode(rest); next != nil {
		return Key{}, errors.New("more than one PEM block: want one private key alone")
	}
	switch block.Type {
	case pemPKCS8:
		private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return Key{}, errors.New("the PEM block holds no private key in PKCS#8")
		}
		return of(private)
	case pemSEC1:
		private, err := x509.ParseECPrivateKey(block.Bytes)
		if err != nil {
			return Key{}, errors.New("the PEM block holds no private key in SEC1")
		}
		return of(private)
	}
	return Key{}, fmt.Errorf("PEM block %q: want %q (an encrypted key must be decrypted first)", block.Type, pemPKCS8)
}
