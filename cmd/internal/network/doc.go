// Package network joins the parts of a network: the broker that hotspots and network
// servers meet at and the journal behind it, with the network's key, its accounts and the
// stations' bindings in one data directory; and, if it is enabled, the network's side of
// proof of coverage: entropy goes out, reports come in, receipts go back. `hexnet serve`
// and the demo are made of it.
package network
