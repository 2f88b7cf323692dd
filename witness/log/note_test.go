package log

import (
	"crypto"
	"errors"
	"strings"
	"testing"
)

func cosigned(t testing.TB, n Note, stations ...byte) Note {
	t.Helper()
	for _, s := range stations {
		var err error
		if n, err = Cosign(key(s), Note{}, n, Consistency{}); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

func TestNotesKeepTheirSignatures(t *testing.T) {
	name := testName(t)
	n := cosigned(t, signedHead(t, name, treeFrom(manyIDs(300)).Head()), 10, 11, 12)
	again, err := ParseNote([]byte(n.String()))
	if err != nil || again.String() != n.String() || again.Checkpoint() != n.Checkpoint() {
		t.Fatalf("%v, %v", again, err)
	}
	got := again.Cosigners()
	if len(got) != 3 || got[0] != stationOf(t, key(10)) || got[2] != stationOf(t, key(12)) {
		t.Errorf("co-signers %v", got)
	}
}

func TestNotesAreStrict(t *testing.T) {
	name := testName(t)
	plain := signedHead(t, name, treeFrom(manyIDs(3)).Head())
	good := cosigned(t, plain, 10)
	text, sigs, _ := strings.Cut(good.String(), "\n\n")
	first, second, _ := strings.Cut(strings.TrimSuffix(sigs, "\n"), "\n")
	lines := func(s ...string) string { return text + "\n\n" + strings.Join(s, "\n") + "\n" }
	if lines(first, second) != good.String() {
		t.Fatal("the cases do not begin with the good note")
	}
	other := signedHead(t, name, treeFrom(manyIDs(4)).Head()).String()
	_, otherSig, _ := strings.Cut(strings.TrimSuffix(other, "\n"), "\n\n")
	cases := map[string]string{
		"empty":                       "",
		"text alone":                  text + "\n",
		"no signature":                text + "\n\n",
		"stations first":              lines(second, first),
		"a station's alone":           lines(second),
		"twice":                       lines(first, second, second),
		"the ingest's twice":          lines(first, second, first),
		"of another checkpoint":       lines(otherSig),
		"of no station":               lines(first, "— example.org/log "+first[len(first)-92:]),
		"not the name's key id":       lines(first, strings.Replace(second, second[len(second)-92:len(second)-86], "AAAAAA", 1)),
		"short":                       lines(first[:len(first)-8]),
		"spaces behind":               good.String() + " ",
		"a line more":                 strings.Replace(good.String(), "\n\n", "\nmore\n\n", 1),
		"size with a zero before":     strings.Replace(good.String(), "\n3\n", "\n03\n", 1),
		"negative size":               strings.Replace(good.String(), "\n3\n", "\n-3\n", 1),
		"size beyond the limit":       strings.Replace(good.String(), "\n3\n", "\n4294967296\n", 1),
		"epoch with a plus":           strings.Replace(good.String(), "/21225/", "/+21225/", 1),
		"another protocol":            strings.Replace(good.String(), "hexspot/1", "hexspot/2", 1),
		"carriage returns":            strings.ReplaceAll(good.String(), "\n", "\r\n"),
		"too long":                    good.String() + strings.Repeat(second+"\n", 100),
		"base64 with another padding": strings.Replace(good.String(), first, first[:len(first)-1], 1),
	}
	for what, note := range cases {
		if n, err := ParseNote([]byte(note)); err == nil {
			t.Errorf("%s: taken, %v", what, n.Checkpoint())
		}
	}
}

func TestSignRefuses(t *testing.T) {
	name := testName(t)
	head := treeFrom(manyIDs(3)).Head()
	cases := []struct {
		what   string
		signer crypto.Signer
		c      Checkpoint
	}{
		{"another key", key(operator), Checkpoint{name, head}},
		{"a P-256 key", p256(t), Checkpoint{name, head}},
		{"no size, a root", key(ingest), Checkpoint{name, Head{0, Hash{1}}}},
		{"too many", key(ingest), Checkpoint{name, Head{MaxSize + 1, Hash{1}}}},
		{"no epoch", key(ingest), Checkpoint{Name{name.Network, 1 << 41, name.Ingest}, head}},
	}
	for _, c := range cases {
		if n, err := Sign(c.signer, c.c); err == nil {
			t.Errorf("%s: signed %s", c.what, n)
		}
	}
}

func TestAuthorize(t *testing.T) {
	name := testName(t)
	n := signedHead(t, name, treeFrom(manyIDs(3)).Head())
	if err := n.Authorize(name.Network, name.Ingest); err != nil {
		t.Error(err)
	}
	if n.Authorize(name.Network) == nil {
		t.Error("any key is an ingest")
	}
	if n.Authorize(name.Ingest.Network(), name.Ingest) == nil {
		t.Error("of any network")
	}
}

func TestTooManyCosigners(t *testing.T) {
	n := signedHead(t, testName(t), treeFrom(manyIDs(3)).Head())
	for i := range MaxCosigners {
		n = cosigned(t, n, byte(10+i))
	}
	if _, err := Cosign(key(200), Note{}, n, Consistency{}); err == nil {
		t.Error("one too many")
	}
}

func TestCosigning(t *testing.T) {
	name := testName(t)
	tree := treeFrom(manyIDs(700))
	at := func(size uint64) Note {
		h, err := tree.HeadAt(size)
		if err != nil {
			t.Fatal(err)
		}
		return signedHead(t, name, h)
	}
	extend := func(from, to uint64) Consistency {
		p, err := tree.Extend(from, to)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if n, err := Cosign(key(10), at(300), at(700), extend(300, 700)); err != nil || len(n.Cosigners()) != 1 {
		t.Error(n, err)
	}
	if n, err := Cosign(key(10), at(700), at(700), Consistency{}); err != nil || len(n.Cosigners()) != 1 {
		t.Error(n, err)
	}
	if _, err := Cosign(p256(t), at(300), at(700), extend(300, 700)); !errors.Is(err, ErrNoNoteKey) {
		t.Errorf("P-256: %v", err)
	}
	var fault *Fault
	for what, p := range map[string]Consistency{"none": {}, "of others": extend(299, 700), "short": {extend(300, 700).Old, extend(300, 700).New, nil}} {
		if _, err := Cosign(key(10), at(300), at(700), p); err == nil || errors.As(err, &fault) {
			t.Errorf("proof %s: %v, want an error that is no fault", what, err)
		}
	}
	if _, err := Cosign(key(ingest), Note{}, at(300), Consistency{}); err == nil {
		t.Error("the ingest co-signed")
	}
	if _, err := Cosign(key(10), Note{}, Note{}, Consistency{}); err == nil {
		t.Error("co-signed nothing")
	}
}
