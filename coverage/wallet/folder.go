package wallet

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hexspot/coverage"
)

// Folder is a directory of keystore files, one for each account.
type Folder string

// Held is an account whose keystore file is in a folder.
type Held struct {
	Account coverage.Account
	Path    string
}

// filePrefix begins the names of keystore files: UTC--TIME--ACCOUNT.
const filePrefix = "UTC--"

// List gives the accounts of a folder in order, none if there is no folder. A file that only has
// the name of a keystore file, or does not say its account, is passed over: passed says which and why. One that cannot
// be read is an error, as nobody knows whose it is.
func (f Folder) List() (all []Held, passed []error, err error) {
	entries, err := os.ReadDir(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("listing the wallet: %w", err)
	}
	var paths []string
	for _, e := range entries {
		if e.Type().IsRegular() && strings.HasPrefix(e.Name(), filePrefix) {
			paths = append(paths, filepath.Join(string(f), e.Name()))
		}
	}
	if all, passed, err = readAll(paths); err != nil {
		return nil, nil, fmt.Errorf("listing the wallet: %w", err)
	}
	slices.SortFunc(all, func(a, b Held) int {
		return cmp.Or(strings.Compare(a.Account.String(), b.Account.String()), strings.Compare(a.Path, b.Path))
	})
	return all, passed, nil
}

func readAll(paths []string) (all []Held, passed []error, err error) {
	for _, path := range paths {
		file, err := readKeystore(path)
		if errors.Is(err, fs.ErrNotExist) { // removed meanwhile
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		account, err := accountIn(file)
		if err != nil {
			passed = append(passed, fmt.Errorf("%s: %w", path, err))
			continue
		}
		all = append(all, Held{account, path})
	}
	return all, passed, nil
}

func accountIn(file []byte) (coverage.Account, error) {
	store, err := parseKeystore(file)
	if err != nil {
		return coverage.Account{}, err
	}
	return addressOf(store)
}

func readKeystore(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxKeystore+1))
}

// ErrNoAccount says that a folder has no file of an account.
var ErrNoAccount = errors.New("the wallet does not hold the account")

// Load opens the key of an account with its passphrase.
func (f Folder) Load(account coverage.Account, passphrase string) (Key, error) {
	all, passed, err := f.List()
	if err != nil {
		return Key{}, err
	}
	i := slices.IndexFunc(all, func(h Held) bool { return h.Account == account })
	if i < 0 {
		return Key{}, errors.Join(fmt.Errorf("%w: %v in %s", ErrNoAccount, account, string(f)), errors.Join(passed...))
	}
	file, err := readKeystore(all[i].Path)
	if err != nil {
		return Key{}, fmt.Errorf("opening account %v: %w", account, err)
	}
	key, err := Decrypt(file, passphrase)
	if err != nil {
		return Key{}, fmt.Errorf("opening account %v: %w", account, err)
	}
	return key, nil
}

// Save keeps a key in a new file of mode 0600, named by the time and the account.
// An account that List gives already is an error: nothing is overwritten. A crash
// leaves the whole file or none.
func (f Folder) Save(k Key, passphrase string, cost Cost, now time.Time) (Held, error) {
	all, _, err := f.List()
	if err != nil {
		return Held{}, err
	}
	if slices.ContainsFunc(all, func(h Held) bool { return h.Account == k.Account() }) {
		return Held{}, fmt.Errorf("account %v is in the wallet %s already", k.Account(), string(f))
	}
	text, err := k.Encrypt(passphrase, cost)
	if err != nil {
		return Held{}, err
	}
	name := filePrefix + now.UTC().Format("2006-01-02T15-04-05.000000000Z") + "--" + k.Account().String()[2:]
	held := Held{k.Account(), filepath.Join(string(f), name)}
	if err := f.write(held.Path, text); err != nil {
		return Held{}, fmt.Errorf("keeping account %v: %w", k.Account(), err)
	}
	return held, nil
}

// write makes the file under a name that List passes over, and renames it.
func (f Folder) write(path string, text []byte) error {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(string(f), ".new-") // 0600
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	dir, err := os.Open(string(f))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
