// Package proof judges downlinks from the outside: what a client of its own heard
// over MQTT against what emulated chips really sent. It takes nobody's word, the
// network server's least of all, and never touches what it judges.
package proof
