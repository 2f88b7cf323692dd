// Package exec runs the programs that a hotspot's owner permits a network to run:
// those of a list, with the owner's arguments, one at a time, in bounded time and
// with bounded output. Nothing is interpreted by a shell. Without a list nothing
// is run.
package exec
