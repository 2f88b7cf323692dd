package otaa

import (
	"crypto/aes"
	"fmt"

	"github.com/brocaar/lorawan"
)

// Session is what a join gives to both sides.
type Session struct {
	Address lorawan.DevAddr
	Network lorawan.AES128Key // NwkSKey: integrity of frames
	App     lorawan.AES128Key // AppSKey: secrecy of payloads
}

// Derive gives the session of a join (LoRaWAN 1.0.x, 6.2.5): each key is the root
// key's encryption of a number, the network's nonce and id, and the device's nonce.
func Derive(root lorawan.AES128Key, address lorawan.DevAddr, nonce lorawan.JoinNonce, network lorawan.NetID, dev lorawan.DevNonce) (Session, error) {
	s := Session{Address: address}
	block, err := aes.NewCipher(root[:])
	if err != nil {
		return Session{}, fmt.Errorf("session keys: %w", err)
	}
	text, err := keyText(nonce, network, dev)
	if err != nil {
		return Session{}, fmt.Errorf("session keys: %w", err)
	}
	text[0] = 1
	block.Encrypt(s.Network[:], text[:])
	text[0] = 2
	block.Encrypt(s.App[:], text[:])
	return s, nil
}

// keyText is what is encrypted, but for its first byte.
func keyText(nonce lorawan.JoinNonce, network lorawan.NetID, dev lorawan.DevNonce) ([aes.BlockSize]byte, error) {
	var text [aes.BlockSize]byte
	n, err := nonce.MarshalBinary()
	if err != nil {
		return text, err
	}
	id, err := network.MarshalBinary()
	if err != nil {
		return text, err
	}
	d, err := dev.MarshalBinary()
	copy(text[1:4], n)
	copy(text[4:7], id)
	copy(text[7:9], d)
	return text, err
}
