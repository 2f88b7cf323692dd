// Package stations is a number of stations as MQTT clients that publish numbered
// uplinks, each until it is acknowledged, and remember what was. The network's
// durability and latency are measured with it. It has no radio and no driver; the
// demo's hotspots have.
package stations
