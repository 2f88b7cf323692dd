// Package witness is proof of coverage, both ends of it: what a beacon is, who
// heard it, and which of the reports count.
//
// Judging is pure. Judge takes the facts of one case and a parameter set and
// evaluates every rule of an ordered table with value, limit and margin; a second
// pass asks who has lately been on the other side of an event. Integers only: the
// same facts give the same bytes on any machine, in any order, with any number
// of workers. It has no sockets, files, clocks or environment.
package witness
