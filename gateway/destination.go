package gateway

import "context"

// Destination is a network that takes frames.
type Destination interface {
	// Name names the destination in logs and counters, without credentials.
	Name() string
	// Connect waits until there is a new connection, however long and however
	// many tries that takes. Its error is the context's, or final: the
	// destination can never be reached as it is set up.
	Connect(ctx context.Context) (Session, error)
}

// Session is one connection to a destination. Send is called by one goroutine,
// Close once, when nothing more will be sent.
type Session interface {
	// Send hands a frame over without waiting for its acknowledgement. It blocks
	// for a bounded time, while a connection takes nothing, and heeds ctx.
	// Acknowledgements come in the order of sending. An error ends the session.
	Send(ctx context.Context, f *Frame) (Ack, error)
	// Done is closed when the connection is lost.
	Done() <-chan struct{}
	// Close ends the connection; what is not acknowledged by then never will be.
	Close()
}

// Ack is the acknowledgement of one frame.
type Ack interface {
	// Done is closed when the destination has taken responsibility for the
	// frame, or never will.
	Done() <-chan struct{}
	// Error is nil if it has. Only after Done.
	Error() error
}
