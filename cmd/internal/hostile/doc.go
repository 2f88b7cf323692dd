// Package hostile is what a network has to bear: clients that send, as fast as they can,
// reports that are none, of others, of the future or again and again, packets that are too
// large, too many or to topics of others, and connections that say nothing. Each kind of
// attack counts how it ends for it, and names the ends that it must come to. It is for
// networks on loopback addresses only.
package hostile
