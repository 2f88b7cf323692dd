package network

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/pelletier/go-toml/v2"

	"hexspot/cmd/internal/settings"
	"hexspot/gateway/broker"
)

// accountList is the file of accounts.
type accountList struct {
	Accounts []broker.Account `toml:"account"`
}

// Accounts are those kept in the data directory, by name; none if there is no
// such directory.
func (d Data) Accounts() ([]broker.Account, error) {
	var list accountList
	err := settings.Read(d.path(accountsFile), &list)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the accounts: %w", err)
	}
	return list.Accounts, nil
}

// AddAccount keeps an account. Its name must be new.
func (d Data) AddAccount(a broker.Account) error {
	if err := a.Validate(); err != nil {
		return err
	}
	list, err := d.Accounts()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, named(a.Name)) {
		return fmt.Errorf("there is an account %s: remove it first", a.Name)
	}
	return d.saveAccounts(append(list, a))
}

// RemoveAccount forgets an account.
func (d Data) RemoveAccount(name string) error {
	list, err := d.Accounts()
	if err != nil {
		return err
	}
	rest := slices.DeleteFunc(slices.Clone(list), named(name))
	if len(rest) == len(list) {
		return fmt.Errorf("there is no account %s in %s", name, d.path(accountsFile))
	}
	return d.saveAccounts(rest)
}

func named(name string) func(broker.Account) bool {
	return func(a broker.Account) bool { return a.Name == name }
}

// accountsHead explains the file to those who find it.
const accountsHead = "# Accounts of network servers. Kept by `hexnet account`; read when hexnet serve starts.\n"

// saveAccounts writes all or nothing.
func (d Data) saveAccounts(list []broker.Account) error {
	if err := d.make(); err != nil {
		return err
	}
	text, err := toml.Marshal(accountList{list})
	if err != nil {
		return fmt.Errorf("encoding the accounts: %w", err)
	}
	if err := d.replace(accountsFile, append([]byte(accountsHead), text...)); err != nil {
		return fmt.Errorf("saving the accounts: %w", err)
	}
	return nil
}

// replace writes a file that only its owner may read, on the disk for good, and
// puts it in the place of the old one in one step.
func (d Data) replace(name string, content []byte) error {
	file, err := os.CreateTemp(string(d), "."+name+"-") // 0600
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), d.path(name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
