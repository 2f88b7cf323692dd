package web

import (
	"net"
	"net/http"
	"net/netip"
	"time"

	"hexspot/cmd/internal/pace"
)

// security are headers of every answer: what is served is data for programs, and a
// browser that comes by makes nothing else of it.
var security = map[string]string{
	"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
}

const (
	burst      = 10     // seconds' worth of requests at once
	mostPlaces = 16_384 // some 3 MB; whoever comes from yet another place waits
)

// Guard lets each address make so many requests a second, with ten seconds' worth of them
// at once, and sets headers of security. Clients behind a proxy count as one.
func Guard(requests int, next http.Handler) http.Handler {
	buckets := pace.New[netip.Prefix](float64(requests), burst*requests, mostPlaces)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range security {
			w.Header().Set(name, value)
		}
		if !buckets.Allow(prefixOf(r.RemoteAddr), time.Now()) {
			w.Header().Set("Retry-After", "1")
			Refuse(w, Refusal{http.StatusTooManyRequests, "rate", "too many requests from this address", "wait a second, then ask more slowly"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// prefixOf is whom a connection counts for: an IPv4 address, or the /64 that an IPv6 host
// has to itself.
func prefixOf(remote string) netip.Prefix {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}
	}
	address = address.Unmap().WithZone("")
	bits := address.BitLen()
	if address.Is6() {
		bits = 64
	}
	prefix, err := address.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}
