package network

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"hexspot/cmd/internal/web"
	"hexspot/coverage"
	"hexspot/internal/store"
	"hexspot/radio"
)

// register registers the registry of sites.
func (s *sites) register(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/sites", web.Answer(s.log, s.answerPage))
	mux.HandleFunc("GET /v1/sites/{station}", web.Answer(s.log, s.answerHistory))
	mux.HandleFunc("POST /v1/sites", s.post)
}

// siteJSON is a site for programs; gain and loss in 0.01 dB, the centre in mm.
type siteJSON struct {
	Station string `json:"station"`
	Change  uint64 `json:"change"`
	From    uint64 `json:"from_epoch"`
	Owner   string `json:"owner"`
	Cell    string `json:"cell"`
	X       int64  `json:"x"`
	Y       int64  `json:"y"`
	Z       int64  `json:"z"`
	Gain    int64  `json:"gain"`
	Loss    int64  `json:"loss"`
	Class   string `json:"class"`
	Plan    string `json:"plan"`
	Signed  []byte `json:"signed,omitempty"` // the change with all its signatures, base64
}

func siteToJSON(l coverage.Listing) siteJSON {
	s := l.Site
	return siteJSON{
		Station: l.Station.String(), Change: l.Nonce, From: l.From, Owner: s.Owner.String(), Cell: s.Cell.String(),
		X: int64(s.Center.X), Y: int64(s.Center.Y), Z: int64(s.Center.Z), Gain: int64(s.Gain), Loss: int64(s.Loss), Class: s.Class(), Plan: s.Plan,
	}
}

// pageKey names a form of a part of what is published in an epoch.
type pageKey struct {
	epoch uint64
	after radio.Station
	count uint64
	json  bool
}

// page is what was read of the registry.
type page struct {
	content web.Content
	read    time.Time
}

const (
	pageSites   = 500              // and no more, in one answer
	pageChanges = 100              // of one station
	mostPages   = 64               // that are kept, of some 200 kB
	freshForNow = 10 * time.Second // of an epoch that is not over: a change may be on its way into the book
	sitesPath   = "/v1/sites"
)

// answerPage gives sites of an epoch: a part of the file of its bundle, or JSON. All parts are
// the file, the first one with its head.
func (s *sites) answerPage(r *http.Request) (web.Content, error) {
	running := uint64(s.timing.Epoch(s.timing.SlotAt(present())))
	key, err := pageIn(r, running)
	if err != nil {
		return web.Content{}, err
	}
	if key.epoch > running+1 {
		return web.Content{}, web.Refusal{Status: http.StatusNotFound, Refused: "not_begun",
			Cause: fmt.Sprintf("epoch %d is far ahead: the next is %d", key.epoch, running+1), Cure: "ask when it has begun"}
	}
	return s.page(r.Context(), key, key.epoch < running)
}

func pageIn(r *http.Request, running uint64) (pageKey, error) {
	q, key := r.URL.Query(), pageKey{epoch: running, json: web.WantsJSON(r)}
	if text := q.Get("epoch"); text != "" {
		epoch, err := epochIn(text)
		if err != nil {
			return pageKey{}, err
		}
		key.epoch = uint64(epoch)
	}
	var err error
	if key.count, err = numberIn(q, "count", pageSites, pageSites); err != nil {
		return pageKey{}, err
	}
	if key.count == 0 {
		return pageKey{}, badQuery(fmt.Sprintf("count: want a number of 1 to %d", pageSites), "leave it out for all that a part may have")
	}
	if text := q.Get("after"); text != "" {
		if key.after, err = radio.ParseStation(text); err != nil {
			return pageKey{}, badStation(err)
		}
	}
	return key, nil
}

func badStation(err error) error {
	return web.Refusal{Status: http.StatusBadRequest, Refused: "station", Cause: err.Error(), Cure: "name a station by its text id, spot1..."}
}

