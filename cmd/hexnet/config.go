package main

import (
	"io"

	"hexspot/cmd/internal/network"
)

type configCommand struct{}

// Run prints the default configuration.
func (configCommand) Run(std streams) error {
	_, err := io.WriteString(std.out, network.DefaultText)
	return err
}
