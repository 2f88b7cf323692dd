package mqtt

import (
	"context"
	"time"

	"hexspot/gateway"
	"hexspot/radio"
)

// Login gives the user name and password of the next connection.
type Login func() (username, password string, err error)

// Station is the gateway that a client speaks for. What it does not have is
// refused when a network asks for it.
type Station struct {
	EUI        radio.EUI
	Plan       radio.Plan // of which the topic prefix is taken
	Statistics *gateway.Statistics
	Login      Login // for StationLogin

	// Submit takes what is to be transmitted, and does not block. Nil: the gateway
	// receives only.
	Submit func(gateway.Submission)
	// Configure receives on other channels from now on. Its error says why it cannot;
	// then nothing has changed, unless it is the context's. Nil: the channels are not
	// for this network to set.
	Configure func(ctx context.Context, channels []radio.Channel) error
	// Executor runs the programs that the owner permits. Nil: none.
	Executor gateway.Executor
	// Instant is the host's time of a counter value, zero while it cannot be told. Nil:
	// it never can.
	Instant func(radio.Timestamp) time.Time
	// Coverage takes part in the network's proof of coverage. Nil: nothing is published
	// or subscribed to beside the gateway's topics.
	Coverage *Coverage
}
