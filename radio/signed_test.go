package radio

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
)

func mustNetwork(t testing.TB, text string) Network {
	t.Helper()
	n, err := ParseNetwork(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSignedVectors(t *testing.T) {
	v := loadVectors(t).Signed
	if len(v.Valid) == 0 || len(v.Zip215) == 0 || len(v.Bad) == 0 {
		t.Fatal("vectors are missing")
	}
	for _, c := range v.Valid {
		checkSigned(t, c, true)
		checkSigning(t, c)
	}
	for _, c := range v.Zip215 {
		checkSigned(t, c, c.Valid)
	}
}

func checkSigned(t *testing.T, c signedVector, valid bool) {
	t.Helper()
	s, err := ParseSigned(unhex(t, c.Encoded))
	if err != nil {
		t.Errorf("%s %s: %v", c.Kind, c.Note, err)
		return
	}
	network := mustNetwork(t, c.Network)
	got := []string{
		hex.EncodeToString(s.Append(nil)), hex.EncodeToString(s.Message(network)), s.ID(network).String(),
		string(s.Kind), hex.EncodeToString(s.Body), hex.EncodeToString(s.Station.Bytes()), hex.EncodeToString(s.Signature[:]),
	}
	for i, want := range []string{c.Encoded, c.Message, c.RecordID, c.Kind, c.Body, c.Station, c.Signature} {
		if got[i] != want && want != "" { // one vector states no id
			t.Errorf("%s %s: part %d is %s, want %s", c.Kind, c.Note, i, got[i], want)
		}
	}
	if err := s.Verify(network); (err == nil) != valid {
		t.Errorf("%s %s: %v, want valid %v", c.Kind, c.Note, err, valid)
	}
	if err := s.Verify(Network{1}); err == nil {
		t.Errorf("%s %s: valid in another network", c.Kind, c.Note)
	}
}

// checkSigning signs anew: the same bytes with Ed25519, valid ones with P-256.
func checkSigning(t *testing.T, c signedVector) {
	t.Helper()
	network := mustNetwork(t, c.Network)
	s, err := Sign(signerOf(t, c.KeyType, c.Secret), network, Kind(c.Kind), unhex(t, c.Body))
	if err != nil {
		t.Errorf("%s: %v", c.Kind, err)
		return
	}
	if err := s.Verify(network); err != nil {
		t.Errorf("%s: %v", c.Kind, err)
	}
	if same := hex.EncodeToString(s.Append(nil)) == c.Encoded; c.KeyType == "ed25519" && !same {
		t.Errorf("%s: signed as %x", c.Kind, s.Append(nil))
	}
	if s.ID(network).String() != c.RecordID {
		t.Errorf("%s: id %s", c.Kind, s.ID(network))
	}
}

// badInSignature are the faults that only verification can find; the rest must
// already be refused by the parser.
func badInSignature(why string) bool {
	return strings.HasPrefix(why, "signature") && why != "signature_length"
}

func TestSignedBadVectors(t *testing.T) {
	for _, c := range loadVectors(t).Signed.Bad {
		s, err := ParseSigned(unhex(t, c.Encoded))
		if !badInSignature(c.Why) {
			if err == nil {
				t.Errorf("%s %s: parsed", c.Why, c.Note)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s %s: refused by the parser already: %v", c.Why, c.Note, err)
			continue
		}
		if s.Verify(mustNetwork(t, c.Network)) == nil {
			t.Errorf("%s %s: verified", c.Why, c.Note)
		}
	}
}

func TestParseSignedErrors(t *testing.T) {
	good := unhex(t, loadVectors(t).Signed.Valid[0].Encoded)
	edit := func(change func(b []byte) []byte) []byte { return change(bytes.Clone(good)) }
	cases := []struct {
		what string
		b    []byte
		want string
	}{
		{"empty", nil, "station: the field is missing"},
		{"first tag", edit(func(b []byte) []byte { b[0] = 0x12; return b }), "station: tag 0x12, want 0x0a"},
		{"no length", good[:1], "station: the length is not a shortest varint"},
		{"cut", good[:20], "station: 33 bytes announced, 18 there"},
		{"huge length", []byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, "bytes announced"},
		{"overlong length", []byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, "shortest varint"},
		{"kind missing", good[:35], "kind: the field is missing"},
		{"tail", append(bytes.Clone(good), 0), "1 bytes follow the signature"},
		{"unknown kind", bytes.Replace(good, []byte("beacon"), []byte("bacons"), 1), `there is no kind "bacons"`},
		{"open is no kind", bytes.Replace(good, []byte("\x06beacon"), []byte("\x04open"), 1), `there is no kind "open"`},
		{"too long", make([]byte, 4097), "4097 bytes, at most 4096"},
	}
	for _, c := range cases {
		if _, err := ParseSigned(c.b); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.what, err, c.want)
		}
	}
}

func newEd25519(t testing.TB) crypto.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestWhoMaySign(t *testing.T) {
	operator, ingest, station := newEd25519(t), newEd25519(t), newEd25519(t)
	of := func(s crypto.Signer) Station {
		id, err := StationOf(s.Public())
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	network := of(operator).Network()
	may := map[Kind][3]bool{ // operator, ingest, station
		KindBeacon: {true, true, true}, KindDiscovery: {true, true, true}, KindWitness: {true, true, true},
		KindSite: {true, true, true}, KindHighWater: {true, true, false}, KindReceipt: {true, true, false},
		KindAnchor: {true, false, false}, KindPositions: {true, true, true}, KindAppeal: {true, true, true},
		KindAudit: {true, false, false},
	}
	for kind, want := range may {
		for i, signer := range []crypto.Signer{operator, ingest, station} {
			s, err := Sign(signer, network, kind, []byte{8, 1})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Verify(network, of(ingest)); (err == nil) != want[i] {
				t.Errorf("%s by %d: %v, want %v", kind, i, err, want[i])
			}
		}
	}
}

// TestKindsOfAppeals: what only appeals have is no record of the protocol's list, and read as an
// exhibit alone.
func TestKindsOfAppeals(t *testing.T) {
	key := newEd25519(t)
	for kind, listed := range map[Kind]bool{
		KindBeacon: true, KindDiscovery: true, KindWitness: true, KindSite: true, KindHighWater: true, KindAnchor: true,
		KindReceipt: true, KindPositions: false, KindAppeal: false, KindAudit: false,
	} {
		s, err := Sign(key, Network{}, kind, []byte{8, 1})
		if err != nil {
			t.Fatal(err)
		}
		b := s.Append(nil)
		_, one := ParseSigned(b)
		_, known := new(Stations).ParseSigned(b)
		if (one == nil) != listed || (known == nil) != listed {
			t.Errorf("%s: %v, %v", kind, one, known)
		}
		if back, err := ParseExhibit(b); err != nil || !bytes.Equal(back.Append(nil), b) {
			t.Errorf("%s as an exhibit: %v", kind, err)
		}
	}
}

func TestSignRefuses(t *testing.T) {
	key := newEd25519(t)
	cases := []struct {
		what string
		kind Kind
		body []byte
		want string
	}{
		{"unknown kind", "open", []byte{1}, `no kind "open"`},
		{"no kind", "", []byte{1}, "no kind"},
		{"empty body", KindBeacon, nil, "body is empty"},
		{"too long", KindBeacon, make([]byte, 4096), "at most 4096"},
	}
	for _, c := range cases {
		if _, err := Sign(key, Network{}, c.kind, c.body); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.what, err, c.want)
		}
	}
}

