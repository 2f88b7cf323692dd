// Package hardware is the box: the bus a concentrator hangs on, the board it
// is soldered to, and the recording and playback of bus traffic.
//
// It is pure; sub-packages wrap one outside thing each.
package hardware
