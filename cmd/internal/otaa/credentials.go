package otaa

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/brocaar/lorawan"
)

// Credentials are what a device and its network share before the device joins.
type Credentials struct {
	DevEUI  lorawan.EUI64
	JoinEUI lorawan.EUI64
	AppKey  lorawan.AES128Key // the root key
}

// CredentialsOf are those of device number of a town with that seed. EUIs are
// locally administered (second bit of the first byte, IEEE 802); keys are hashes,
// good for a demonstration and nothing else.
func CredentialsOf(seed uint64, number uint32) Credentials {
	c := Credentials{DevEUI: lorawan.EUI64{0x02}, JoinEUI: lorawan.EUI64{0x02, 7: 1}}
	binary.BigEndian.PutUint16(c.DevEUI[2:], uint16(seed))
	binary.BigEndian.PutUint32(c.DevEUI[4:], number)
	text := []byte("hexspot town root key")
	text = binary.BigEndian.AppendUint64(text, seed)
	text = binary.BigEndian.AppendUint32(text, number)
	hash := sha256.Sum256(text)
	copy(c.AppKey[:], hash[:])
	return c
}
