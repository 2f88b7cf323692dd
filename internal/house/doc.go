// Package house holds the tests of the house rules: which package may import
// which, what each program must not link, and that each package says what it
// is for. It has no code of its own; ARCHITECTURE.md shows the same map.
package house
