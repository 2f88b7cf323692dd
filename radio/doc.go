// Package radio holds what is said on the air, by whom, and how long it takes:
// station identity and signed bytes, uplinks and downlinks as values,
// modulation and time on air, the concentrator counter, channel plans and
// LoRaWAN frame classification.
//
// It is pure: no sockets, files, clocks or environment. Signing alone draws
// random bytes.
package radio
