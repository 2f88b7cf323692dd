// Package town is the story of a running town: it collects what the network server
// and the devices of a demonstration did, and says at any instant how it stands. It
// draws nothing; the terminal and the page do.
package town
