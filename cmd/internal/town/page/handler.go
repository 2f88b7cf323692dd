package page

import (
	"embed"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

//go:embed static
var static embed.FS

// security are headers of every answer: nothing but the page's own files is loaded
// or run, and nobody frames it.
var security = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; " +
		"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cache-Control":                "no-cache",
}

func handler(f *feed) http.Handler {
	files, err := fs.Sub(static, "static")
	if err != nil {
		panic(err) // the name is right above
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/snapshot.json", f.serveSnapshot)
	mux.HandleFunc("/events", f.serveEvents)
	mux.Handle("/", onlyFiles(http.FileServerFS(files)))
	return guard(mux)
}

// guard refuses what the page never needs, and what comes under a name: a browser
// that was given a name for this address by somebody else is being used against us.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range security {
			w.Header().Set(name, value)
		}
		switch {
		case !ownHost(r.Host):
			http.Error(w, "This page answers to an address or to localhost, not to a name.", http.StatusMisdirectedRequest)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "This page is only to be read.", http.StatusMethodNotAllowed)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// ownHost says whether a Host header is an IP address or localhost.
func ownHost(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return strings.EqualFold(host, "localhost")
}

// onlyFiles shows no directories but the first.
func onlyFiles(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" && strings.HasSuffix(r.URL.Path, "/") {
			http.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (f *feed) serveSnapshot(w http.ResponseWriter, _ *http.Request) {
	latest, _ := f.now()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(latest) // a reader that has gone is no fault
}

// serveEvents sends each new snapshot until the reader goes.
func (f *feed) serveEvents(w http.ResponseWriter, r *http.Request) {
	if !f.enter() {
		w.Header().Set("Retry-After", "10")
		http.Error(w, "Too many windows show this page already.", http.StatusServiceUnavailable)
		return
	}
	defer f.leave()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	if r.Method == http.MethodHead {
		return
	}
	out := http.NewResponseController(w)
	for {
		latest, changed := f.now()
		if err := out.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
			return
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", latest); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}
