// Package journal is the network's durable log: what Append has taken is on the
// disk, or on a quorum of a cluster, when it returns.
//
// The log is a JetStream stream, in a NATS server inside this process by default,
// in a cluster if there is a URL; only connecting differs. What waits at the same
// time is committed together, so that one sync serves many. What is older than an
// hour is rolled off into immutable files (see Writer), and later leaves the stream.
//
// A full disk, a slow or broken log: Append fails and says why, and works again
// by itself when the cause is gone. An entry that failed may still be in the log; sent
// again with the same id it is there once, as long as two minutes have not passed.
// The journal knows nothing about the content of entries, and never drops one to
// make room.
package journal
