package network

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"hexspot/coverage/wallet"
	"hexspot/hardware/keys"
	"hexspot/internal/store"
	"hexspot/radio"
)

// The files of a data directory.
const (
	keyFile      = "network.key"   // the network's key, secret
	accountsFile = "accounts.toml" // of network servers, with hashed passwords
	bindingsFile = "stations.txt"  // which station has which EUI
	filesDir     = "files"         // what was rolled off the journal
	bookFile     = "book.db"       // the SQL book, unless it is a server's
	logsDir      = "log"           // the logs of record ids
	chainsDir    = "entropy"       // chains with their seeds, secret and in no backup
	verdictsDir  = "verdicts"      // a directory for each verified epoch
	// parametersDir has the parameter files that anchors state, each named by its hash.
	parametersDir = "parameters"

	denyFile     = "deny.txt" // stations and pairs whose reports do not count
	walletFolder = "wallet"   // keystore files of owners
)

// Data is the directory of what a network keeps.
type Data string

// make makes the directory, for its owner only.
func (d Data) make() error {
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return fmt.Errorf("making the data directory: %w", err)
	}
	return nil
}

func (d Data) path(name string) string { return filepath.Join(string(d), name) }

// network is the id of the network whose key is here; the key is made if need be.
func (d Data) network() (radio.Network, error) {
	key, err := keys.LoadOrCreate(d.path(keyFile))
	if err != nil {
		return radio.Network{}, fmt.Errorf("the network key: %w", err)
	}
	return key.Station().Network(), nil
}

// Wallet is where the directory's accounts of owners are.
func (d Data) Wallet() wallet.Folder { return wallet.Folder(d.path(walletFolder)) }

// Book opens the book at a URL, or the directory's own if it is empty.
func (d Data) Book(ctx context.Context, url string) (*store.Book, error) {
	if url == "" {
		if err := d.make(); err != nil {
			return nil, err
		}
		url = "sqlite:" + d.path(bookFile)
	}
	return store.Open(ctx, url)
}

// BookThere opens a book to be read, whose URL is as in Book. Where there is none it makes nothing:
// store.ErrNoBook.
func (d Data) BookThere(ctx context.Context, url string) (*store.Book, error) {
	if url == "" {
		url = "sqlite:" + d.path(bookFile)
	}
	return store.OpenThere(ctx, url)
}

// KeyFile is where the network's key is.
func (d Data) KeyFile() string { return d.path(keyFile) }

// Verdicts is where each verified epoch has a directory.
func (d Data) Verdicts() string { return d.path(verdictsDir) }

// below is a path of a configuration: relative ones are below the directory.
func (d Data) below(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return d.path(path)
}
