// Package simulate makes the reports of a whole network over many epochs, of honest
// stations and of cheaters, and measures what the rules and the link weights make
// of them: which of the cheaters' units are cut, and which of honest stations'.
//
// The physics is floating point and ends where a report begins; keys, draws,
// openings, tags and signatures are real. The same seed gives the same reports. It
// knows what each station really did, and tells the judge nothing of it.
package simulate
