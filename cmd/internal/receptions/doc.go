// Package receptions puts recorded receptions of LoRaWAN devices by hotspots through
// the physical rules of both rule sets: real propagation against the limits that beacons
// are judged by. It reads records in the form of the CampusIoT datasets. It never
// judges a network, and nothing it works out is a verdict.
package receptions
