// Package answers tells owners what became of their reports and stations in verified
// epochs, and why: from the files of the verifier, as text, as JSON and by HTTP. It shows
// only what is frozen; what still runs, a station sees on itself ('hexspot status').
package answers
