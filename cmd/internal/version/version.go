// Package version knows which build this is.
package version

import "runtime"

// Version is the source revision, set by the linker (see Makefile).
var Version = "unknown"

// String names a program's build, "hexspot v1.2.0 linux/arm64 go1.26.8".
func String(program string) string {
	return program + " " + Version + " " + runtime.GOOS + "/" + runtime.GOARCH + " " + runtime.Version()
}
