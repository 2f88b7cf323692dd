// Package bench measures the whole hotspot program: emulated concentrator,
// broker and hotspot are processes of their own, so that the figures are the
// hotspot's alone.
package bench
