// Package resident keeps what a small machine has in RAM of this program small. It
// never touches what the program has written to its memory.
package resident
