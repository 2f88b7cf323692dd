// Package mqttlink is a network server's connection to an MQTT broker: one
// connection, no queue of its own, nothing silently lost.
package mqttlink
