// Package ingest takes the reports of stations for a network (protocol hexspot/1,
// "Reports"): a record that is what it should be goes into the journal, then into the
// log, and the station gets a receipt; anything else is refused by name. The same record
// gets its first receipt again. Journal and log are handed in, and so is the time;
// signing and sending answers is for the caller.
package ingest
