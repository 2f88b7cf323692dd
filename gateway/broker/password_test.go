package broker

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHashPassword(t *testing.T) {
	text, err := HashPassword(serverPassword)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, serverPassword) || strings.ContainsAny(text, "\"'\\ $") {
		t.Errorf("hash %s", text)
	}
	h, err := parsePasswordHash(text)
	if err != nil {
		t.Fatal(err)
	}
	if h.iterations != hashIterations || !h.matches(serverPassword) || h.matches(serverPassword+"x") {
		t.Errorf("%d iterations, or a wrong answer", h.iterations)
	}
	for _, password := range []string{"", "seven77", strings.Repeat("x", maxPassword+1)} {
		if _, err := HashPassword(password); err == nil {
			t.Errorf("a password of %d bytes was taken", len(password))
		}
	}
}

func TestCredential(t *testing.T) {
	hash, err := newPasswordHash(serverPassword, 10)
	if err != nil {
		t.Fatal(err)
	}
	c := newCredential(hash)
	if c.knows(serverPassword) || c.knows("") {
		t.Error("known before it was ever right")
	}
	if c.check("wrong") || c.knows("wrong") || !c.check(serverPassword) || !c.knows(serverPassword) || c.knows("wrong") {
		t.Error("wrong answers")
	}
}

func TestPasswordFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "password")
	for _, c := range []struct {
		content string
		mode    os.FileMode
		fault   string
	}{
		{serverPassword + "\n", 0o600, ""},
		{serverPassword + "\r\n", 0o400, ""},
		{serverPassword, 0o640, "chmod 600"},
		{"short\n", 0o600, "bytes"},
		{strings.Repeat("x", 5000), 0o600, "bytes"},
	} {
		os.Remove(path)
		if err := os.WriteFile(path, []byte(c.content), c.mode); err != nil {
			t.Fatal(err)
		}
		a, err := openAccount(Account{Name: "a", PasswordFile: path})
		switch {
		case c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)):
			t.Errorf("%.20q %v: %v, want %q", c.content, c.mode, err, c.fault)
		case c.fault == "" && err != nil:
			t.Error(err)
		case c.fault == "" && !a.credential.check(serverPassword):
			t.Errorf("%q: the password is not right", c.content)
		}
	}
}

// FuzzPasswordHash: a hash that is read is written the same.
func FuzzPasswordHash(f *testing.F) {
	h, err := newPasswordHash(serverPassword, 10)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(h.String())
	f.Add("pbkdf2-sha256:1::")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := parsePasswordHash(text)
		if err != nil {
			return
		}
		if again, err := parsePasswordHash(h.String()); err != nil || again.String() != h.String() {
			t.Errorf("%q became %q, %v", text, h, err)
		}
	})
}

func TestNewSecret(t *testing.T) {
	password, text, err := NewSecret()
	again, _, _ := NewSecret()
	if err != nil || len(password) < 26 || password == again {
		t.Fatalf("%d characters, error %v", len(password), err)
	}
	hash, err := parsePasswordHash(text)
	if err != nil || !hash.matches(password) || hash.matches(again) {
		t.Errorf("%s: %v", text, err)
	}
}
