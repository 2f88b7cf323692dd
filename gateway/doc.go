// Package gateway moves the packets: it takes uplinks from a radio, sorts them,
// and forwards LoRaWAN frames to every destination through a bounded queue of
// its own.
//
// It is pure; sub-packages wrap one outside thing each.
package gateway
