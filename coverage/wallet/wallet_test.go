package wallet

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hexspot/coverage"
)

// testCost keeps tests quick; it protects nothing.
const testCost Cost = 1 << 8

var testTime = time.Date(2026, 11, 28, 12, 0, 0, 0, time.FixedZone("CET", 3600))

func testKey(t testing.TB, n byte) Key {
	t.Helper()
	k, err := keyOf(append(make([]byte, keySize-1), n))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestParseKey(t *testing.T) {
	// The account of the private key 1 is known to everyone.
	one := strings.Repeat("0", 63) + "1"
	for _, text := range []string{one, "0x" + one, " " + one + "\n"} {
		if k, err := ParseKey(text); err != nil || k.Account().String() != "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf" {
			t.Errorf("%v, %v", k, err)
		}
	}
	const order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
	for _, text := range []string{"", "0x", one[1:], one + "0", strings.Repeat("0", 64), order, strings.Repeat("f", 64), "x" + one[1:]} {
		k, err := ParseKey(text)
		if err == nil || !k.IsZero() {
			t.Errorf("%q: %v", text, k)
		} else if len(text) > 8 && strings.Contains(err.Error(), text[1:9]) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}

func TestRecoverRefusesOtherForms(t *testing.T) {
	digest := [32]byte{1}
	good, err := testKey(t, 1).Sign(digest)
	if err != nil {
		t.Fatal(err)
	}
	order := unhex(t, "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
	high := good // (r, n-s) with the other v recovers the same account elsewhere
	borrow := 0
	for i := 31; i >= 0; i-- {
		d := int(order[i]) - int(good[32+i]) - borrow
		borrow = 0
		if d < 0 {
			d, borrow = d+256, 1
		}
		high[32+i] = byte(d)
	}
	high[64] = good[64] ^ 27 ^ 28
	for name, spoil := range map[string]func(*Signature){
		"s in the upper half": func(s *Signature) { *s = high },
		"v of 0":              func(s *Signature) { s[64] -= firstV },
		"v of 31":             func(s *Signature) { s[64] += 4 },
		"v of 29":             func(s *Signature) { s[64] += 2 },
		"r of 0":              func(s *Signature) { clear(s[:32]) },
		"s of 0":              func(s *Signature) { clear(s[32:64]) },
		"r of the order":      func(s *Signature) { copy(s[:32], order) },
		"s of the order":      func(s *Signature) { copy(s[32:64], order) },
	} {
		s := good
		spoil(&s)
		if a, err := Recover(digest, s); !errors.Is(err, errAccountSignature) {
			t.Errorf("%s: %v, %v", name, a, err)
		}
	}
	if a, err := Recover([32]byte{2}, good); err == nil && a == testKey(t, 1).Account() {
		t.Error("it is the signature of another digest, too")
	}
	if _, err := (Key{}).Sign(digest); err == nil {
		t.Error("no key signs")
	}
}

func TestSecretIsNotShown(t *testing.T) {
	key, err := Generate()
	if err != nil {
		t.Fatal(err)
	}
	secret := key.private().Key.Bytes()
	type holder struct{ key Key }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X"} {
		shown := fmt.Sprintf(verb+" "+verb+" "+verb, key, holder{key}, &holder{key})
		for _, part := range []string{hex.EncodeToString(secret[:6]), fmt.Sprintf("%X", secret[:6]), strings.Trim(fmt.Sprint(secret[:6]), "[]")} {
			if strings.Contains(shown, part) {
				t.Errorf("%s shows the secret: %s", verb, shown)
			}
		}
		if !strings.Contains(shown, key.Account().String()) {
			t.Errorf("%s does not show the account: %s", verb, shown)
		}
	}
}

func TestFromWords(t *testing.T) {
	// The words and accounts of every development node.
	const words = "test test test test test test test test test test test junk"
	for n, want := range []string{
		"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266", "0x70997970c51812dc3a010c7d01b50e0d17dc79c8", "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc",
	} {
		if k, err := FromWords("\n "+strings.ReplaceAll(words, " ", "  ")+"\n", uint32(n)); err != nil || k.Account().String() != want {
			t.Errorf("account %d: %v, %v, want %s", n, k, err, want)
		}
	}
	for _, bad := range []string{"", "test", words + " junk", strings.Replace(words, "junk", "test", 1), strings.Replace(words, "junk", "jinx", 1)} {
		if k, err := FromWords(bad, 0); err == nil || strings.Contains(err.Error(), "test") {
			t.Errorf("%q: %v, %v", bad, k, err)
		}
	}
	if _, err := FromWords(words, hardened); err == nil {
		t.Error("account 2^31")
	}
}

// The published examples of the Web3 Secret Storage Definition.
func TestKeystoreExamples(t *testing.T) {
	const pbkdf2 = `{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},"ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2","kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256","salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},"mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}`
	const scrypt = `{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"83dbcc02d8ccb40e466191a123791e0e"},"ciphertext":"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c","kdf":"scrypt","kdfparams":{"dklen":32,"n":262144,"p":8,"r":1,"salt":"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},"mac":"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}`
	for _, text := range []string{pbkdf2, scrypt} {
		k, err := Decrypt([]byte(text), "testpassword")
		if err != nil || k.Account().String() != "0x008aeeda4d805471df9b2a5b0f38a0c3bcba786b" {
			t.Errorf("%v, %v", k, err)
		}
	}
	if _, err := Decrypt([]byte(pbkdf2), "another"); !errors.Is(err, ErrPassphrase) {
		t.Error(err)
	}
}

func TestDecryptRefuses(t *testing.T) {
	good, err := testKey(t, 1).Encrypt("p", testCost)
	if err != nil {
		t.Fatal(err)
	}
	swap := func(old, with string) []byte {
		if !bytes.Contains(good, []byte(old)) {
			t.Fatalf("there is no %s in %s", old, good)
		}
		return bytes.Replace(good, []byte(old), []byte(with), 1)
	}
	for want, text := range map[string][]byte{
		"no keystore file":       []byte("{"),
		"more than":              append(bytes.Clone(good), make([]byte, maxKeystore)...),
		"version 1":              swap(`"version":3`, `"version":1`),
		`cipher "aes-256`:        swap(`aes-128`, `aes-256`),
		"wrong length":           swap(`"iv":"`, `"iv":"00`),
		"derived key":            swap(`"dklen":32`, `"dklen":64`),
		"key function":           swap(`"kdf":"scrypt"`, `"kdf":"argon2"`),
		"n, r or p out of":       swap(`"n":256`, `"n":255`),
		"n, r or p out of range": swap(`"n":256`, `"n":-256`),
		"would cost too much":    swap(`"n":256`, `"n":8388608`),
		"cost too much":          swap(`"p":1`, `"p":16777216`),
		"pbkdf2 with 0 rounds":   swap(`"kdf":"scrypt"`, `"kdf":"pbkdf2"`),
		"another account":        swap(testKey(t, 1).Account().String()[2:], testKey(t, 2).Account().String()[2:]),
		ErrPassphrase.Error():    swap(`"mac":"`, `"mac":"0000000000000000000000000000000000000000000000000000000000000000","x":"`),
		"it is not the JSON of":  swap(`"salt":"`, `"salt":"0`),
	} {
		if k, err := Decrypt(text, "p"); err == nil || !strings.Contains(err.Error(), want) || !k.IsZero() {
			t.Errorf("%v, %v, want %q", k, err, want)
		}
	}
	if _, err := (Key{}).Encrypt("p", testCost); err == nil {
		t.Error("no key was kept")
	}
}

// TestUnreadableKeystore: what cannot be read may be of any account, so it is no file to pass over.
func TestUnreadableKeystore(t *testing.T) {
	dir := t.TempDir()
	none, unreadable := filepath.Join(dir, "none"), filepath.Join(dir, "unreadable")
	if err := errors.Join(os.WriteFile(none, []byte("{}"), 0o600), os.Mkdir(unreadable, 0o700)); err != nil {
		t.Fatal(err)
	}
	held, err := Folder(dir).Save(testKey(t, 1), "p", testCost, testTime)
	if err != nil {
		t.Fatal(err)
	}
	if all, passed, err := readAll([]string{none, held.Path, filepath.Join(dir, "removed")}); err != nil || len(passed) != 1 || len(all) != 1 {
		t.Errorf("%v, passed over %v, %v", all, passed, err)
	}
	if all, passed, err := readAll([]string{held.Path, unreadable, none}); err == nil || len(all)+len(passed) != 0 {
		t.Errorf("%v, passed over %v, %v", all, passed, err)
	}
}

func TestFolder(t *testing.T) {
	folder := Folder(filepath.Join(t.TempDir(), "new", "wallet"))
	if all, passed, err := folder.List(); err != nil || len(all)+len(passed) != 0 {
		t.Fatalf("%v, %v", all, err)
	}
	for n := byte(1); n <= 3; n++ {
		held, err := folder.Save(testKey(t, n), "p", testCost, testTime)
		if err != nil {
			t.Fatal(err)
		}
		if want := "UTC--2026-11-28T11-00-00.000000000Z--" + testKey(t, n).Account().String()[2:]; filepath.Base(held.Path) != want {
			t.Errorf("%s, want %s", held.Path, want)
		}
		if info, err := os.Stat(held.Path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
	}
	if info, err := os.Stat(string(folder)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := folder.Save(testKey(t, 2), "q", testCost, testTime.Add(1)); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("an account twice: %v", err)
	}
	if all, passed, err := folder.List(); err != nil || len(all) != 3 || len(passed) != 0 || all[0].Account.String() > all[1].Account.String() {
		t.Errorf("%v, %v", all, err)
	}
	if k, err := folder.Load(testKey(t, 2).Account(), "p"); err != nil || k.Account() != testKey(t, 2).Account() {
		t.Errorf("%v, %v", k, err)
	}
	if _, err := folder.Load(testKey(t, 2).Account(), "wrong"); !errors.Is(err, ErrPassphrase) {
		t.Error(err)
	}
	if _, err := folder.Load(coverage.Account{1}, "p"); !errors.Is(err, ErrNoAccount) {
		t.Error(err)
	}
	if entries, err := os.ReadDir(string(folder)); err != nil || len(entries) != 3 {
		t.Errorf("%v, %v: want the three files alone", entries, err)
	}
}

// TestFolderWithOddFiles: files that are none, or do not say their account, are named and in nobody's way.
func TestFolderWithOddFiles(t *testing.T) {
	folder := Folder(t.TempDir())
	held, err := folder.Save(testKey(t, 1), "p", testCost, testTime)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(held.Path)
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	delete(file, "address")
	anonymous, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"UTC--w": anonymous, "UTC--x": []byte("{}"), "UTC--y": nil} {
		if err := os.WriteFile(filepath.Join(string(folder), name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, passed, err := folder.List()
	if err != nil || len(all) != 1 || len(passed) != 3 || !strings.Contains(fmt.Sprint(passed), "UTC--w") {
		t.Errorf("%v, passed over %v, %v", all, passed, err)
	}
	if _, err := folder.Load(testKey(t, 1).Account(), "p"); err != nil {
		t.Error(err)
	}
	if _, err := folder.Load(testKey(t, 2).Account(), "p"); !errors.Is(err, ErrNoAccount) || !strings.Contains(err.Error(), "UTC--w") {
		t.Error(err)
	}
	if _, err := folder.Save(testKey(t, 2), "p", testCost, testTime.Add(1)); err != nil {
		t.Error(err)
	}
}

func FuzzParseKeystore(f *testing.F) {
	good, err := testKey(f, 1).Encrypt("p", testCost)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, text []byte) {
		store, err := parseKeystore(text)
		if err != nil || store.Crypto.KDF == kdfScrypt && store.Crypto.KDFParams.N > 1<<10 || store.Crypto.KDFParams.C > 1<<10 {
			return // sound, but slow to try
		}
		if store.Crypto.KDFParams.R > 8 || store.Crypto.KDFParams.P > 8 {
			return
		}
		if k, err := Decrypt(text, "p"); err == nil && k.Account() != testKey(t, 1).Account() {
			t.Errorf("%s holds %v", text, k)
		}
	})
}

func TestTypedDataAsJSON(t *testing.T) {
	network, terms := loadSites(t)[1].terms(t)
	text, err := json.MarshalIndent(Typed(network, terms), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"salt": "0xc2ad0a997751e040000000000000000000000000000000000000000000000000"`, `"gain": "-120"`, `"class": "data-only"`, `"plan": "US915_1"`} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
}
