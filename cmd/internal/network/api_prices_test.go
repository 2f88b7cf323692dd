package network

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestPricesAreOfPaths: each price is of a path that is served, and is what docs/api.md says.
func TestPricesAreOfPaths(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	text, err := os.ReadFile("../../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	mux := d.mux()
	for pattern, price := range prices {
		method, path, _ := strings.Cut(pattern, " ")
		r := httptest.NewRequest(method, strings.NewReplacer("{", "", "}", "").Replace(path), nil)
		if _, got := mux.Handler(r); got != pattern {
			t.Errorf("%s is served as %q", pattern, got)
		}
		if row := "| `" + pattern + "` | " + strconv.Itoa(price) + " |"; !strings.Contains(string(text), row) {
			t.Errorf("docs/api.md has no row %q", row)
		}
	}
	for line := range strings.Lines(string(text)) {
		pattern, rest, _ := strings.Cut(strings.TrimPrefix(line, "| `"), "` | ")
		number, _, _ := strings.Cut(rest, " |")
		if n, err := strconv.Atoi(number); err == nil && strings.Contains(pattern, " /v1/") && prices[pattern] != n {
			t.Errorf("docs/api.md: %s costs %d, here %d", pattern, n, prices[pattern])
		}
	}
}

// TestCostlyQuestionsAreFewer: of an address, by their price.
func TestCostlyQuestionsAreFewer(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	h := guarded(1, d.mux())
	served := func(path string) (n int) {
		for {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.RemoteAddr = "192.0.2." + strconv.Itoa(len(path)) + ":1"
			if h.ServeHTTP(w, r); w.Code == http.StatusTooManyRequests {
				return n
			}
			n++
		}
	}
	if dear, cheap := served("/v1/sites"), served("/v1/network"); dear > 2 || cheap < 10 {
		t.Errorf("%d costly questions and %d cheap ones at once", dear, cheap)
	}
}
