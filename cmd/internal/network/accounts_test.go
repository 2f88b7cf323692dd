package network

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hexspot/gateway/broker"
)

// hashed is a hash of the right form, whose password nobody knows.
const hashed = "pbkdf2-sha256:600000:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func accountNamed(name string) broker.Account {
	return broker.Account{Name: name, PasswordHash: hashed, Publish: []string{"+/gateway/+/command/#"}, Subscribe: []string{"#"}}
}

func TestAccounts(t *testing.T) {
	data := Data(filepath.Join(t.TempDir(), "new", "data"))
	if list, err := data.Accounts(); err != nil || len(list) != 0 {
		t.Fatalf("without a directory: %v, %v", list, err)
	}
	for _, name := range []string{"one", "two", "three"} {
		if err := data.AddAccount(accountNamed(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := data.AddAccount(accountNamed("two")); err == nil || !strings.Contains(err.Error(), "there is an account two") {
		t.Errorf("a second account of a name: %v", err)
	}
	if err := data.RemoveAccount("one"); err != nil {
		t.Fatal(err)
	}
	if err := data.RemoveAccount("one"); err == nil || !strings.Contains(err.Error(), "there is no account one") {
		t.Errorf("removing what is not there: %v", err)
	}
	list, err := data.Accounts()
	if diff := cmp.Diff([]broker.Account{accountNamed("two"), accountNamed("three")}, list); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	entries, _ := os.ReadDir(string(data))
	if len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	if info, err := os.Stat(data.path(accountsFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestAddAccountRefuses(t *testing.T) {
	data := Data(t.TempDir())
	bad := accountNamed("a b")
	if err := data.AddAccount(bad); err == nil {
		t.Error("a name with a space")
	}
	if err := os.WriteFile(data.path(accountsFile), []byte("[[account]]\nname = 'x'\nrights = 'all'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := data.AddAccount(accountNamed("good")); err == nil || !strings.Contains(err.Error(), "accounts.toml:3") {
		t.Errorf("a file with an unknown key: %v", err)
	}
}
