// Package lns is a stand-in for a network server: it joins devices, acknowledges
// their uplinks, sends downlinks through ChirpStack v4's gateway topics, and keeps
// a ledger of what became of each. The Server is pure, time is passed in; a Client
// runs it over MQTT. It has no use beyond demonstrations and tests.
package lns
