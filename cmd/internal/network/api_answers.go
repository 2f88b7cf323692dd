package network

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"hexspot/cmd/internal/answers"
	"hexspot/cmd/internal/pace"
	"hexspot/cmd/internal/web"
	"hexspot/internal/store"
	"hexspot/radio"
	"hexspot/witness"
)

// appealDesk answers owners about frozen epochs, and takes their appeals.
type appealDesk struct {
	provingParts
	book  *answers.Book
	sites *store.Book
	asked *pace.Buckets[radio.Station]

	public *publicEntropy
}

// A station may appeal as often in a day as appeals are judged in an epoch, at once.
const (
	appealRate   = float64(witness.MostAppeals) / (24 * 60 * 60)
	mostAppealed = 16_384 // stations
)

func newAppealDesk(p provingParts, data Data, sites *store.Book) *appealDesk {
	return &appealDesk{
		provingParts: p, book: answers.NewBook(data.Verdicts()), sites: sites,
		asked: pace.New[radio.Station](appealRate, witness.MostAppeals, mostAppealed),
	}
}

func (d *appealDesk) register(mux *http.ServeMux) {
	d.book.Register(mux, d.log)
	mux.HandleFunc("POST /v1/witness/appeals", d.post)
}

// appealTaken answers on an appeal that is in the journal.
type appealTaken struct {
	Appeal string        `json:"appeal"` // the id of its record
	Epoch  witness.Epoch `json:"epoch"`  // in whose verdicts the outcome will be
}

// post takes an appeal: its bytes, or these as a line of base64 for URLs. It is in
// the journal when it is answered. Its outcome is published with the epoch; until then
// nobody is shown it.
func (d *appealDesk) post(w http.ResponseWriter, r *http.Request) {
	taken, err := d.take(w, r)
	if err != nil {
		web.Fail(w, r, d.log, err)
		return
	}
	web.JSON(w, http.StatusAccepted, taken)
}

func (d *appealDesk) take(w http.ResponseWriter, r *http.Request) (appealTaken, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 2*witness.MaxAppealFile))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return appealTaken{}, web.Refusal{Status: http.StatusRequestEntityTooLarge, Refused: "size", Cause: fmt.Sprintf("more than %d bytes", large.Limit), Cure: "name less evidence"}
	case err != nil:
		return appealTaken{}, web.Refusal{Status: http.StatusBadRequest, Refused: "encoding", Cause: "the body was not read to its end", Cure: "send it again"}
	}
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != protobuf && kind != "application/octet-stream" {
		if body, err = ParseAppealText(string(body)); err != nil {
			return appealTaken{}, web.Refusal{Status: http.StatusBadRequest, Refused: "encoding", Cause: err.Error(), Cure: "send what 'hexnet witness appeal submit' sends"}
		}
	}
	return d.enter(r.Context(), body, present())
}

// enter checks signatures and that the station is known, and journals the appeal. Whether
// it is a good one is for the verifier to say.
func (d *appealDesk) enter(ctx context.Context, encoded []byte, now witness.Millis) (appealTaken, error) {
	file, err := witness.ParseAppealFile(encoded)
	if err != nil {
		return appealTaken{}, web.Refusal{Status: http.StatusBadRequest, Refused: "encoding", Cause: err.Error(), Cure: "send what 'hexnet witness appeal submit' sends"}
	}
	if _, err := file.Verify(d.network); err != nil {
		return appealTaken{}, web.Refusal{Status: http.StatusForbidden, Refused: "signature", Cause: err.Error(), Cure: "let the station sign with 'hexspot appeal sign' for this network, and send all evidence that it names"}
	}
	epoch := d.schedule.Epoch(d.schedule.SlotAt(now))
	known, err := registered{d.sites}.Known(ctx, file.Record.Station, epoch)
	if err != nil {
		return appealTaken{}, err
	}
	if !known {
		return appealTaken{}, web.Refusal{Status: http.StatusForbidden, Refused: "unknown_station", Cause: "the registry has no site of this station", Cure: "publish one first"}
	}
	if !d.asked.Allow(file.Record.Station, now.Time()) {
		return appealTaken{}, web.Refusal{Status: http.StatusTooManyRequests, Refused: "rate", Cause: "the station has appealed too often today", Cure: "appeal again tomorrow, with all evidence in one"}
	}
	err = d.book.Complete(&file, d.network, d.schedule.Timing, d.public.around)
	if errors.Is(err, answers.ErrEpochs) {
		err = web.Refusal{Status: http.StatusUnprocessableEntity, Refused: "epochs", Cause: err.Error(), Cure: "name evidence of fewer epochs"}
	}
	if err != nil {
		return appealTaken{}, err
	}
	id := file.Record.ID(d.network)
	if err := d.keep(ctx, string(radio.KindAppeal), id[0], id.String(), now, file.Append(nil)); err != nil {
		return appealTaken{}, fmt.Errorf("journaling an appeal: %w", err)
	}
	return appealTaken{id.String(), epoch}, nil
}

// ParseAppealText reads an appeal as one line of base64 for URLs, as tools print it.
func ParseAppealText(text string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil, errors.New("no appeal: want one line of base64 for URLs")
	}
	return b, nil
}

// around are the public anchors that cover a slot, and the public values: the newest, and
// the last of chains that are just over.
func (p *publicEntropy) around(k witness.Slot) (anchors []radio.Signed, values []witness.Value) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.anchors {
		if a, err := witness.ParseAnchor(s.Body); err == nil && a.Covers(k) {
			anchors = append(anchors, s)
		}
	}
	return anchors, slices.Clone(p.values)
}
