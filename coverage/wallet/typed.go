package wallet

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"hexspot/coverage"
	"hexspot/radio"
)

// The typed data (EIP-712) that an owner signs for a site. The domain has no chain id
// and no contract: no contract reads these signatures, a network need not have a
// chain, and wallets refuse a chain id that is not that of the chain they are on. The
// network is what sets one domain apart from another.
const (
	domainName    = "Hexspot"
	domainVersion = "1"
)

// field is one field of a type of EIP-712.
type field struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

var (
	domainFields = []field{{"name", "string"}, {"version", "string"}, {"salt", "bytes32"}}
	siteFields   = []field{
		{"station", "string"}, {"owner", "address"}, {"cell", "string"}, {"gain", "int32"}, {"loss", "int32"},
		{"class", "string"}, {"plan", "string"}, {"nonce", "uint64"}, {"deadline", "uint64"},
	}
)

// typeHash is the hash of a type as EIP-712 writes it: Name(type name,...).
func typeHash(name string, fields []field) [32]byte {
	text := name + "("
	for i, f := range fields {
		if i > 0 {
			text += ","
		}
		text += f.Type + " " + f.Name
	}
	return keccak([]byte(text + ")"))
}

// salt is the network and 24 zero bytes.
func salt(network radio.Network) (b [32]byte) {
	copy(b[:], network[:])
	return b
}

// Digest is what an account signs to agree to the terms in a network.
func Digest(network radio.Network, t coverage.Terms) [32]byte {
	domain, site := domainHash(network), siteHash(t)
	return keccak([]byte{0x19, 0x01}, domain[:], site[:])
}

func domainHash(network radio.Network) [32]byte {
	salt := salt(network)
	return hashWords(typeHash("EIP712Domain", domainFields), stringWord(domainName), stringWord(domainVersion), salt)
}

// siteHash has the fields in the order of siteFields.
func siteHash(t coverage.Terms) [32]byte {
	s := t.Site
	return hashWords(typeHash("Site", siteFields),
		stringWord(t.Station.String()), accountWord(s.Owner), stringWord(s.Cell.String()),
		intWord(int64(s.Gain)), intWord(int64(s.Loss)), stringWord(s.Class()), stringWord(s.Plan),
		uintWord(t.Nonce), uintWord(uint64(t.Deadline)))
}

func hashWords(words ...[32]byte) [32]byte {
	b := make([]byte, 0, 32*len(words))
	for _, w := range words {
		b = append(b, w[:]...)
	}
	return keccak(b)
}

func stringWord(s string) [32]byte { return keccak([]byte(s)) }

func accountWord(a coverage.Account) (w [32]byte) {
	copy(w[12:], a[:])
	return w
}

func uintWord(v uint64) (w [32]byte) {
	binary.BigEndian.PutUint64(w[24:], v)
	return w
}

// intWord fills the upper bytes with the sign.
func intWord(v int64) [32]byte {
	w := uintWord(uint64(v))
	for i := range 24 {
		w[i] = byte(v >> 63)
	}
	return w
}

// TypedData is what a wallet's eth_signTypedData_v4 takes; its hash is Digest.
type TypedData struct {
	Types       map[string][]field `json:"types"`
	PrimaryType string             `json:"primaryType"`
	Domain      map[string]string  `json:"domain"`
	Message     map[string]string  `json:"message"`
}

// Typed gives the terms in the form that wallets show to whoever signs.
func Typed(network radio.Network, t coverage.Terms) TypedData {
	salt, s := salt(network), t.Site
	return TypedData{
		Types:       map[string][]field{"EIP712Domain": domainFields, "Site": siteFields},
		PrimaryType: "Site",
		Domain:      map[string]string{"name": domainName, "version": domainVersion, "salt": "0x" + hex.EncodeToString(salt[:])},
		Message: map[string]string{
			"station": t.Station.String(), "owner": s.Owner.String(), "cell": s.Cell.String(),
			"gain": strconv.Itoa(int(s.Gain)), "loss": strconv.Itoa(int(s.Loss)), "class": s.Class(), "plan": s.Plan,
			"nonce": strconv.FormatUint(t.Nonce, 10), "deadline": strconv.FormatInt(t.Deadline, 10),
		},
	}
}
