package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// maxLine bounds a line that holds a secret or a signed record.
const maxLine = 8192

// readSecret reads a line from standard input, on a terminal with a prompt and
// without showing what is typed.
func readSecret(std streams, prompt string) (string, error) {
	defer silenced(std, prompt)()
	return readLine(std.in)
}

// readLine reads to the end of a line and not beyond it, so that what follows is the
// next reader's.
func readLine(r io.Reader) (string, error) {
	var line []byte
	for one := make([]byte, 1); len(line) < maxLine; {
		_, err := io.ReadFull(r, one)
		if errors.Is(err, io.EOF) || err == nil && one[0] == '\n' {
			return strings.TrimRight(string(line), "\r"), nil
		}
		if err != nil {
			return "", fmt.Errorf("reading a line: %w", err)
		}
		line = append(line, one[0])
	}
	return "", fmt.Errorf("a line of more than %d characters", maxLine)
}

// silenced asks for a secret if standard input is a terminal, and keeps it from
// showing what is typed until the end.
func silenced(std streams, prompt string) (end func()) {
	file, ok := std.in.(*os.File)
	if !ok || !isTerminal(file) {
		return func() {}
	}
	fmt.Fprint(std.err, prompt)
	fd := int(file.Fd())
	before, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return func() {}
	}
	quiet := *before
	quiet.Lflag &^= unix.ECHO
	_ = unix.IoctlSetTermios(fd, unix.TCSETS, &quiet)
	return func() {
		_ = unix.IoctlSetTermios(fd, unix.TCSETS, before)
		fmt.Fprintln(std.err)
	}
}
