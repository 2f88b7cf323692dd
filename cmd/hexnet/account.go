package main

import (
	"crypto/rand"
	"fmt"
	"strings"
	"text/tabwriter"

	"hexspot/cmd/internal/network"
	"hexspot/gateway/broker"
)

type accountCommand struct {
	Add    accountAdd    `cmd:"" help:"Add an account. hexnet serve knows it after its next start."`
	List   accountList   `cmd:"" help:"List the accounts and their rights."`
	Remove accountRemove `cmd:"" help:"Remove an account."`
}

type accountAdd struct {
	Name          string   `arg:"" help:"Name to log in with."`
	Publish       []string `help:"Topic filter it may publish to; may be given several times." sep:"none" placeholder:"FILTER"`
	Subscribe     []string `help:"Topic filter it may subscribe to; may be given several times." sep:"none" placeholder:"FILTER"`
	PasswordStdin bool     `help:"Read the password from standard input (a prompt on a terminal). Without, one is made and printed once."`
}

// Help has the examples.
func (accountAdd) Help() string {
	return `Examples:
  hexnet account add chirpstack --publish '+/gateway/+/command/#' --subscribe '+/gateway/+/event/+' --subscribe '+/gateway/+/state/+' --subscribe '+/gateway/+/report/+'
  hexnet account add watcher --subscribe 'eu868/gateway/+/event/up' --password-stdin < password`
}

// Run adds an account.
func (a accountAdd) Run(c *commands, std streams) error {
	password, err := a.password(std)
	if err != nil {
		return err
	}
	hash, err := broker.HashPassword(password)
	if err != nil {
		return err
	}
	account := broker.Account{Name: a.Name, PasswordHash: hash, Publish: a.Publish, Subscribe: a.Subscribe}
	if err := network.Data(c.Data).AddAccount(account); err != nil {
		return fmt.Errorf("adding the account: %w", err)
	}
	if !a.PasswordStdin {
		_, err = fmt.Fprintf(std.out, "password of %s, shown only now: %s\n", a.Name, password)
	}
	return err
}

func (a accountAdd) password(std streams) (string, error) {
	if !a.PasswordStdin {
		return rand.Text(), nil
	}
	return readSecret(std, "Password: ")
}

type accountList struct{}

// Run prints a table.
func (accountList) Run(c *commands, std streams) error {
	accounts, err := network.Data(c.Data).Accounts()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tPUBLISH\tSUBSCRIBE")
	for _, a := range accounts {
		fmt.Fprintf(table, "%s\t%s\t%s\n", a.Name, strings.Join(a.Publish, " "), strings.Join(a.Subscribe, " "))
	}
	return table.Flush()
}

type accountRemove struct {
	Name string `arg:"" help:"Name of the account."`
}

// Run removes an account.
func (a accountRemove) Run(c *commands) error {
	return network.Data(c.Data).RemoveAccount(a.Name)
}
