// Package witness holds the words and rules of proof of coverage, both ends of
// it (protocol hexspot/1): time as slots, the entropy chain and who publishes it,
// what a beacon is and when a station owes one, what a hotspot takes of what it
// hears, and the bodies of the signed records, each as a strict Append and Parse.
//
// Beaconer, Collector and Publisher are state machines: time and events go in as
// values, actions come out as values. Nothing here reads a clock, signs, stores or
// sends; random bytes come from a reader that is handed in; all levels, times and
// draws are integers. The generated protobuf code for other clients is in witness/wire
// and is not used here.
//
// Judging is pure, too. Judge takes the facts of one case and a parameter set and
// evaluates every rule of an ordered table with value, limit and margin; a second
// pass asks who has lately been on the other side of an event. The same facts give
// the same bytes on any machine, in any order, with any number of workers.
package witness
