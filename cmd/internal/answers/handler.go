package answers

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"hexspot/cmd/internal/web"
	"hexspot/radio"
	"hexspot/witness"
)

// Register registers the paths of the book below /v1/witness/. The log is told what answers
// are made without.
func (b *Book) Register(mux *http.ServeMux, log *slog.Logger) {
	b.log = log
	for path, find := range map[string]func(*http.Request) (web.Content, error){
		"GET /v1/witness/epochs":                           b.serveEpochs,
		"GET /v1/witness/reports/{id}":                     b.serveReport,
		"GET /v1/witness/stations/{station}":               b.serveDays,
		"GET /v1/witness/stations/{station}/epochs/{n}":    b.serveStation,
		"GET /v1/witness/stations/{station}/epochs/newest": b.serveStation,
	} {
		mux.HandleFunc(path, web.Answer(log, known(find)))
	}
}

// known turns what is not there into a refusal.
func known(find func(*http.Request) (web.Content, error)) func(*http.Request) (web.Content, error) {
	return func(r *http.Request) (web.Content, error) {
		c, err := find(r)
		if refusal, ok := RefusalOf(err); ok {
			err = refusal
		}
		return c, err
	}
}

// RefusalOf tells of what is not there why, and what would help, for programs; false of any other error, and
// of none.
func RefusalOf(err error) (web.Refusal, bool) {
	var early notYetError
	var none noVerdictError
	no := web.Refusal{Status: http.StatusNotFound}
	switch {
	case errors.As(err, &early):
		cause := witness.NotYet(early.from)
		no.Refused, no.Cause, no.Cure = cause.Name, cause.Says, cause.Cure
	case errors.Is(err, ErrNotRegistered):
		no.Refused, no.Cause, no.Cure = notRegistered.Name, notRegistered.Says, notRegistered.Cure
	case errors.As(err, &none):
		no.Refused, no.Cause, no.Cure = "unknown", none.cause(), noVerdictCure
	case errors.Is(err, ErrUnknown):
		no.Refused, no.Cause = "unknown", err.Error()
		no.Cure = "ask when the epoch is frozen and verified; until then a report is its sender's only: 'hexspot receipts list' lists what was answered"
	default:
		return no, false
	}
	return no, true
}

func (b *Book) serveEpochs(*http.Request) (web.Content, error) {
	list, err := b.Epochs()
	if err != nil {
		return web.Content{}, err
	}
	if list == nil {
		list = []witness.Epoch{}
	}
	return web.JSONContent(map[string][]witness.Epoch{"epochs": list})
}

func (b *Book) serveReport(r *http.Request) (web.Content, error) {
	id, err := ParseID(r.PathValue("id"))
	if err != nil {
		return web.Content{}, bad("id", err)
	}
	var only *witness.Epoch
	if text := r.URL.Query().Get("epoch"); text != "" {
		if only, err = parseEpoch(text); err != nil {
			return web.Content{}, bad("epoch", err)
		}
	}
	answer, err := b.Report(r.Context(), id, only)
	if err != nil {
		return web.Content{}, err
	}
	keep := web.KeepEver
	if only == nil || answer.mayChange() {
		keep = web.KeepShort
	}
	return content(r, keep, &answer, web.JSONContent)
}

func (b *Book) serveDays(r *http.Request) (web.Content, error) {
	s, err := radio.ParseStation(r.PathValue("station"))
	if err != nil {
		return web.Content{}, bad("station", err)
	}
	days, err := b.Days(r.Context(), s)
	if err != nil {
		return web.Content{}, err
	}
	return web.JSONContent(daysOf(s, days))
}

func (b *Book) serveStation(r *http.Request) (web.Content, error) {
	s, err := radio.ParseStation(r.PathValue("station"))
	if err != nil {
		return web.Content{}, bad("station", err)
	}
	var only *witness.Epoch
	keep := web.KeepShort
	if text := r.PathValue("n"); text != "" {
		if only, err = parseEpoch(text); err != nil {
			return web.Content{}, bad("epoch", err)
		}
		keep = web.KeepEver
	}
	answer, err := b.Station(r.Context(), s, only)
	if err != nil {
		return web.Content{}, err
	}
	if answer.Cause != nil && answer.Cause.Name == notRegistered.Name {
		keep = web.KeepShort // a first site may be entered, and is told
	}
	return content(r, keep, &answer, web.LargeContent)
}

// told is an answer in both forms.
type told interface {
	JSON() any
	WriteText(io.Writer) error
}

// content is JSON, or text where a request asks for it.
func content(r *http.Request, keep web.Keep, answer told, encode func(any) (web.Content, error)) (web.Content, error) {
	if r.URL.Query().Get("format") == "text" || strings.HasPrefix(r.Header.Get("Accept"), "text/plain") {
		var text bytes.Buffer
		err := answer.WriteText(&text)
		return web.Content{Type: "text/plain; charset=utf-8", Body: text.Bytes(), Keep: keep}, err
	}
	c, err := encode(answer.JSON())
	c.Keep = keep
	return c, err
}

// cures say what to send instead.
var cures = map[string]string{
	"id":      "name a record by its id, 64 digits of 0-9 and a-f, as its receipt has it",
	"epoch":   "name an epoch by its number; GET /v1/witness/epochs lists those that are verified",
	"station": "name a station by its text id, spot1...",
}

func bad(what string, err error) error {
	return web.Refusal{Status: http.StatusBadRequest, Refused: what, Cause: err.Error(), Cure: cures[what]}
}

// ParseID reads the id of a record, 64 hexadecimal digits.
func ParseID(text string) (radio.RecordID, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(radio.RecordID{}) {
		return radio.RecordID{}, fmt.Errorf("%.80q is no id of a record: want 64 hexadecimal digits", text)
	}
	return radio.RecordID(b), nil
}

func parseEpoch(text string) (*witness.Epoch, error) {
	n, err := strconv.ParseUint(text, 10, 40)
	if err != nil {
		return nil, fmt.Errorf("%.40q is no epoch", text)
	}
	epoch := witness.Epoch(n)
	return &epoch, nil
}
