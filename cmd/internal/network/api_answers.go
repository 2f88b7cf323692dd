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
	"hexspot/cmd/internal/web"
	"hexspot/internal/store"
	"hexspot/radio"
	"hexspot/witness"
)

// appealDesk answers owners about frozen epochs, and takes their appeals.
type appealDesk struct {
	provingParts
	book   *answers.Book
	sites  *store.Book
	counts appealCounts
	earlierAppeals

	public *publicEntropy
}

func newAppealDesk(p provingParts, data Data, sites *store.Book) *appealDesk {
	d := &appealDesk{provingParts: p, book: answers.NewBook(data.Verdicts()), sites: sites}
	d.book.KnowSites(firstSite(sites))
	return d
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
	return d.enter(r.Context(), body, d.now())
}

// enter checks that there is something to appeal against, signatures and that the station is
// known, and journals the appeal. Whether it is a good one is for the verifier to say.
func (d *appealDesk) enter(ctx context.Context, encoded []byte, now witness.Millis) (appealTaken, error) {
	file, err := witness.ParseAppealFile(encoded)
	if err != nil {
		return appealTaken{}, web.Refusal{Status: http.StatusBadRequest, Refused: "encoding", Cause: err.Error(), Cure: "send what 'hexnet witness appeal submit' sends"}
	}
	if err := d.countEarlier(ctx, now); err != nil {
		return appealTaken{}, err
	}
	epoch, station := d.schedule.Epoch(d.schedule.SlotAt(now)), file.Record.Station
	if err := d.check(ctx, &file, epoch); err != nil {
		return appealTaken{}, err
	}
	err = d.book.Complete(&file, d.network, d.schedule.Timing, d.public.around)
	if errors.Is(err, answers.ErrEpochs) {
		err = web.Refusal{Status: http.StatusUnprocessableEntity, Refused: "epochs", Cause: err.Error(), Cure: "name evidence of fewer epochs"}
	}
	if err != nil {
		return appealTaken{}, err
	}
	message := file.Append(nil)
	if len(message) > witness.MaxAppealFile {
		return appealTaken{}, web.Refusal{Status: http.StatusRequestEntityTooLarge, Refused: "size", Cause: fmt.Sprintf("more than %d bytes with the entropy of the evidence", witness.MaxAppealFile), Cure: "name less evidence"}
	}
	id := file.Record.ID(d.network)
	switch d.counts.take(epoch, station, id, len(message)) {
	case appealTooMany:
		return appealTaken{}, tooManyAppeals
	case appealBusy:
		return appealTaken{}, appealOnItsWay
	case appealAgain:
		return appealTaken{id.String(), epoch}, nil
	}
	if err := d.keep(ctx, string(radio.KindAppeal), id[0], id.String(), now, message); err != nil {
		d.counts.giveBack(epoch, station, id)
		return appealTaken{}, fmt.Errorf("journaling an appeal: %w", err)
	}
	d.counts.kept(epoch, station, id)
	return appealTaken{id.String(), epoch}, nil
}

var tooManyAppeals = web.Refusal{
	Status: http.StatusTooManyRequests, Refused: "rate", Cause: "the station has appealed too often in this epoch",
	Cure: "appeal again in the next one, with all evidence in one",
}

var appealOnItsWay = web.Refusal{
	Status: http.StatusServiceUnavailable, Refused: "busy", Cause: "the same appeal is being written to the journal",
	Cure: "send it again in a moment",
}

// check has what costs little first: whoever has nothing to appeal against costs no
// signatures and is not counted.
func (d *appealDesk) check(ctx context.Context, file *witness.AppealFile, epoch witness.Epoch) error {
	station := file.Record.Station
	appeal, err := witness.ParseAppeal(file.Record.Body)
	if err != nil {
		return web.Refusal{Status: http.StatusBadRequest, Refused: "encoding", Cause: err.Error(), Cure: "send what 'hexnet witness appeal submit' sends"}
	}
	below, newest, err := d.book.IsBelow(appeal.Subject(station))
	switch {
	case errors.Is(err, answers.ErrUnknown):
		return web.Refusal{Status: http.StatusUnprocessableEntity, Refused: "below_half", Cause: "no weight is published yet", Cure: "nothing: there is nothing to appeal against"}
	case err != nil:
		return err
	case !below:
		return web.Refusal{Status: http.StatusUnprocessableEntity, Refused: "below_half", Cause: fmt.Sprintf("epoch %d, the newest that is verified, has no weight below one half of this station or link", newest), Cure: "nothing: there is nothing to appeal against"}
	}
	if !d.counts.wouldTake(epoch, station, file.Record.ID(d.network), len(file.Record.Body)) {
		return tooManyAppeals
	}
	if _, err := file.Verify(d.network); err != nil {
		return web.Refusal{Status: http.StatusForbidden, Refused: "signature", Cause: err.Error(), Cure: "let the station sign with 'hexspot appeal sign' for this network, and send all evidence that it names"}
	}
	known, err := registered{d.sites}.Known(ctx, station, epoch)
	if err == nil && !known {
		err = web.Refusal{Status: http.StatusForbidden, Refused: "unknown_station", Cause: "the registry has no site of this station", Cure: "publish one first"}
	}
	return err
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
