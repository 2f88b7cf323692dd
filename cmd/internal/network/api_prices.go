package network

import (
	"net/http"
	"runtime"

	"hexspot/cmd/internal/web"
	"hexspot/witness"
)

// prices are what requests cost of their address's rate, by their pattern; others cost 1. An
// answer for 1 takes a fraction of a millisecond. docs/api.md has the same table.
var prices = map[string]int{
	"GET /v1/log/{epoch}/checkpoint":                   4, // of a log that is put away, which is opened
	"GET /v1/log/{epoch}/high-water":                   4,
	"GET /v1/log/{epoch}/consistency":                  4,
	"GET /v1/log/{epoch}/inclusion":                    4,
	"GET /v1/log/{epoch}/ids":                          8, // 512 KiB from the disk
	"GET /v1/sites":                                    8, // 500 rows of the book
	"GET /v1/sites/{station}":                          4, // 100 of them
	"POST /v1/sites":                                   4, // signatures, and a write
	"GET /v1/witness/epochs":                           2,
	"GET /v1/witness/reports/{id}":                     8, // 64 indexes, or 32 cases
	"GET /v1/witness/stations/{station}":               8, // 30 lists of stations
	"GET /v1/witness/stations/{station}/epochs/{n}":    4, // its links, and who is around
	"GET /v1/witness/stations/{station}/epochs/newest": 4,
	"POST /v1/witness/appeals":                         20, // signatures of all its evidence
}

// mostBody is more than any body that is taken.
const mostBody = 2 * witness.MaxAppealFile

// leastAtATime is how many requests that cost more than 1 are answered at the same time,
// whatever the machine has.
const leastAtATime = 4

// guarded bounds what strangers can ask of a mux: each address by its rate, and all together
// by how much is answered at a time.
func guarded(rate int, mux *http.ServeMux) http.Handler {
	price := func(r *http.Request) int {
		_, pattern := mux.Handler(r)
		return max(1, prices[pattern])
	}
	gate := web.Gate(max(leastAtATime, runtime.GOMAXPROCS(0)), mostBody, price, mux)
	return web.Guard(rate, price, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if price(r) > 1 {
			gate.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	}))
}
