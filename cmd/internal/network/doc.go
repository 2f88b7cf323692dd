// Package network joins the parts of a network: for now, the broker that
// hotspots and network servers meet at and the journal behind it, with the network's
// key, its accounts and the stations' bindings in one data directory. `hexnet serve`
// and the demo are made of it.
package network
