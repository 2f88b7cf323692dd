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

// Guard lets each address ask for so much a second, with ten seconds' worth of it at once,
// each request at its price, which is ten seconds' worth at most; it bounds what an
// answer may take, and sets headers of security. Clients behind a proxy count as one.
func Guard(requests int, price func(*http.Request) int, next http.Handler) http.Handler {
	next = withTime(next)
	buckets := pace.New[netip.Prefix](float64(requests), burst*requests, mostPlaces)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range security {
			w.Header().Set(name, value)
		}
		if !buckets.AllowN(From(r), min(price(r), burst*requests), time.Now()) {
			w.Header().Set("Retry-After", "1")
			Refuse(w, Refusal{http.StatusTooManyRequests, "rate", "too many requests from this address, or too costly ones", "wait some seconds, then ask more slowly"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// From is whom a request counts for: an IPv4 address, or an IPv6 /64.
func From(r *http.Request) netip.Prefix { return prefixOf(r.RemoteAddr) }

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
