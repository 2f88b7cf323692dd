package network

import (
	"fmt"
	"os"
	"path/filepath"

	"hexspot/hardware/keys"
	"hexspot/radio"
)

// The files of a data directory.
const (
	keyFile      = "network.key"   // the network's key, secret
	accountsFile = "accounts.toml" // of network servers, with hashed passwords
	bindingsFile = "stations.txt"  // which station has which EUI
	filesDir     = "files"         // what was rolled off the journal
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
