// Package settings reads the TOML file of a program. It knows no program's
// keys; it refuses those a program does not know, by line.
package settings

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// maxSize bounds a configuration file; a real one has a few kilobytes.
const maxSize = 1 << 20

// Read decodes the file at path into target. Keys that target does not have
// are errors, and every error names the file and the line.
func Read(path string, target any) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err != nil {
		return fmt.Errorf("reading the configuration %s: %w", path, err)
	}
	if len(data) > maxSize {
		return fmt.Errorf("the configuration %s is larger than %d bytes: is it a TOML file?", path, maxSize)
	}
	return Decode(path, data, target)
}

// Decode is Read for text that is already at hand; name stands in errors.
func Decode(name string, data []byte, target any) error {
	decoder := toml.NewDecoder(strings.NewReader(string(data))).DisallowUnknownFields()
	err := decoder.Decode(target)
	var unknown *toml.StrictMissingError
	var broken *toml.DecodeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unknown):
		return unknownKeys(name, unknown)
	case errors.As(err, &broken):
		line, column := broken.Position()
		return fmt.Errorf("%s:%d:%d: %s", name, line, column, strings.TrimPrefix(broken.Error(), "toml: "))
	}
	return fmt.Errorf("%s: %w", name, err)
}

func unknownKeys(name string, unknown *toml.StrictMissingError) error {
	var faults []error
	for _, e := range unknown.Errors {
		line, _ := e.Position()
		faults = append(faults, fmt.Errorf("%s:%d: unknown key %q", name, line, strings.Join(e.Key(), ".")))
	}
	return errors.Join(faults...)
}
