package broker

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"hexspot/radio"
)

// Account is a named client: a network server, an observer. ChirpStack needs
//
//	publish = ["+/gateway/+/command/#"]
//	subscribe = ["+/gateway/+/event/+", "+/gateway/+/state/+"]
//
// and the same without the first level if gateways use no region prefix.
type Account struct {
	Name         string   `toml:"name"`
	PasswordHash string   `toml:"password_hash"` // of HashPassword
	PasswordFile string   `toml:"password_file"` // instead: a file with the password, readable by its owner only
	Publish      []string `toml:"publish"`       // topic filters
	Subscribe    []string `toml:"subscribe"`
}

// stationTextPrefix begins the user name of every station, and of nobody else.
const stationTextPrefix = "spot1"

// Validate checks the account without reading its password file.
func (a Account) Validate() error {
	switch {
	case a.Name == "" || len(a.Name) > 64 || !isPlain(a.Name, " /+#"):
		return errors.New("name: want 1 to 64 printable characters without spaces, / + #")
	case strings.HasPrefix(a.Name, stationTextPrefix):
		return fmt.Errorf("name: what begins with %s is the name of a station", stationTextPrefix)
	case (a.PasswordHash == "") == (a.PasswordFile == ""):
		return errors.New("want either password_hash or password_file")
	}
	if a.PasswordHash != "" {
		if _, err := parsePasswordHash(a.PasswordHash); err != nil {
			return err
		}
	}
	return errors.Join(checkFilters("publish", a.Publish), checkFilters("subscribe", a.Subscribe))
}

func checkFilters(key string, filters []string) error {
	for _, f := range filters {
		if !isFilter(f) {
			return fmt.Errorf("%s: %q is no topic filter", key, clip(f))
		}
	}
	return nil
}

// account is an Account ready for logins.
type account struct {
	name       string
	credential *credential
	rights     accountRights
}

// fileIterations is for passwords that are kept in a file in the clear: the hash
// lives in memory only, next to nothing that is worth more.
const fileIterations = 10_000

func openAccount(a Account) (*account, error) {
	hash, err := a.hash()
	if err != nil {
		return nil, fmt.Errorf("account %s: %w", a.Name, err)
	}
	return &account{
		name: a.Name, credential: newCredential(hash),
		rights: accountRights{publish: a.Publish, subscribe: a.Subscribe},
	}, nil
}

func (a Account) hash() (passwordHash, error) {
	if a.PasswordHash != "" {
		return parsePasswordHash(a.PasswordHash)
	}
	password, err := readPassword(a.PasswordFile)
	if err != nil {
		return passwordHash{}, err
	}
	return newPasswordHash(password, fileIterations)
}

func readPassword(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("reading password_file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("password_file %s can be read by others: chmod 600 %s", path, path)
	}
	if info.Size() > maxPassword+2 {
		return "", fmt.Errorf("password_file %s: %w", path, errPasswordLength)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading password_file: %w", err)
	}
	password := strings.TrimRight(string(data), "\r\n")
	if len(password) < minPassword || len(password) > maxPassword {
		return "", fmt.Errorf("password_file %s: %w", path, errPasswordLength)
	}
	return password, nil
}

// mayUseClientID says whether anybody may have a client id: it is none that a
// station has by right, nor the broker's own.
func mayUseClientID(id string) bool {
	if _, err := radio.ParseEUI(id); err == nil || strings.HasPrefix(id, stationTextPrefix) {
		return false
	}
	return id != inlineClientID && len(id) <= 128 && isPlain(id, "")
}
