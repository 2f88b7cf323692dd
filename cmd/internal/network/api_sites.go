package network

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"hexspot/cmd/internal/web"
	"hexspot/coverage"
	"hexspot/radio"
)

// register registers the registry of sites.
func (s *sites) register(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/sites", web.Answer(s.log, s.answerSnapshot))
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

// snapshotKey names a form of what is published in an epoch.
type snapshotKey struct {
	epoch uint64
	json  bool
}

// snapshot is what was read of the registry.
type snapshot struct {
	content web.Content
	read    time.Time
}

const (
	mostSnapshots = 4
	freshSnapshot = 10 * time.Second // of an epoch that is not over: a change may be on its way into the book
)

// answerSnapshot gives the sites of an epoch: the file of its bundle, or JSON.
func (s *sites) answerSnapshot(r *http.Request) (web.Content, error) {
	running := uint64(s.timing.Epoch(s.timing.SlotAt(present())))
	key := snapshotKey{running, web.WantsJSON(r)}
	if text := r.URL.Query().Get("epoch"); text != "" {
		epoch, err := epochIn(text)
		if err != nil {
			return web.Content{}, err
		}
		key.epoch = uint64(epoch)
	}
	if key.epoch > running+1 {
		return web.Content{}, web.Refusal{Status: http.StatusNotFound, Refused: "not_begun",
			Cause: fmt.Sprintf("epoch %d is far ahead: the next is %d", key.epoch, running+1), Cure: "ask when it has begun"}
	}
	return s.snapshot(r.Context(), key, key.epoch < running)
}

// snapshot reads the registry once for all who ask at the same time.
func (s *sites) snapshot(ctx context.Context, key snapshotKey, over bool) (web.Content, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if kept, ok := s.snapshots[key]; ok && (kept.content.Keep == web.KeepEver || time.Since(kept.read) < freshSnapshot) {
		return kept.content, nil
	}
	content, err := s.readSnapshot(ctx, key)
	if err != nil {
		return web.Content{}, err
	}
	if over {
		content.Keep = web.KeepEver
	}
	for old := range s.snapshots {
		if len(s.snapshots) >= mostSnapshots {
			delete(s.snapshots, old)
		}
	}
	s.snapshots[key] = snapshot{content, time.Now()}
	return content, nil
}

func (s *sites) readSnapshot(ctx context.Context, key snapshotKey) (web.Content, error) {
	if !key.json {
		var text bytes.Buffer
		err := coverage.WriteSnapshot(&text, s.network, key.epoch, s.book.Snapshot(ctx, key.epoch))
		return web.Content{Type: "text/plain; charset=utf-8", Body: text.Bytes()}, err
	}
	list := []siteJSON{}
	for l, err := range s.book.Snapshot(ctx, key.epoch) {
		if err != nil {
			return web.Content{}, err
		}
		list = append(list, siteToJSON(l))
	}
	body, err := json.Marshal(map[string]any{"epoch": key.epoch, "sites": list})
	return web.Content{Type: "application/json", Body: body}, err
}

// answerHistory gives every change of a station, with its signatures.
func (s *sites) answerHistory(r *http.Request) (web.Content, error) {
	station, err := radio.ParseStation(r.PathValue("station"))
	if err != nil {
		return web.Content{}, web.Refusal{Status: http.StatusBadRequest, Refused: "station", Cause: err.Error(), Cure: "name a station by its text id, spot1..."}
	}
	history, err := s.book.History(r.Context(), station)
	if err != nil {
		return web.Content{}, err
	}
	if len(history) == 0 {
		return web.Content{}, web.Refusal{Status: http.StatusNotFound, Refused: "unknown_station",
			Cause: "the registry has no site of this station", Cure: "sign one with 'hexspot site sign' and 'hexnet site sign', and send it to POST /v1/sites"}
	}
	changes := make([]siteJSON, len(history))
	for i, record := range history {
		changes[i] = siteToJSON(coverage.Listing{Station: station, Entry: record.Entry})
		changes[i].Signed = record.Signed
	}
	return web.JSONContent(map[string]any{"station": station.String(), "next_change": len(history), "changes": changes})
}
