// Package rewards says who earned what: integers only, rounded down. It begins
// with the shares of one coverage event.
//
// It is pure: no sockets, files, clocks or environment.
package rewards
