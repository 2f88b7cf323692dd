package wallet

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"

	ethkeystore "github.com/ethereum/go-ethereum/accounts/keystore"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"
	"pgregory.net/rapid"

	"hexspot/coverage"
	"hexspot/radio"
)

// These tests hold the package against go-ethereum, which no program links.

func drawTerms(t *rapid.T, like coverage.Terms) coverage.Terms {
	like.Nonce = rapid.Uint64().Draw(t, "nonce")
	like.Deadline = rapid.Int64Range(0, math.MaxInt64).Draw(t, "deadline")
	like.Site.Owner = coverage.Account(rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(t, "owner"))
	like.Site.Gain = radio.DB(rapid.Int32().Draw(t, "gain"))
	like.Site.Loss = radio.DB(rapid.Int32().Draw(t, "loss"))
	like.Site.DataOnly = rapid.Bool().Draw(t, "data-only")
	like.Site.Cell = coverage.Hex(rapid.Uint64().Draw(t, "cell"))
	like.Site.Plan = rapid.String().Draw(t, "plan")
	return like
}

// What a wallet is shown is what is signed: go-ethereum reads the typed data as JSON
// and comes to the same digest.
func TestDigestIsThatOfTheTypedData(t *testing.T) {
	_, like := loadSites(t)[0].terms(t)
	rapid.Check(t, func(t *rapid.T) {
		terms := drawTerms(t, like)
		network := radio.Network(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "network"))
		text, err := json.Marshal(Typed(network, terms))
		if err != nil {
			t.Fatal(err)
		}
		var theirs apitypes.TypedData
		if err := json.Unmarshal(text, &theirs); err != nil {
			t.Fatal(err)
		}
		want, _, err := apitypes.TypedDataAndHash(theirs)
		if got := Digest(network, terms); err != nil || !bytes.Equal(got[:], want) {
			t.Fatalf("digest %x, want %x, %v\n%s", got, want, err, text)
		}
	})
}

func TestSignaturesAreEthereums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digest := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "digest"))
		secret := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "secret")
		theirs, err := crypto.ToECDSA(secret)
		ours, ourErr := keyOf(secret)
		if (err == nil) != (ourErr == nil) {
			t.Fatalf("%x: %v here, %v there", secret, ourErr, err)
		}
		if err != nil {
			return
		}
		if want := crypto.PubkeyToAddress(theirs.PublicKey); coverage.Account(want) != ours.Account() {
			t.Fatalf("account %v, want %v", ours.Account(), want)
		}
		signature, err := ours.Sign(digest)
		if err != nil {
			t.Fatal(err)
		}
		want, err := crypto.Sign(digest[:], theirs)
		if err != nil {
			t.Fatal(err)
		}
		if want[64] += firstV; !bytes.Equal(signature[:], want) {
			t.Fatalf("signature %x, want %x", signature, want)
		}
	})
}

// Recovered is what go-ethereum recovers, or both refuse.
func FuzzRecover(f *testing.F) {
	for _, v := range loadSites(f) {
		f.Add(unhex(f, v.Digest), unhex(f, v.OwnerSignature))
	}
	f.Fuzz(func(t *testing.T, hash, text []byte) {
		if len(hash) != 32 || len(text) != SignatureSize {
			return
		}
		digest, signature := [32]byte(hash), Signature(text)
		account, err := Recover(digest, signature)
		theirs := bytes.Clone(text)
		theirs[64] -= firstV
		public, theirErr := crypto.SigToPub(hash, theirs)
		if err == nil && (theirErr != nil || coverage.Account(crypto.PubkeyToAddress(*public)) != account) {
			t.Errorf("%x: %v, there %v", text, account, theirErr)
		}
		if err != nil && theirErr == nil && lowS(text) {
			t.Errorf("%x: %v, but go-ethereum recovers it", text, err)
		}
	})
}

func lowS(signature []byte) bool {
	half := crypto.S256().Params().N.Bytes()
	carry := byte(0)
	for i := range half {
		half[i], carry = half[i]>>1|carry<<7, half[i]&1
	}
	return bytes.Compare(signature[32:64], half) <= 0
}

func TestKeystoreIsEthereums(t *testing.T) {
	key, err := Generate()
	if err != nil {
		t.Fatal(err)
	}
	text, err := key.Encrypt("open sesame", testCost)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := ethkeystore.DecryptKey(text, "open sesame")
	if err != nil || coverage.Account(theirs.Address) != key.Account() {
		t.Fatalf("%+v, %v", theirs, err)
	}
	text, err = ethkeystore.EncryptKey(theirs, "abracadabra", int(testCost), 1)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := Decrypt(text, "abracadabra"); err != nil || back.Account() != key.Account() {
		t.Errorf("%v, %v, want %v", back, err, key)
	}
}
