package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"hexspot/cmd/internal/hotspot"
	"hexspot/hardware/keys"
)

// maxKeyFile bounds a key that is imported; a real one has some 200 bytes.
const maxKeyFile = 16 << 10

func stationKey(ctx context.Context, args []string, std streams) error {
	if len(args) > 0 {
		switch args[0] {
		case "export":
			return exportKey(args[1:], std)
		case "import":
			return importKey(args[1:], std)
		}
	}
	set := flags("key [export|import]", "Prints the station id of the station key, which is made if it is not there.\n"+
		"The key is the station: back it up with 'export', and keep the copy as secret as the file.",
		"hexspot key\nhexspot key export station.pem\nhexspot key import station.pem", std)
	path := set.String("file", hotspot.DefaultKey, "key `FILE`")
	if err := parseOnly(set, args); err != nil {
		return err
	}
	key, err := keys.LoadOrCreate(*path)
	if err != nil {
		return err
	}
	return printStation(std.out, key)
}

func printStation(w io.Writer, key keys.Key) error {
	_, err := fmt.Fprintln(w, key.Station())
	return err
}

func exportKey(args []string, std streams) error {
	set := flags("key export [PEMFILE]", "Writes the station key, a secret, as PEM (PKCS#8) to standard output, or to a new file that only\n"+
		"its owner may read (mode 0600). A file that is there is never overwritten.",
		"hexspot key export station.pem\nhexspot key export | ssh new-hotspot hexspot key import", std)
	path := set.String("file", hotspot.DefaultKey, "key `FILE`")
	targets, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(targets) > 1 {
		return fmt.Errorf("%w: one PEM file at a time", errUsage)
	}
	key, err := keys.Load(*path)
	if err != nil {
		return err
	}
	if len(targets) == 1 && targets[0] != "-" {
		return key.Save(targets[0])
	}
	pem, err := key.Export()
	if err != nil {
		return err
	}
	_, err = std.out.Write(pem)
	return err
}

func importKey(args []string, std streams) error {
	set := flags("key import [PEMFILE]", "Takes over a station key from a PEM file or standard input. An existing key is never overwritten.",
		"hexspot key import station.pem\nssh old-hotspot hexspot key export | hexspot key import", std)
	path := set.String("file", hotspot.DefaultKey, "key `FILE` to write")
	sources, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(sources) > 1 {
		return fmt.Errorf("%w: one PEM file at a time", errUsage)
	}
	pem, err := readKey(sources, std.in)
	if err != nil {
		return err
	}
	key, err := keys.Parse(pem)
	if err != nil {
		return err
	}
	if err := key.Save(*path); err != nil {
		return err
	}
	return printStation(std.out, key)
}

func readKey(sources []string, in io.Reader) ([]byte, error) {
	if len(sources) == 1 && sources[0] != "-" {
		file, err := os.Open(sources[0])
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	return io.ReadAll(io.LimitReader(in, maxKeyFile))
}
