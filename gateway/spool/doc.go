// Package spool keeps on disk, in one SQLite file, what must outlive a power cut:
// frames that wait for a network (a gateway.Store for each), and records that are
// sent again until they are acknowledged. It never decides when frames are written,
// and never sends anything.
package spool
