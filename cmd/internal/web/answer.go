package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Refusal says, as JSON, why a request is not served.
type Refusal struct {
	Refused string `json:"refused"` // a name that programs can tell apart
	Cause   string `json:"cause"`   // for people
	Cure    string `json:"cure"`    // what would make it work
}

// Refuse answers with a refusal.
func Refuse(w http.ResponseWriter, status int, r Refusal) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Del("ETag")
	writeJSON(w, status, r)
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
	sum := sha256.Sum256(c.Body)
	w.Header().Set("Content-Type", c.Type)
	w.Header().Set("Cache-Control", string(c.Keep))
	w.Header().Set("ETag", `"`+base64.RawURLEncoding.EncodeToString(sum[:18])+`"`)
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
