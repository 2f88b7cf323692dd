// Package device is a LoRaWAN 1.0.x end device, class A or C, as a state machine: it
// is told what happens and when, and says what it sends and when it listens. It has
// no clock, no radio and no goroutine.
package device
