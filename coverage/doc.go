// Package coverage holds the hexes of the map: cells of Uber's H3 grid, the
// sites that stations are published at, the registry's history of them, and how
// dense a neighbourhood is.
//
// It is pure: no sockets, files, clocks or environment. It alone speaks to the
// H3 library, and everything that library would let pass (a latitude of 95, a
// parent of a finer resolution, two cells too far apart) is an error here.
package coverage
