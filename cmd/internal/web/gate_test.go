package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestGateBoundsWhatIsWorkedOut: one at a time; others wait, are told that it is busy, or
// have gone.
func TestGateBoundsWhatIsWorkedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release, inside := make(chan struct{}), 0
		h := Gate(1, 8, one, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			inside++
			<-release
			io.Copy(w, r.Body)
		}))
		ask := func(r *http.Request) (*httptest.ResponseRecorder, chan struct{}) {
			w, done := httptest.NewRecorder(), make(chan struct{})
			go func() { h.ServeHTTP(w, r); close(done) }()
			synctest.Wait()
			return w, done
		}
		_, first := ask(from("192.0.2.1:1"))
		gone, cancel := context.WithCancel(t.Context())
		_, left := ask(from("192.0.2.1:1").WithContext(gone))
		busy, refused := ask(from("192.0.2.2:1"))
		cancel()
		<-left
		time.Sleep(gatePatience) // of the bubble
		<-refused
		if busy.Code != http.StatusServiceUnavailable || busy.Header().Get("Retry-After") == "" || inside != 1 {
			t.Errorf("%d %v, %d inside", busy.Code, busy.Header(), inside)
		}
		waiting, second := ask(httptest.NewRequest(http.MethodPost, "/", strings.NewReader("a body")))
		close(release)
		<-first
		<-second
		if waiting.Code != http.StatusOK || waiting.Body.String() != "a body" || inside != 2 {
			t.Errorf("%d %q, %d inside", waiting.Code, waiting.Body, inside)
		}
	})
}

// TestSlowClientsAreNotWaitedFor: neither whoever sends slowly nor whoever reads slowly
// keeps others out.
func TestSlowClientsAreNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := Gate(1, 8, one, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if len(body) > 9 {
				t.Errorf("%d bytes of a body, %v", len(body), err)
			}
			w.WriteHeader(http.StatusOK)
			_, _ = w.Write([]byte("answer"))
		}))
		slow, sender := io.Pipe()
		go h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", slow))
		reader := &slowWriter{ResponseRecorder: httptest.NewRecorder(), free: make(chan struct{})}
		go h.ServeHTTP(reader, from("192.0.2.1:1"))
		synctest.Wait()
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("much more than eight bytes")))
		if w.Code != http.StatusOK {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		close(reader.free)
		sender.CloseWithError(io.ErrUnexpectedEOF)
		synctest.Wait()
	})
}

// slowWriter takes nothing until it may.
type slowWriter struct {
	*httptest.ResponseRecorder
	free chan struct{}
}

func (s *slowWriter) Write(b []byte) (int, error) {
	<-s.free
	return s.ResponseRecorder.Write(b)
}

// TestAnswersHaveATime: what takes longer is given up, and told as busy; it is logged, one a
// minute.
func TestAnswersHaveATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told bytes.Buffer
		h := Guard(1, one, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			Fail(w, r, slog.New(slog.NewTextHandler(&told, nil)), fmt.Errorf("searching: %w", r.Context().Err()))
		}))
		for i, lines := range []int{1, 1, 2} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, from("192.0.2.1:1"))
			if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), `"refused": "busy"`) {
				t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
			}
			if n := strings.Count(told.String(), "searching"); n != lines {
				t.Errorf("after %d late answers %d are told:\n%s", i+1, n, told.String())
			}
			if i == 1 {
				time.Sleep(time.Minute) // of the bubble
			}
		}
	})
}

// TestADeadlineOfSomethingElse is a fault of this side, and logged, while the request has time.
func TestADeadlineOfSomethingElse(t *testing.T) {
	var told bytes.Buffer
	w := httptest.NewRecorder()
	Fail(w, from("192.0.2.1:1"), slog.New(slog.NewTextHandler(&told, nil)), fmt.Errorf("asking the journal: %w", context.DeadlineExceeded))
	if w.Code != http.StatusInternalServerError || !strings.Contains(told.String(), "asking the journal") {
		t.Errorf("%d %s, told %q", w.Code, w.Body, told.String())
	}
}

func one(*http.Request) int { return 1 }

// TestGuardCountsPrices: what costs more is asked less often, however much it costs.
func TestGuardCountsPrices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // no time passes
		h := Guard(1, func(r *http.Request) int { return len(r.URL.Path) }, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		ask := func(path string) int {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w.Code
		}
		for i, want := range []int{http.StatusOK, http.StatusOK, http.StatusTooManyRequests} {
			if got := ask("/abc"); got != want {
				t.Errorf("%d: %d, want %d", i, got, want)
			}
		}
		r := httptest.NewRequest(http.MethodGet, "/"+strings.Repeat("x", 100), nil)
		r.RemoteAddr = "192.0.2.7:1"
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != http.StatusOK {
			t.Errorf("what costs more than there ever is: %d", w.Code)
		}
	})
}
