package journal

import "time"

// entry is what Append is given.
type entry struct {
	subject string
	id      string
	data    []byte
}

// Record is an entry in the log, or in a file.
type Record struct {
	Seq     uint64    // its place in the log, from 1, ascending, with gaps
	Time    time.Time // when the log took it, UTC
	Subject string
	ID      string
	Data    []byte
}
