package radio

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"testing"
)

func TestStationVectors(t *testing.T) {
	v := loadVectors(t).Station
	if len(v.Valid) == 0 || len(v.BadBytes) == 0 || len(v.BadText) == 0 {
		t.Fatal("vectors are missing")
	}
	for _, c := range v.Valid {
		s, err := StationFromBytes(unhex(t, c.Station))
		if err != nil || s.String() != c.Text || s.Network().String() != c.Network {
			t.Errorf("%s: %s in %s, %v", c.Station, s, s.Network(), err)
		}
		if back, err := ParseStation(c.Text); err != nil || back != s || hex.EncodeToString(back.Bytes()) != c.Station {
			t.Errorf("%s: %x, %v", c.Text, back.Bytes(), err)
		}
		if of, err := StationOf(signerOf(t, c.KeyType, c.Secret).Public()); err != nil || of != s {
			t.Errorf("%s: the key gives %s, %v", c.Station, of, err)
		}
		if again, err := StationOf(s.PublicKey()); err != nil || again != s {
			t.Errorf("%s: its own key gives %s, %v", c.Station, again, err)
		}
	}
	for _, c := range v.BadText {
		if s, err := ParseStation(c.Text); err == nil || !s.IsZero() {
			t.Errorf("%s: %q accepted as %s", c.Why, c.Text, s)
		}
	}
}

func TestStationBadBytes(t *testing.T) {
	words := map[string]string{
		"length": "want 33", "key_kind": "kind 0x", "not_on_curve": errOffCurve.Error(),
		"not_canonical": errNotCanonical.Error(), "small_order": errSmallOrder.Error(),
	}
	for _, c := range loadVectors(t).Station.BadBytes {
		s, err := StationFromBytes(unhex(t, c.Station))
		if err == nil || !s.IsZero() || words[c.Why] == "" || !strings.Contains(err.Error(), words[c.Why]) {
			t.Errorf("%s: %s gives %v, want %q", c.Why, c.Station, err, words[c.Why])
		}
	}
}

// An error tells the reader where to look.
func TestStationTextErrors(t *testing.T) {
	const good = "spot1qylv4httpvz279js66jslkd2w93a2kqt7hdf3cst88ugx9v5rx3ywlhd5ys"
	cases := []struct{ what, text, want string }{
		{"one letter changed", strings.Replace(good, "2w93", "2wv3", 1), `probably because of character 31 'v'`},
		{"first letter changed", strings.Replace(good, "spot1q", "spot1p", 1), `character 6 'p'`},
		{"last letter changed", good[:63] + "q", `character 64 'q'`},
		{"two letters changed", "spot1qylv4htjpvz279js66jslkd2w93a2kqt7hds3cst88ugx9v5rx3ywlhd5ys", "more than one character"},
		{"not a letter", strings.Replace(good, "qylv4", "qylvb", 1), `character 10 'b' is none of`},
		{"Cyrillic letter", strings.Replace(good, "qylv4", "qylvе", 1), `character 10 'е' is none of`},
		{"upper case", strings.Replace(good, "js66js", "jS66Js", 1), `character 21 'S' is upper case`},
		{"all upper case", strings.ToUpper(good), `character 1 'S' is upper case`},
		{"space", " " + good, `character 1 is ' ', want 's'`},
		{"newline", good + "\n", `character 65 '\n' is none of`},
		{"prefix", "spit1" + good[5:], `character 3 is 'i', want 'o'`},
		{"no separator", "spotq" + good[5:], `character 5 is 'q', want '1'`},
		{"too short", good[:63], "63 characters, want 64"},
		{"too long", good + "q", "65 characters, want 64"},
		{"empty", "", "too short"},
		{"cut in the prefix", "spo", "too short"},
		{"bech32", "spot1qylv4httpvz279js66jslkd2w93a2kqt7hdf3cst88ugx9v5rx3yw2tacpj", "want bech32m"},
		{"padding", "spot1qylv4httpvz279js66jslkd2w93a2kqt7hdf3cst88ugx9v5rx3y0zpepez", "character 58 '0': its spare bit is set"},
		{"key kind", "spot1qqlv4httpvz279js66jslkd2w93a2kqt7hdf3cst88ugx9v5rx3yw9gct88", "kind 0x00"},
	}
	for _, c := range cases {
		_, err := ParseStation(c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.what, err, c.want)
		}
	}
}

