package radio

import "strings"

// Bech32m as BIP-350 has it, for one prefix.
const (
	bech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	bech32mSum     = 0x2bc830a3
	bech32Sum      = 1 // of the older bech32
	checksumLength = 6
)

// bech32Step takes one group of five bits into the checksum (BIP-173).
func bech32Step(sum uint32, group byte) uint32 {
	top := sum >> 25
	sum = sum&0x1ffffff<<5 ^ uint32(group)
	for i, g := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		if top>>i&1 != 0 {
			sum ^= g
		}
	}
	return sum
}

// bech32Residue is the checksum over prefix and groups: bech32mSum if the
// groups end in the right checksum.
func bech32Residue(prefix string, groups []byte) uint32 {
	sum := uint32(1)
	for _, c := range []byte(prefix) {
		sum = bech32Step(sum, c>>5)
	}
	sum = bech32Step(sum, 0)
	for _, c := range []byte(prefix) {
		sum = bech32Step(sum, c&31)
	}
	for _, g := range groups {
		sum = bech32Step(sum, g)
	}
	return sum
}

func bech32Checksum(prefix string, groups []byte) []byte {
	padded := append(append([]byte(nil), groups...), make([]byte, checksumLength)...)
	sum := bech32Residue(prefix, padded) ^ bech32mSum
	checksum := make([]byte, checksumLength)
	for i := range checksum {
		checksum[i] = byte(sum >> (5 * (checksumLength - 1 - i)) & 31)
	}
	return checksum
}

// wrongGroup finds the one group whose change would make the checksum right, -1
// if there is none. The checksum is linear: an error in a group leaves a
// difference that depends on its place and value alone.
func wrongGroup(residue uint32, n int) int {
	for delta := byte(1); delta < 32; delta++ {
		difference := uint32(delta)
		for place := n - 1; place >= 0; place-- {
			if difference == residue^bech32mSum {
				return place
			}
			difference = bech32Step(difference, 0)
		}
	}
	return -1
}

// toGroups splits bytes into groups of five bits, the last padded with zeros.
func toGroups(b []byte) []byte {
	groups := make([]byte, 0, (8*len(b)+4)/5)
	var bits uint
	var n int
	for _, c := range b {
		bits, n = bits<<8|uint(c), n+8
		for n >= 5 {
			n -= 5
			groups = append(groups, byte(bits>>n&31))
		}
		bits &= 1<<n - 1
	}
	if n > 0 {
		groups = append(groups, byte(bits<<(5-n)&31))
	}
	return groups
}

// fromGroups joins groups to bytes. What is left over is padding, which it gives
// back.
func fromGroups(groups []byte) (b []byte, padding uint) {
	var n int
	for _, g := range groups {
		padding, n = padding<<5|uint(g), n+5
		if n >= 8 {
			n -= 8
			b = append(b, byte(padding>>n))
		}
		padding &= 1<<n - 1
	}
	return b, padding
}

func groupOf(c byte) int { return strings.IndexByte(bech32Alphabet, c) }

func letters(groups []byte) string {
	text := make([]byte, len(groups))
	for i, g := range groups {
		text[i] = bech32Alphabet[g]
	}
	return string(text)
}
