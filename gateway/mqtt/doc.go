// Package mqtt is one network reached over MQTT 3.1.1 with the gateway topics
// and messages of ChirpStack v4, which ChirpStack itself, a hexnet broker, and
// other LoRaWAN network servers understand.
//
// It keeps no frames: gateway.Forwarder does, and sends again what a lost
// connection left unacknowledged.
package mqtt
