package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Refusal says, as JSON, why a request is not served. It is an error of handlers.
type Refusal struct {
	Status  int    `json:"-"`       // of HTTP
	Refused string `json:"refused"` // a name that programs can tell apart
	Cause   string `json:"cause"`   // for people
	Cure    string `json:"cure"`    // what would make it work
}

func (r Refusal) Error() string { return r.Cause }

// Refuse answers with a refusal.
func Refuse(w http.ResponseWriter, r Refusal) {
	w.Header().Del("ETag")
	if r == Busy {
		w.Header().Set("Retry-After", "5")
	}
	JSON(w, r.Status, r)
}

// Answer makes a handler of a function that gives content, or a Refusal as its error.
// Other errors are this side's fault: they are logged, and the client is told no more than
// that.
func Answer(log *slog.Logger, find func(*http.Request) (Content, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := find(r)
		if err != nil {
			Fail(w, r, log, err)
			return
		}
		Serve(w, r, c)
	}
}

// Fail answers with the Refusal that an error is, or logs the error and says that
// something failed; that it is busy if the time of the request is over, of which one a minute
// is logged.
func Fail(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	var refusal Refusal
	over := r.Context().Err()
	switch late := errors.Is(over, context.DeadlineExceeded); {
	case errors.As(err, &refusal):
	case late:
		refusal = Busy
		if tellLate(r) {
			log.Error("a request was not answered in its time", "path", r.URL.Path, "error", err)
		}
	default:
		refusal = Refusal{http.StatusInternalServerError, "failed", "something failed here", "ask again later"}
		if over == nil {
			log.Error("a request was not answered", "path", r.URL.Path, "error", err)
		}
	}
	Refuse(w, refusal)
}

// JSON answers with a value that must not be kept.
func JSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, status, value)
}

// JSONContent is a value as JSON, to be served by Serve.
func JSONContent(value any) (Content, error) {
	b, err := json.MarshalIndent(value, "", "  ")
	return Content{Type: "application/json", Body: append(b, '\n')}, err
}

// LargeContent is a value as JSON that may be large, on one line: indenting it costs as much as
// making it.
func LargeContent(value any) (Content, error) {
	b, err := json.Marshal(value)
	return Content{Type: "application/json", Body: append(b, '\n')}, err
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	c, err := JSONContent(value)
	if err != nil {
		status, c.Body = http.StatusInternalServerError, nil
	}
	w.Header().Set("Content-Type", c.Type)
	w.WriteHeader(status)
	_, _ = w.Write(c.Body) // a reader that has gone is no fault
}

// Content is what a path answers with.
type Content struct {
	Type string
	Body []byte
	Keep Keep
	Next string // path of the next part; "": this is the last one
}

// Keep says how long an answer may be kept.
type Keep string

// The ways to keep an answer. The zero one asks again each time, and is spared the body
// if it is the same.
const (
	KeepNot   Keep = "no-cache"
	KeepShort Keep = "max-age=60"
	KeepEver  Keep = "max-age=31536000, immutable" // it never changes
)

// Serve answers with content, or says that what the client has is still right.
func Serve(w http.ResponseWriter, r *http.Request, c Content) {
	if c.Keep == "" {
		c.Keep = KeepNot
	}
	if c.Next != "" {
		w.Header().Set("Link", "<"+c.Next+`>; rel="next"`)
	}
	sum := sha256.Sum256(c.Body)
	w.Header().Set("Content-Type", c.Type)
	w.Header().Set("Cache-Control", string(c.Keep))
	w.Header().Set("ETag", `"`+base64.RawURLEncoding.EncodeToString(sum[:18])+`"`)
	allowed := writeTimeout + time.Duration(len(c.Body)/leastPace)*time.Second
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(allowed)) // where there is none, there is no need
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(c.Body))
}

// WantsJSON says whether a request prefers JSON where there are two forms of an answer:
// by ?format=json, or by an Accept header that names it.
func WantsJSON(r *http.Request) bool {
	if format := r.URL.Query().Get("format"); format != "" {
		return format == "json"
	}
	return strings.Contains(r.Header.Get("Accept"), "application/json")
}
