package radio

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"github.com/hdevalence/ed25519consensus"
)

// SignatureSize is the length of a signature in bytes.
const SignatureSize = 64

// Signature is an Ed25519 signature, or r and s of an ECDSA signature over P-256
// with s in the lower half (protocol hexspot/1, "Signed").
type Signature [SignatureSize]byte

var errSignature = errors.New("the signature is wrong")

// SignMessage signs a message with a station's key, wherever that is held. An
// Ed25519 key signs the message, a P-256 key its SHA-256. It fails if the key is of
// another type or the signer fails.
func SignMessage(signer crypto.Signer, message []byte) (Station, Signature, error) {
	station, err := StationOf(signer.Public())
	if err != nil {
		return Station{}, Signature{}, err
	}
	sig, err := signAs(station, signer, message)
	if err != nil {
		return Station{}, Signature{}, err
	}
	return station, sig, nil
}

func signAs(station Station, signer crypto.Signer, message []byte) (Signature, error) {
	sign := signP256
	if station.key[0] == keyEd25519 {
		sign = signEd25519
	}
	sig, err := sign(signer, message)
	if err != nil {
		return Signature{}, fmt.Errorf("signing as %s: %w", station, err)
	}
	return sig, nil
}

func signEd25519(signer crypto.Signer, message []byte) (Signature, error) {
	sig, err := signer.Sign(rand.Reader, message, crypto.Hash(0))
	if err != nil {
		return Signature{}, err
	}
	if len(sig) != SignatureSize {
		return Signature{}, fmt.Errorf("the key gave a signature of %d bytes, want %d", len(sig), SignatureSize)
	}
	return Signature(sig), nil
}

func signP256(signer crypto.Signer, message []byte) (Signature, error) {
	digest := sha256.Sum256(message)
	der, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return Signature{}, err
	}
	return fromDER(der)
}

// fromDER turns the signature a crypto.Signer gives into r | s with s in the
// lower half: (r, s) and (r, n-s) are equally valid.
func fromDER(der []byte) (Signature, error) {
	var pair struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(der, &pair)
	if err != nil {
		return Signature{}, fmt.Errorf("the key gave no ECDSA signature: %w", err)
	}
	n := elliptic.P256().Params().N
	if len(rest) != 0 || !inOrder(pair.R, n) || !inOrder(pair.S, n) {
		return Signature{}, errors.New("the key gave an ECDSA signature out of range")
	}
	if pair.S.Cmp(half(n)) > 0 {
		pair.S.Sub(n, pair.S)
	}
	var sig Signature
	pair.R.FillBytes(sig[:SignatureSize/2])
	pair.S.FillBytes(sig[SignatureSize/2:])
	return sig, nil
}

// VerifyMessage checks a signature of the station: Ed25519 as ZIP-215 says,
// so that single and batch verification agree everywhere; P-256 with s in the
// lower half.
func (s Station) VerifyMessage(message []byte, sig Signature) error {
	switch s.key[0] {
	case keyEd25519:
		if !ed25519consensus.Verify(s.key[1:], message, sig[:]) {
			return errSignature
		}
		return nil
	case keyP256Even, keyP256Odd:
		return s.verifyP256(message, sig)
	}
	return errors.New("there is no station to verify with")
}

func (s Station) verifyP256(message []byte, sig Signature) error {
	key, err := decompressP256(s.key[:])
	if err != nil {
		return err
	}
	order := key.Params().N
	a := new(big.Int).SetBytes(sig[:SignatureSize/2])
	b := new(big.Int).SetBytes(sig[SignatureSize/2:])
	if !inOrder(a, order) || !inOrder(b, order) {
		return errors.New("the signature is out of range")
	}
	if b.Cmp(half(order)) > 0 {
		return errors.New("the signature's s is in the upper half")
	}
	if digest := sha256.Sum256(message); !ecdsa.Verify(key, digest[:], a, b) {
		return errSignature
	}
	return nil
}

func inOrder(x, n *big.Int) bool { return x.Sign() > 0 && x.Cmp(n) < 0 }

func half(n *big.Int) *big.Int { return new(big.Int).Rsh(n, 1) }
