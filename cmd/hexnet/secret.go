package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// maxSecret bounds a line that holds a password, a passphrase or recovery words.
const maxSecret = 4096

// readSecret reads a line from standard input, on a terminal with a prompt and
// without showing what is typed.
func readSecret(std streams, prompt string) (string, error) {
	defer silenced(std, prompt)()
	return readLine(std.in)
}

func readLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, maxSecret)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading a secret: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
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
