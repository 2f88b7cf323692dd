package web

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"hexspot/cmd/internal/pace"
)

const (
	gatePatience = 5 * time.Second // that a request waits to be let in
	answerTime   = 8 * time.Second // that an answer may take, with the waiting: writeTimeout is left to say so
)

// Gate lets so many answers be worked out at a time. Others wait for a while, then they are
// told that it is busy; whoever has gone waits no longer. Addresses take turns, and of one address
// the cheap requests come first (turns). Clients are slow as they like: a body, of which a handler sees no more than a
// byte beyond most, is read before, and the answer is sent after the next one was let in.
func Gate(atATime int, most int64, price func(*http.Request) int, next http.Handler) http.Handler {
	turns := newTurns(atATime)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			read, err := io.ReadAll(io.LimitReader(r.Body, most+1))
			r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(read), failing{err}))
		}
		patience, cancel := context.WithTimeout(r.Context(), gatePatience)
		defer cancel()
		if !turns.enter(patience, From(r), price(r), time.Now()) {
			Refuse(w, Busy)
			return
		}
		leave := sync.OnceFunc(func() { turns.leave(time.Now()) })
		defer leave()
		next.ServeHTTP(&leaving{w, leave}, r)
	})
}

// failing is a body that was not read to its end, nil: it was.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

// leaving makes room when an answer begins.
type leaving struct {
	http.ResponseWriter
	leave func()
}

// WriteHeader begins the answer.
func (l *leaving) WriteHeader(status int) {
	l.leave()
	l.ResponseWriter.WriteHeader(status)
}

// Write begins the answer, if nothing did.
func (l *leaving) Write(b []byte) (int, error) {
	l.leave()
	return l.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (l *leaving) Unwrap() http.ResponseWriter { return l.ResponseWriter }

// Busy refuses what there is no time for now.
var Busy = Refusal{http.StatusServiceUnavailable, "busy", "too much is asked at the same time", "ask again later"}

// lateKey is where a request has the pace at which late answers are logged, a *pace.Buckets.
type lateKey struct{}

// tellLate says whether a late answer is logged: one a minute, strangers can cause many.
func tellLate(r *http.Request) bool {
	told, paced := r.Context().Value(lateKey{}).(*pace.Buckets[string])
	return !paced || told.Allow("", time.Now())
}

// withTime bounds what an answer may take.
func withTime(next http.Handler) http.Handler {
	told := pace.New[string](1.0/60, 1, 1)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), lateKey{}, told), answerTime)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
