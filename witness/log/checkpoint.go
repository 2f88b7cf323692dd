package log

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is what an ingest says of a log at some time, without signatures.
type Checkpoint struct {
	Name
	Head
}

// Text is what is signed: origin, size and root, a line each.
func (c Checkpoint) Text() string {
	return c.Name.String() + "\n" + strconv.FormatUint(c.Size, 10) + "\n" + c.Root.String() + "\n"
}

// parseCheckpoint reads a text. There is one for each checkpoint: no further lines.
func parseCheckpoint(text string) (c Checkpoint, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return Checkpoint{}, errors.New("want three lines: origin, size and root")
	}
	if c.Name, err = ParseName(lines[0]); err != nil {
		return Checkpoint{}, err
	}
	if c.Size, err = parseNumber(lines[1], MaxSize); err != nil {
		return Checkpoint{}, fmt.Errorf("size: %w", err)
	}
	if c.Root, err = tlog.ParseHash(lines[2]); err != nil || c.Root.String() != lines[2] {
		return Checkpoint{}, fmt.Errorf("root: %.60q is no base64 of 32 bytes", lines[2])
	}
	if c.Size == 0 && c.Root != emptyRoot {
		return Checkpoint{}, errors.New("no records have another root")
	}
	return c, nil
}
