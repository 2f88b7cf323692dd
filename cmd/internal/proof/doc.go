// Package proof judges downlinks from the outside: what a client of its own heard
// over MQTT against what emulated chips really sent; and proof of coverage: what is
// reported and said of beacons against what chips sent and took. It takes nobody's word,
// the network's least of all, and never touches what it judges.
package proof
