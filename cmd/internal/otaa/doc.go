// Package otaa is what an end device and a network server of a town agree on by
// LoRaWAN 1.0.x: root keys, session keys, channel lists, receive windows and frame
// counters. It holds no state and never touches a radio.
package otaa
