package main

import (
	"context"
	"io"

	"hexspot/cmd/internal/hotspot"
)

func printConfig(_ context.Context, args []string, std streams) error {
	set := flags("config", "Prints a commented default configuration.",
		"hexspot config > /etc/hexspot/hexspot.toml", std)
	if err := parseOnly(set, args); err != nil {
		return err
	}
	_, err := io.WriteString(std.out, hotspot.DefaultText)
	return err
}
