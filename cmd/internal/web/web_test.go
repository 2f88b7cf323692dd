package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
)

// TestServer serves until its context ends, and answers with the headers of security.
func TestServer(t *testing.T) {
	s, err := Listen("127.0.0.1:0", 4, 4, Guard(1, one, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		Serve(w, r, Content{Type: "text/plain", Body: []byte("here"), Keep: KeepEver})
	})))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	answer, err := http.Get(s.URL() + "/x")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil || string(body) != "here" || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%q, %v, %v", body, answer.Header, err)
	}
	answer.Body.Close()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if answer, err := http.Get(s.URL()); err == nil {
		answer.Body.Close()
		t.Error("it serves after its end")
	}
}

func TestListenFails(t *testing.T) {
	if s, err := Listen("127.0.0.1:port", 1, 1, nil); err == nil {
		t.Error(s.URL(), s.Close())
	}
}

// from is a request from an address.
func from(address string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = address
	return r
}

// TestGuardCountsAddresses: an IPv4 address and an IPv6 /64 have their own tokens.
func TestGuardCountsAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // no time passes, in which an address would get more
		h := Guard(1, one, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		ask := func(address string) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, from(address))
			return w
		}
		for range burst {
			if w := ask("192.0.2.1:1000"); w.Code != http.StatusOK {
				t.Fatal(w.Code)
			}
			ask("[2001:db8::1]:1")
		}
		w := ask("[::ffff:192.0.2.1]:1001")
		if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "1" || !strings.Contains(w.Body.String(), `"refused": "rate"`) {
			t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
		}
		if w := ask("[2001:db8::2]:1"); w.Code != http.StatusTooManyRequests {
			t.Error("another address of one /64 has tokens of its own")
		}
		if ask("192.0.2.2:1").Code != http.StatusOK || ask("[2001:db8:0:1::1]:1").Code != http.StatusOK {
			t.Error("a neighbour has no tokens")
		}
		if prefixOf("@") != prefixOf("x:1") {
			t.Error("what has no address is not one")
		}
	})
}

// TestServeSparesTheBody: whoever has the content already gets none.
func TestServeSparesTheBody(t *testing.T) {
	ask := func(tag string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), from("192.0.2.1:1")
		r.Header.Set("If-None-Match", tag)
		Serve(w, r, Content{Type: "text/plain", Body: []byte("here")})
		return w
	}
	first := ask("")
	tag := first.Header().Get("ETag")
	if first.Code != http.StatusOK || tag == "" || first.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("%d %v", first.Code, first.Header())
	}
	if again := ask(tag); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("%d %s", again.Code, again.Body)
	}
}

func TestRefuse(t *testing.T) {
	w := httptest.NewRecorder()
	w.Header().Set("ETag", "x")
	Refuse(w, Refusal{http.StatusNotFound, "path", "no such path", "look elsewhere"})
	want := "{\n  \"refused\": \"path\",\n  \"cause\": \"no such path\",\n  \"cure\": \"look elsewhere\"\n}\n"
	if w.Code != http.StatusNotFound || w.Body.String() != want || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("ETag") != "" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	w = httptest.NewRecorder()
	JSON(w, http.StatusOK, func() {})
	if w.Code != http.StatusInternalServerError {
		t.Error(w.Code)
	}
}

// TestAnswer: what is no refusal is not told to strangers.
func TestAnswer(t *testing.T) {
	for what, c := range map[string]struct {
		content Content
		err     error
		status  int
		body    string
	}{
		"content":   {Content{Type: "text/plain", Body: []byte("here")}, nil, http.StatusOK, "here"},
		"a refusal": {Content{}, fmt.Errorf("asking: %w", Refusal{http.StatusNotFound, "none", "there is none", "wait"}), http.StatusNotFound, "there is none"},
		"a fault":   {Content{}, errors.New("the secret disk is full"), http.StatusInternalServerError, "something failed here"},
	} {
		w := httptest.NewRecorder()
		Answer(slog.New(slog.DiscardHandler), func(*http.Request) (Content, error) { return c.content, c.err })(w, from("192.0.2.1:1"))
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: %d %s", what, w.Code, w.Body)
		}
	}
}

func TestWantsJSON(t *testing.T) {
	for _, c := range []struct {
		query, accept string
		want          bool
	}{
		{"", "", false}, {"format=json", "", true}, {"format=protobuf", "application/json", false},
		{"", "text/html, application/json;q=0.9", true}, {"", "*/*", false},
	} {
		r := httptest.NewRequest(http.MethodGet, fmt.Sprintf("/?%s", c.query), nil)
		r.Header.Set("Accept", c.accept)
		if got := WantsJSON(r); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
