package gateway

import "context"

// Store keeps the frames of one destination where they outlive the program. Frames
// have consecutive numbers, the oldest the lowest. A store may forget its oldest
// frames, because there are too many or they are too old; whoever uses it counts
// them. Methods are called by one goroutine at a time.
type Store interface {
	// Span tells which frames are kept: the number of the oldest, and the number
	// that follows the newest. They are equal if there is none.
	Span(ctx context.Context) (first, next uint64, err error)
	// Append keeps frames behind those that are there; the first gets the number
	// given. All of them are safe from a power cut when it returns, or none is kept.
	// Oldest is the number of the oldest frame that is still kept.
	Append(ctx context.Context, first uint64, frames []*Frame) (oldest uint64, err error)
	// Load gives the frames with numbers from from to before to, in order, but for
	// those that are forgotten or can no longer be read.
	Load(ctx context.Context, from, to uint64) ([]Held, error)
	// Remove forgets the frames with numbers before below.
	Remove(ctx context.Context, below uint64) error
}

// Held is a frame that a store keeps.
type Held struct {
	Number uint64
	Frame  *Frame
}
