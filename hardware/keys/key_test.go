package keys

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"hexspot/radio"
)

func generate(t testing.TB, kind Kind) Key {
	t.Helper()
	key, err := Generate(kind)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestExportParse(t *testing.T) {
	for _, kind := range []Kind{Ed25519, P256} {
		key := generate(t, kind)
		text, err := key.Export()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(text)
		if err != nil || back.Station() != key.Station() {
			t.Fatalf("kind %d: %v, %v", kind, back, err)
		}
		if again, _ := back.Export(); !bytes.Equal(again, text) {
			t.Errorf("kind %d: exported again, it differs", kind)
		}
	}
}

func encode(t *testing.T, kind string, der []byte, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func TestParse(t *testing.T) {
	p256, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err1 := x509.MarshalECPrivateKey(p256)
	sec1p384, err2 := x509.MarshalECPrivateKey(p384)
	pkcs8, err3 := x509.MarshalPKCS8PrivateKey(rsaKey)
	good, _ := generate(t, Ed25519).Export()
	// The object identifier of P-256, as openssl ecparam -genkey writes it.
	curve := encode(t, pemCurve, []byte{6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7}, nil)
	for _, c := range []struct {
		name string
		text []byte
		want string // part of the error, "" for none
	}{
		{"SEC1", encode(t, pemSEC1, sec1, err1), ""},
		{"SEC1 after its curve", slices.Concat(curve, encode(t, pemSEC1, sec1, err1)), ""},
		{"curve alone", curve, "no PEM block"},
		{"curve twice", slices.Concat(curve, curve, encode(t, pemSEC1, sec1, err1)), "more than one"},
		{"two keys after a curve", slices.Concat(curve, good, good), "more than one"},
		{"with text around", slices.Concat([]byte("my key\n"), good, []byte("\n\n")), ""},
		{"empty", nil, "no PEM block"},
		{"text", []byte("hello"), "no PEM block"},
		{"RSA", encode(t, pemPKCS8, pkcs8, err3), "want Ed25519 or P-256"},
		{"P-384", encode(t, pemSEC1, sec1p384, err2), "want Ed25519 or P-256"},
		{"damaged", encode(t, pemPKCS8, []byte{1, 2, 3}, nil), "no private key in PKCS#8"},
		{"damaged SEC1", encode(t, pemSEC1, []byte{1, 2, 3}, nil), "no private key in SEC1"},
		{"public key", encode(t, "PUBLIC KEY", []byte{1}, nil), `PEM block "PUBLIC KEY"`},
		{"two keys", slices.Concat(good, good), "more than one"},
		{"long", bytes.Repeat([]byte("x"), maxFile+1), "are no key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse(c.text)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// TestSecretIsNotShown prints a key in every way that might.
func TestSecretIsNotShown(t *testing.T) {
	key := generate(t, Ed25519)
	seed := key.Signer().(ed25519.PrivateKey).Seed()
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("key", "key", key)
	shown := fmt.Sprintf("%v %+v %#v %s %q %d %x", key, key, key, key, key, key, []Key{key}) + log.String()
	for _, secret := range []string{fmt.Sprintf("%x", seed[:8]), fmt.Sprint(seed[:4])[1:10], base64.StdEncoding.EncodeToString(seed)[:10]} {
		if strings.Contains(shown, secret) {
			t.Errorf("the secret is shown in %s", shown)
		}
	}
	if strings.Count(shown, key.Station().String()) != 8 {
		t.Errorf("the station is not shown everywhere: %s", shown)
	}
}

// TestSecretIsNotShownInside prints structs that hold a key in a field for which
// fmt calls no method.
func TestSecretIsNotShownInside(t *testing.T) {
	type holder struct{ key Key }
	key := generate(t, Ed25519)
	seed := key.Signer().(ed25519.PrivateKey).Seed()
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("key", "value", holder{key}, "pointer", &holder{key})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X"} {
		format := strings.ReplaceAll("V V V", "V", verb)
		shown := fmt.Sprintf(format, holder{key}, &holder{key}, []holder{{key}}) + log.String()
		for _, secret := range []string{string(seed[:8]), fmt.Sprint(seed)[1:15], fmt.Sprintf("%x", seed)[:12],
			fmt.Sprintf("%X", seed)[:12], fmt.Sprintf("%#v", seed)[7:30]} {
			if strings.Contains(shown, secret) {
				t.Errorf("%s shows the secret: %s", verb, shown)
			}
		}
	}
}

// TestToken takes a token apart without the library that made it.
func TestToken(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for kind, algorithm := range map[Kind]string{Ed25519: "EdDSA", P256: "ES256"} {
		for _, network := range []string{"c2ad0a997751e040", ""} {
			key := generate(t, kind)
			token, err := key.Token(network, radio.EUI{1, 2, 3, 4, 5, 6, 7, 8}, now)
			if err != nil {
				t.Fatal(err)
			}
			header, claims, signature, signed := takeApart(t, token)
			if header["alg"] != algorithm {
				t.Errorf("algorithm %v, want %s", header["alg"], algorithm)
			}
			want := map[string]any{"sub": key.Station().String(), "eui": "0102030405060708",
				"iat": float64(now.Unix()), "exp": float64(now.Add(tokenLife).Unix())}
			if network != "" {
				want["aud"] = network
			}
			if !maps.Equal(claims, want) {
				t.Errorf("claims %v, want %v", claims, want)
			}
			if life := claims["exp"].(float64) - claims["iat"].(float64); life <= 0 || life > 3600 {
				t.Errorf("good for %v s, want an hour at most", life)
			}
			if !verifies(key.Signer().Public(), signed, signature) {
				t.Errorf("%s: the signature does not verify", algorithm)
			}
		}
	}
	if _, err := (Key{}).Token("", radio.EUI{}, now); err == nil {
		t.Error("a token of no key")
	}
}

// remote is a signer whose key is not in memory, as in a secure element.
type remote struct{ crypto.Signer }

func TestTokenOfRemoteKey(t *testing.T) {
	for _, kind := range []Kind{Ed25519, P256} {
		key, err := of(remote{generate(t, kind).Signer()})
		if err != nil {
			t.Fatal(err)
		}
		token, err := key.Token("c2ad0a997751e040", radio.EUI{}, time.Unix(1, 0))
		if err != nil {
			t.Fatal(err)
		}
		_, _, signature, signed := takeApart(t, token)
		if !verifies(key.Signer().Public(), signed, signature) {
			t.Errorf("kind %d: the signature does not verify", kind)
		}
	}
}

func takeApart(t *testing.T, token string) (header, claims map[string]any, signature []byte, signed string) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	for i, target := range []*map[string]any{&header, &claims} {
		data, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err == nil {
			err = json.Unmarshal(data, target)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	return header, claims, signature, parts[0] + "." + parts[1]
}

func verifies(public crypto.PublicKey, signed string, signature []byte) bool {
	switch key := public.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, []byte(signed), signature)
	case *ecdsa.PublicKey:
		digest := sha256.Sum256([]byte(signed))
		return len(signature) == 64 && ecdsa.Verify(key, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
	}
	return false
}

func FuzzParse(f *testing.F) {
	for _, kind := range []Kind{Ed25519, P256} {
		text, _ := generate(f, kind).Export()
		f.Add(text)
	}
	secret := generate(f, P256).Signer().(*ecdsa.PrivateKey)
	sec1, err := x509.MarshalECPrivateKey(secret)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(pem.EncodeToMemory(&pem.Block{Type: pemSEC1, Bytes: sec1}))
	f.Add(pem.EncodeToMemory(&pem.Block{Type: pemCurve, Bytes: []byte{6, 0}}))
	f.Fuzz(func(t *testing.T, text []byte) {
		key, err := Parse(text)
		if err != nil {
			if !key.IsZero() {
				t.Errorf("a key and %v", err)
			}
			return
		}
		again, err := key.Export()
		if err != nil {
			t.Fatal(err)
		}
		if back, err := Parse(again); err != nil || back.Station() != key.Station() {
			t.Errorf("came back as %v, %v", back, err)
		}
	})
}
