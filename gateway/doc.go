// Package gateway moves the packets: a Router takes uplinks from a radio and
// sorts them, and a Forwarder brings each LoRaWAN frame to one network, through
// a bounded queue of its own, until that network has acknowledged it.
//
// It is pure; sub-packages wrap one outside thing each.
package gateway
