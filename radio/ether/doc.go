// Package ether is simulated air: stations on a plane, what they transmit, and
// who hears it, how loud, and what destroyed the rest. Seeded: the same seed and
// the same calls give the same arrivals, and calls for one instant may come in
// any order.
//
// It is pure. Time is passed in, as the time since the beginning of the air; there
// is no clock, goroutine or shared random source. Who owns an Ether calls it from
// one goroutine at a time, tells of each signal before the time passes its start,
// and takes what has ended.
//
// How a signal fares at a receiver is decided twice, as in a modem: when its
// preamble ends (does the receiver lock on it?) and when it ends (did it survive?).
// docs/air.md has the model, its sources and what it was measured against.
package ether
