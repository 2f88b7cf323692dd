// Package demo shows the product's main job and checks it. Frames of a record enter
// emulated concentrators (Run), or hotspots and devices share simulated air (RunTown);
// each concentrator is driven by the code of hexspot, and an MQTT client of the
// demo's own compares what arrives, and what is said of downlinks, with what was on
// the air and what the chips sent. A town takes part in proof of coverage and is
// attacked; who sent and heard what decides which verdicts are right.
package demo
