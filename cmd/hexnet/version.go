package main

import (
	"fmt"

	"hexspot/cmd/internal/version"
)

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(std streams) error {
	_, err := fmt.Fprintln(std.out, version.String("hexnet"))
	return err
}
