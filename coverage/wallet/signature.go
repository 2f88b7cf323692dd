package wallet

import (
	"errors"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"hexspot/coverage"
)

// SignatureSize is the length of an account's signature in bytes.
const SignatureSize = 65

// Signature is r, s and v of an account's signature: s in the lower half, v 27 or 28
// (EIP-2, Ethereum yellow paper, appendix F).
type Signature [SignatureSize]byte

// firstV is v for a point with even y; the other is one more.
const firstV = 27

// Sign signs a digest. The same digest gives the same signature (RFC 6979).
func (k Key) Sign(digest [32]byte) (Signature, error) {
	if k.IsZero() {
		return Signature{}, errors.New("there is no key to sign with")
	}
	compact := ecdsa.SignCompact(k.private(), digest[:], false) // v r s, s in the lower half
	var s Signature
	copy(s[:], compact[1:])
	s[SignatureSize-1] = compact[0]
	return s, nil
}

var errAccountSignature = errors.New("the account's signature is wrong")

// Recover is the account whose signature of the digest this is. There is one
// signature of a digest for a nonce: s in the upper half, another v and numbers out
// of range are errors.
func Recover(digest [32]byte, s Signature) (coverage.Account, error) {
	var low secp256k1.ModNScalar
	v := s[SignatureSize-1]
	if v != firstV && v != firstV+1 {
		return coverage.Account{}, fmt.Errorf("%w: v is %d, want 27 or 28", errAccountSignature, v)
	}
	if overflow := low.SetByteSlice(s[32:64]); overflow || low.IsOverHalfOrder() {
		return coverage.Account{}, fmt.Errorf("%w: s is in the upper half", errAccountSignature)
	}
	compact := append([]byte{v}, s[:64]...)
	public, _, err := ecdsa.RecoverCompact(compact, digest[:])
	if err != nil {
		return coverage.Account{}, errAccountSignature
	}
	return accountOf(public), nil
}