// page reads a page, or finds it read. Nobody waits while another reads.
func (s *sites) page(ctx context.Context, key pageKey, over bool) (web.Content, error) {
	if c, ok := s.kept(key); ok {
		return c, nil
	}
	content, err := s.readPage(ctx, key)
	if err != nil {
		return web.Content{}, err
	}
	if over {
		content.Keep = web.KeepEver
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for old := range s.pages {
		if len(s.pages) >= mostPages {
			delete(s.pages, old)
		}
	}
	s.pages[key] = page{content, time.Now()}
	return content, nil
}

func (s *sites) kept(key pageKey) (web.Content, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.pages[key]
	return p.content, ok && (p.content.Keep == web.KeepEver || time.Since(p.read) < freshForNow)
}

func (s *sites) readPage(ctx context.Context, key pageKey) (web.Content, error) {
	read, err := s.book.Page(ctx, key.epoch, key.after, int(key.count))
	if err != nil {
		return web.Content{}, err
	}
	next := ""
	if read.More {
		q := url.Values{"epoch": {strconv.FormatUint(key.epoch, 10)}, "after": {read.Last.String()}, "count": {strconv.FormatUint(key.count, 10)}}
		if key.json {
			q.Set("format", "json")
		}
		next = sitesPath + "?" + q.Encode()
	}
	if key.json {
		return jsonPage(key.epoch, read.Listings, next)
	}
	text, err := s.textPage(key, read.Listings)
	return web.Content{Type: "text/plain; charset=utf-8", Body: text, Next: next}, err
}

func jsonPage(epoch uint64, listings []coverage.Listing, next string) (web.Content, error) {
	list := make([]siteJSON, len(listings))
	for i, l := range listings {
		list[i] = siteToJSON(l)
	}
	body, err := json.Marshal(struct {
		Epoch uint64     `json:"epoch"`
		Sites []siteJSON `json:"sites"`
		Next  string     `json:"next,omitempty"`
	}{epoch, list, next})
	return web.Content{Type: "application/json", Body: body, Next: next}, err
}

// textPage is the part of the file.
func (s *sites) textPage(key pageKey, listings []coverage.Listing) ([]byte, error) {
	var text bytes.Buffer
	err := coverage.WriteSnapshot(&text, s.network, key.epoch, func(yield func(coverage.Listing, error) bool) {
		for _, l := range listings {
			if !yield(l, nil) {
				return
			}
		}
	})
	if !key.after.IsZero() {
		_, err2 := text.ReadBytes('\n') // the first page has the head
		err = errors.Join(err, err2)
	}
	return text.Bytes(), err
}

// answerHistory gives changes of a station, with their signatures: from a number on.
func (s *sites) answerHistory(r *http.Request) (web.Content, error) {
	station, err := radio.ParseStation(r.PathValue("station"))
	if err != nil {
		return web.Content{}, badStation(err)
	}
	from, err := numberIn(r.URL.Query(), "from", 0, 1<<40)
	if err != nil {
		return web.Content{}, err
	}
	history, err := s.book.Changes(r.Context(), station, from, pageChanges)
	if err != nil {
		return web.Content{}, err
	}
	next, err := s.book.NextNonce(r.Context(), station)
	if err != nil {
		return web.Content{}, err
	}
	if next == 0 {
		return web.Content{}, web.Refusal{Status: http.StatusNotFound, Refused: "unknown_station",
			Cause: "the registry has no site of this station", Cure: "sign one with 'hexspot site sign' and 'hexnet site sign', and send it to POST /v1/sites"}
	}
	return historyPage(station, history, next)
}

func historyPage(station radio.Station, history []store.Record, next uint64) (web.Content, error) {
	changes, more := make([]siteJSON, len(history)), ""
	for i, record := range history {
		changes[i] = siteToJSON(coverage.Listing{Station: station, Entry: record.Entry})
		changes[i].Signed = record.Signed
		if record.Nonce+1 < next && i == len(history)-1 {
			more = fmt.Sprintf("%s/%s?from=%d", sitesPath, station, record.Nonce+1)
		}
	}
	c, err := web.JSONContent(struct {
		Station string     `json:"station"`
		Next    uint64     `json:"next_change"`
		Changes []siteJSON `json:"changes"`
		More    string     `json:"next,omitempty"`
	}{station.String(), next, changes, more})
	c.Next = more
	return c, err
}
