// Package hotspot joins the parts of a hotspot: bus, concentrator, router and
// one MQTT connection for each network. `hexspot run` and the emulated hotspots
// of the demo are made of it.
package hotspot
