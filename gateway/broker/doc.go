// Package broker is the MQTT broker that gateways and network servers meet at.
//
// A station logs in with its text id and a token signed with its own key, and
// touches nothing but its own topics. A network server logs in as a named account
// and touches what the configuration allows it. Every session is clean: nothing
// is kept for a client that is away but retained states.
//
// A PUBACK means that the broker has the message and passes it to every subscriber
// that is connected and keeps up, and, once Options.Durable is set, that Durable has
// taken it. The broker stores no messages itself and knows nothing about their
// content.
package broker