// Every single wrong letter is found at its place.
func TestStationTextFindsTheWrongLetter(t *testing.T) {
	good := loadVectors(t).Station.Valid[0].Text
	for i := len(stationHead); i < len(good); i++ {
		for _, c := range []byte(bech32Alphabet) {
			if c == good[i] {
				continue
			}
			groups := groupsOf(good[:i] + string(c) + good[i+1:])
			residue := bech32Residue(stationPrefix, groups)
			if at := wrongGroup(residue, len(groups)); at != i-len(stationHead) {
				t.Fatalf("letter %d as %c: found at %d", i, c, at)
			}
		}
	}
}

func groupsOf(text string) []byte {
	var groups []byte
	for _, c := range []byte(text[len(stationHead):]) {
		groups = append(groups, byte(groupOf(c)))
	}
	return groups
}

func TestStationOfRefuses(t *testing.T) {
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []crypto.PublicKey{
		nil, "text", &p384.PublicKey, ed25519.PublicKey{1, 2, 3}, ed25519.PublicKey(make([]byte, 32)),
	} {
		if s, err := StationOf(key); err == nil {
			t.Errorf("%T accepted as %s", key, s)
		}
	}
}

func TestStationAsText(t *testing.T) {
	want := loadVectors(t).Station.Valid[1]
	var s Station
	if err := s.UnmarshalText([]byte(want.Text)); err != nil {
		t.Fatal(err)
	}
	if text, err := s.MarshalText(); err != nil || string(text) != want.Text {
		t.Errorf("%s, %v", text, err)
	}
	if err := s.UnmarshalText([]byte("spot1")); err == nil || s.String() != want.Text {
		t.Errorf("a bad text left %s, %v", s, err)
	}
	if _, err := (Station{}).MarshalText(); err == nil {
		t.Error("the zero station has a text")
	}
	if (Station{}).PublicKey() != nil {
		t.Error("the zero station has a key")
	}
}

func TestStationBytesAreACopy(t *testing.T) {
	s := vectorStation(t)
	clear(s.Bytes())
	if s != vectorStation(t) {
		t.Error("the station changed")
	}
}

func vectorStation(t testing.TB) Station {
	t.Helper()
	s, err := ParseStation(loadVectors(t).Station.Valid[0].Text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParseNetwork(t *testing.T) {
	if n, err := ParseNetwork("1c3c5d6a746bba36"); err != nil || n.String() != "1c3c5d6a746bba36" {
		t.Errorf("%s, %v", n, err)
	}
	for _, text := range []string{"", "1c3c5d6a746bba3", "1C3C5D6A746BBA36", "1c3c5d6a746bba3600", "gc3c5d6a746bba36"} {
		if _, err := ParseNetwork(text); err == nil {
			t.Errorf("%q accepted", text)
		}
	}
}

func FuzzParseStation(f *testing.F) {
	v := loadVectors(f).Station
	for _, c := range v.Valid {
		f.Add(c.Text)
	}
	for _, c := range v.BadText {
		f.Add(c.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseStation(text)
		if err == nil && s.String() != text {
			t.Errorf("%q gives back %q", text, s)
		}
		if err != nil && !s.IsZero() {
			t.Errorf("%q: a station and %v", text, err)
		}
	})
}

func FuzzStationFromBytes(f *testing.F) {
	v := loadVectors(f).Station
	for _, c := range v.Valid {
		f.Add(unhex(f, c.Station))
	}
	for _, c := range v.BadBytes {
		f.Add(unhex(f, c.Station))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := StationFromBytes(b)
		if err != nil {
			return
		}
		if back, err := ParseStation(s.String()); err != nil || back != s || s.PublicKey() == nil {
			t.Errorf("%x: %s, %v", b, back, err)
		}
	})
}
