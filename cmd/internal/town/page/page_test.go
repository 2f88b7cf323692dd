package page

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"hexspot/cmd/internal/town"
	"hexspot/cmd/internal/town/towntest"
)

// serve runs a page until the test ends.
func serve(t *testing.T, look func() town.Snapshot) *Page {
	t.Helper()
	p, err := New("127.0.0.1:0", look)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return p
}

func works() town.Snapshot {
	s := towntest.Town(nil)
	s.Coverage = towntest.Coverage(nil)
	return s
}

// ask makes a request with a Host of its own.
func ask(t *testing.T, method, url, host string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

func TestRequests(t *testing.T) {
	p := serve(t, works)
	for _, c := range []struct {
		method, path, host string
		status             int
		kind, has          string
	}{
		{"GET", "", "", 200, "text/html", `<main class="page">`},
		{"GET", "app.js", "", 200, "text/javascript", "follow(render)"},
		{"GET", "live.js", "", 200, "text/javascript", "EventSource"},
		{"GET", "coverage.html", "", 200, "text/html", `<ul class="attacks"`},
		{"GET", "coverage.js", "", 200, "text/javascript", "follow(render)"},
		{"GET", "map.js", "", 200, "text/javascript", "export function map"},
		{"GET", "coverage.css", "", 200, "text/css", ".plan"},
		{"GET", "tokens.css", "", 200, "text/css", "--paper"},
		{"GET", "fonts/noto-sans-latin-400-normal.woff2", "", 200, "font/woff2", "wOF2"},
		{"GET", "fonts/OFL.txt", "", 200, "text/plain", "SIL OPEN FONT LICENSE"},
		{"GET", "snapshot.json", "", 200, "application/json", `"verdict":{"state":"ok"`},
		{"GET", "snapshot.json", "", 200, "application/json", `"kind":"false_opening"`},
		{"HEAD", "events", "", 200, "text/event-stream", ""},
		{"HEAD", "snapshot.json", "", 200, "application/json", ""},
		{"GET", "snapshot.json", "localhost:80", 200, "application/json", "{"},
		{"GET", "snapshot.json", "[::1]:80", 200, "application/json", "{"},
		{"GET", "snapshot.json", "192.168.1.7", 200, "application/json", "{"},
		{"GET", "snapshot.json", "evil.example", 421, "text/plain", "not to a name"},
		{"GET", "", "127.0.0.1.evil.example:80", 421, "text/plain", "not to a name"},
		{"POST", "snapshot.json", "", 405, "text/plain", "only to be read"},
		{"DELETE", "", "", 405, "text/plain", "only to be read"},
		{"GET", "fonts/", "", 404, "text/plain", "not found"},
		{"GET", "../page.go", "", 404, "text/plain", "not found"},
		{"GET", "no/such", "", 404, "text/plain", "not found"},
	} {
		answer, body := ask(t, c.method, p.URL()+c.path, c.host)
		if answer.StatusCode != c.status || !strings.HasPrefix(answer.Header.Get("Content-Type"), c.kind) || !strings.Contains(body, c.has) {
			t.Errorf("%s %s %s: %d %s %.200q", c.method, c.path, c.host, answer.StatusCode, answer.Header.Get("Content-Type"), body)
		}
		if csp := answer.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: CSP %q", c.path, csp)
		}
	}
}

// TestEvents: each new snapshot comes, whole.
func TestEvents(t *testing.T) {
	var turn atomic.Int64
	p := serve(t, func() town.Snapshot {
		s := works()
		s.Elapsed = float64(turn.Add(1))
		return s
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL()+"events", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewReader(answer.Body)
	for last := 0.0; last < 2; {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		data, ok := strings.CutPrefix(line, "data: ")
		if !ok {
			continue
		}
		var s town.Snapshot
		if err := json.Unmarshal([]byte(data), &s); err != nil {
			t.Fatal(err)
		}
		if s.Elapsed <= last || s.Name != "Town 1" {
			t.Fatalf("after %v: %v %s", last, s.Elapsed, s.Name)
		}
		last = s.Elapsed
	}
}

// TestTooManyStreams: further windows are told so, and there is room again later.
func TestTooManyStreams(t *testing.T) {
	p := serve(t, works)
	var all []context.CancelFunc
	open := func() int {
		ctx, cancel := context.WithCancel(t.Context())
		all = append(all, cancel)
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL()+"events", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { answer.Body.Close() })
		return answer.StatusCode
	}
	for i := range streamsMost {
		if status := open(); status != 200 {
			t.Fatalf("stream %d: %d", i, status)
		}
	}
	if status := open(); status != 503 {
		t.Errorf("one stream too many: %d", status)
	}
	for _, cancel := range all {
		cancel()
	}
	for begin := time.Now(); open() != 200; {
		if time.Since(begin) > 10*time.Second {
			t.Fatal("no room again")
		}
	}
}

// TestFeedIsPaced: the town is looked at once a second, however many read.
func TestFeedIsPaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		looks := 0
		f, err := newFeed(func() town.Snapshot { looks++; return town.Snapshot{} })
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second+time.Millisecond)
		defer cancel()
		if err := f.run(ctx); err != nil || looks != 11 {
			t.Errorf("%d looks, %v", looks, err)
		}
	})
}

// TestNothingFromOutside: the files name no other host, and have nothing that the
// policy forbids.
func TestNothingFromOutside(t *testing.T) {
	outside := regexp.MustCompile(`(?i)(https?:)?//[a-z0-9-]+\.[a-z]`)
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script(>|[^>]*>[^<])|innerHTML|eval\(|javascript:`)
	if err := fstest.TestFS(static, "static/index.html", "static/tokens.css", "static/fonts/OFL.txt"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"index.html", "coverage.html", "app.js", "coverage.js", "map.js", "live.js", "parts.js", "coverage.css", "dom.js", "format.js", "plot.js", "theme.js", "page.css", "tokens.css"} {
		b, err := static.ReadFile(path.Join("static", name))
		if err != nil {
			t.Fatal(err)
		}
		b = bytes.ReplaceAll(b, []byte("http://www.w3.org/2000/svg"), nil) // a name, not a place
		if found := outside.Find(b); found != nil {
			t.Errorf("%s: %q", name, found)
		}
		if found := inline.Find(b); found != nil {
			t.Errorf("%s: %q", name, found)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, address := range []string{"", "8080", "127.0.0.1:99999", "nowhere.invalid:1"} {
		if p, err := New(address, works); err == nil {
			t.Errorf("%q: %s", address, p.URL())
		}
	}
}
