// Package demo shows the product's main job and checks it: frames of a record
// or of a synthetic town enter emulated concentrators, each driven by the code
// of hexspot, and a second MQTT client compares what arrives with what was on
// the air.
package demo
