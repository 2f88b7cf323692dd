package log

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"hexspot/radio"
)

// noteEd25519 is the type of Ed25519 in the key ids of signed notes (C2SP
// signed-note). Type 02, ECDSA, has another key id and DER signatures, of which one can
// make another: protocol hexspot/1 has no use for it.
const noteEd25519 = "\x01"

// ErrNoNoteKey says that a station cannot sign notes, because its key is P-256.
var ErrNoNoteKey = errors.New("only an Ed25519 key signs checkpoints")

// noteKey verifies the signatures of a station in notes, as ZIP-215 says.
type noteKey struct {
	station radio.Station
	id      uint32
}

// noteKeyOf is the key of a station: its name is the text id, its id the first four
// bytes of SHA-256(name, newline, type, key).
func noteKeyOf(station radio.Station) (noteKey, error) {
	key, ok := station.PublicKey().(ed25519.PublicKey)
	if !ok {
		return noteKey{}, fmt.Errorf("%s: %w", station, ErrNoNoteKey)
	}
	sum := sha256.Sum256(append([]byte(station.String()+"\n"+noteEd25519), key...))
	return noteKey{station: station, id: binary.BigEndian.Uint32(sum[:])}, nil
}

func (k noteKey) Name() string    { return k.station.String() }
func (k noteKey) KeyHash() uint32 { return k.id }

func (k noteKey) Verify(text, sig []byte) bool {
	return len(sig) == radio.SignatureSize && k.station.VerifyMessage(text, radio.Signature(sig)) == nil
}

// noteSigner signs notes with a station's key, wherever that is held.
type noteSigner struct {
	noteKey
	signer crypto.Signer
}

func signerOf(signer crypto.Signer) (noteSigner, error) {
	station, err := radio.StationOf(signer.Public())
	if err != nil {
		return noteSigner{}, err
	}
	key, err := noteKeyOf(station)
	return noteSigner{key, signer}, err
}

func (s noteSigner) Sign(text []byte) ([]byte, error) {
	_, sig, err := radio.SignMessage(s.signer, text)
	return sig[:], err
}
