package main

import (
	"context"
	"fmt"

	"hexspot/cmd/internal/version"
)

func printVersion(_ context.Context, args []string, std streams) error {
	set := flags("version", "Prints the version, platform and compiler.", "hexspot version", std)
	if err := parseOnly(set, args); err != nil {
		return err
	}
	_, err := fmt.Fprintln(std.out, version.String("hexspot"))
	return err
}
