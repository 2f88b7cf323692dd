// Package stations is a number of stations as MQTT clients that publish numbered
// uplinks, each until it is acknowledged, and remember what was. If they are asked to,
// they also report for proof of coverage, each record until it has its receipt, and hold
// what the network tells them against the protocol. The network's durability and latency
// are measured with them. They have no radio and no driver; the demo's hotspots have.
package stations
