// Package gateway moves the packets: a Router takes uplinks from a radio and
// sorts them, and a Forwarder brings each LoRaWAN frame to one network, through
// a bounded backlog of its own, until that network has acknowledged it. The other
// way, a Transmitter brings downlinks to one transmit chain when a Queue says so,
// as far as the Rules of the region allow, and tells how each ended.
//
// It is pure; sub-packages wrap one outside thing each.
package gateway
