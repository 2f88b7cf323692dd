// Package witness holds the words and rules of proof of coverage, both ends of
// it (protocol hexspot/1): time as slots, the entropy chain and who publishes it,
// what a beacon is and when a station owes one, what a hotspot takes of what it
// hears, and the bodies of the signed records, each as a strict Append and Parse.
//
// Beaconer, Collector and Publisher are state machines: time and events go in as
// values, actions come out as values. Nothing here reads a clock, draws random
// bytes, signs, stores or sends; all levels, times and draws are integers. The
// generated protobuf code for other clients is in witness/wire and is not used here.
package witness
