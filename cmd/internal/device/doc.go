// Package device is a LoRaWAN 1.0.x end device, class A or C, as a state machine: it
// is told what happens and when, and says what it sends and when it listens. A
// Device has no clock, no radio and no goroutine; a Fleet gives many of them a clock.
package device