func TestLongestRecord(t *testing.T) {
	// 35 bytes of station, 8 of kind, 66 of signature, 3 of the body's tag and length.
	body := make([]byte, MaxSigned-35-8-66-3)
	s, err := Sign(newEd25519(t), Network{}, KindBeacon, body)
	if err != nil || len(s.Append(nil)) != MaxSigned {
		t.Fatalf("%d bytes, %v", len(s.Append(nil)), err)
	}
	if _, err := ParseSigned(s.Append(nil)); err != nil {
		t.Error(err)
	}
	if _, err := Sign(newEd25519(t), Network{}, KindBeacon, append(body, 0)); err == nil {
		t.Error("4097 bytes signed")
	}
}

func TestVerifyRefusesWhatCannotBeEncoded(t *testing.T) {
	s, err := Sign(newEd25519(t), Network{}, KindBeacon, []byte{1})
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range []Signed{{}, {Station: s.Station, Kind: "open", Body: s.Body}, {Station: s.Station, Kind: KindBeacon}} {
		if broken.Verify(Network{}) == nil {
			t.Errorf("%+v verified", broken)
		}
	}
	if (Station{}).VerifyMessage([]byte("x"), Signature{}) == nil {
		t.Error("the zero station verified a signature")
	}
}

func TestP256SignaturesAreLow(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 { // half of all raw signatures are high
		station, sig, err := SignMessage(key, []byte("message"))
		if err != nil {
			t.Fatal(err)
		}
		if err := station.VerifyMessage([]byte("message"), sig); err != nil {
			t.Fatal(err)
		}
		if station.VerifyMessage([]byte("massage"), sig) == nil {
			t.Fatal("another message verified")
		}
	}
}

// brokenSigner is a key store that fails, or answers nonsense.
type brokenSigner struct {
	crypto.Signer
	answer []byte
	err    error
}

func (b brokenSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return b.answer, b.err
}

func TestBrokenSigners(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	gone := errors.New("the chip does not answer")
	cases := []struct {
		what   string
		signer brokenSigner
		want   string
	}{
		{"failing Ed25519", brokenSigner{newEd25519(t), nil, gone}, gone.Error()},
		{"failing P-256", brokenSigner{key, nil, gone}, gone.Error()},
		{"short Ed25519", brokenSigner{newEd25519(t), make([]byte, 63), nil}, "63 bytes"},
		{"not DER", brokenSigner{key, make([]byte, 64), nil}, "no ECDSA signature"},
		{"r = 0", brokenSigner{key, []byte{0x30, 6, 2, 1, 0, 2, 1, 1}, nil}, "out of range"},
		{"negative s", brokenSigner{key, []byte{0x30, 6, 2, 1, 1, 2, 1, 0xff}, nil}, "out of range"},
		{"tail", brokenSigner{key, []byte{0x30, 6, 2, 1, 1, 2, 1, 1, 0}, nil}, "out of range"},
	}
	for _, c := range cases {
		if _, _, err := SignMessage(c.signer, []byte("m")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.what, err, c.want)
		}
	}
}

func TestSignedKeepsCopies(t *testing.T) {
	encoded := unhex(t, loadVectors(t).Signed.Valid[0].Encoded)
	s, err := ParseSigned(encoded)
	if err != nil {
		t.Fatal(err)
	}
	body := bytes.Clone(s.Body)
	clear(encoded)
	if !bytes.Equal(s.Body, body) {
		t.Error("the body is the caller's")
	}
}

func FuzzParseSigned(f *testing.F) {
	v := loadVectors(f).Signed
	for _, c := range v.Valid {
		f.Add(unhex(f, c.Encoded))
	}
	for _, c := range v.Bad {
		f.Add(unhex(f, c.Encoded))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseSigned(b)
		if err != nil {
			return
		}
		if !bytes.Equal(s.Append(nil), b) || len(b) != s.size() {
			t.Errorf("%x gives back %x", b, s.Append(nil))
		}
	})
}
