package network

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"

	"hexspot/cmd/internal/web"
	"hexspot/witness"
)

// APIConfig is the section of HTTP; the zero one leaves it out.
type APIConfig struct {
	Listen      string `toml:"listen"`       // HOST:PORT; empty: no HTTP
	RequestRate int    `toml:"request_rate"` // a second, of one address; zero: 20
}

const (
	defaultRequestRate = 20
	mostRequestRate    = 100_000
	mostAPIConnections = 256
	mostOfOneAddress   = 64 // of these
)

// Validate checks what can be checked without a socket.
func (c APIConfig) Validate() error {
	var faults []error
	if c.Listen != "" {
		if _, _, err := net.SplitHostPort(c.Listen); err != nil {
			faults = append(faults, fmt.Errorf("listen: %w", err))
		}
	}
	if c.RequestRate < 0 || c.RequestRate > mostRequestRate {
		faults = append(faults, fmt.Errorf("request_rate = %d: want 1 to %d, or 0 for %d", c.RequestRate, mostRequestRate, defaultRequestRate))
	}
	return errors.Join(faults...)
}

func (c APIConfig) rate() int {
	if c.RequestRate == 0 {
		return defaultRequestRate
	}
	return c.RequestRate
}

// openAPI listens for HTTP if it is wanted.
func openAPI(c APIConfig, v *proving) (*web.Server, error) {
	if c.Listen == "" {
		return nil, nil
	}
	server, err := web.Listen(c.Listen, mostAPIConnections, mostOfOneAddress, guarded(c.rate(), v.mux()))
	if err != nil {
		return nil, fmt.Errorf("api.listen: %w", err)
	}
	return server, nil
}

// mux answers HTTP. Each part of proof of coverage registers what it answers: a further
// part is a further line here.
func (v *proving) mux() *http.ServeMux {
	mux := http.NewServeMux()
	v.describe(mux)
	v.entropy.public.register(mux, v.log)
	v.checkpoints.register(mux)
	v.sites.register(mux)
	v.appeals.register(mux)
	mux.HandleFunc("/", unknownPath)
	return mux
}

func unknownPath(w http.ResponseWriter, r *http.Request) {
	web.Refuse(w, web.Refusal{
		Status: http.StatusNotFound, Refused: "path",
		Cause: fmt.Sprintf("nothing is served for %.10s %.100s", r.Method, r.URL.Path), Cure: "GET /v1/network is one path; docs/api.md lists all, with their methods",
	})
}

// networkJSON is what a client has to know of a network.
type networkJSON struct {
	Network    string     `json:"network"`
	Key        string     `json:"key"`
	RuleSet    string     `json:"rule_set"`
	Parameters string     `json:"parameters_sha256"`
	Timing     timingJSON `json:"timing"`
}

// timingJSON is a timing by the names that the protocol has for its lengths.
type timingJSON struct {
	Slot        witness.Millis `json:"slot_ms"`
	WindowSlots witness.Slot   `json:"window_slots"`
	GuardSlots  witness.Slot   `json:"guard_slots"`
	EpochSlots  witness.Slot   `json:"epoch_slots"`
	Lead        witness.Millis `json:"lead_ms"`
	Spread      witness.Millis `json:"spread_ms"`
	Report      witness.Millis `json:"report_ms"`
	Hold        witness.Millis `json:"hold_ms"`
}

// describe registers what is the same all the time.
func (v *proving) describe(mux *http.ServeMux) {
	p := v.parameters[0]
	mux.HandleFunc("GET /v1/network", web.Answer(v.log, func(*http.Request) (web.Content, error) {
		return web.JSONContent(networkJSON{
			Network: v.network.String(), Key: v.ingest.String(), RuleSet: p.Set.Name,
			Parameters: fmt.Sprintf("%x", p.Hash()), Timing: timingJSON(v.schedule.Timing),
		})
	}))
	mux.HandleFunc("GET /v1/parameters.json", web.Answer(v.log, func(*http.Request) (web.Content, error) {
		return web.Content{Type: "application/json", Body: p.Encode(), Keep: web.KeepShort}, nil
	}))
	mux.HandleFunc("GET /v1/parameters/{file}", web.Answer(v.log, v.kept.answer))
}

// answer gives a parameter file, byte for byte: that which an anchor or a result states.
func (f parameterFiles) answer(r *http.Request) (web.Content, error) {
	hash, ok := parseParameterName(r.PathValue("file"))
	if !ok {
		return web.Content{}, badQuery("want the SHA-256 of a parameter file, 64 digits of 0-9 and a-f, and .json", "take the hash from GET /v1/network, an anchor or a result")
	}
	file, err := f.read(hash)
	if errors.Is(err, fs.ErrNotExist) {
		err = web.Refusal{Status: http.StatusNotFound, Refused: "unknown",
			Cause: fmt.Sprintf("no parameter file %x is kept here", hash), Cure: "take the hash from an anchor or from a result of this network"}
	}
	return web.Content{Type: "application/json", Body: file, Keep: web.KeepEver}, err
}
