package network

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"hexspot/cmd/internal/web"
	"hexspot/witness"
)

// siteAnswers say what HTTP makes of the reasons, and what to do.
var siteAnswers = map[witness.RefusalReason]struct {
	status int
	cure   string
}{
	witness.RefusedSize:      {http.StatusRequestEntityTooLarge, "send one change"},
	witness.RefusedEncoding:  {http.StatusBadRequest, "send the line that 'hexnet site sign' prints, or its bytes"},
	witness.RefusedSite:      {http.StatusUnprocessableEntity, "sign a site that can be: a cell of resolution 12 to 8, a plan by its name, an owner"},
	witness.RefusedSignature: {http.StatusForbidden, "let the station sign with 'hexspot site sign' and the owner with 'hexnet site sign', both for this network"},
	witness.RefusedDeadline:  {http.StatusForbidden, "sign anew, with a later deadline"},
	witness.RefusedNonce:     {http.StatusConflict, "sign anew with the number that GET /v1/sites/STATION states as next_change; 0 for a station's first"},
	witness.RefusedOwner:     {http.StatusForbidden, "let the account that owns the station sign as well"},
	witness.RefusedRate:      {http.StatusTooManyRequests, "wait some minutes"},
}

// refusal is the fault for whoever sent the change by HTTP.
func (f siteFault) refusal() web.Refusal {
	a := siteAnswers[f.reason]
	r := web.Refusal{Status: a.status, Refused: string(f.reason), Cause: f.text, Cure: cmp.Or(f.cure, a.cure)}
	if f.full {
		r.Status, r.Refused = http.StatusServiceUnavailable, "full"
	}
	return r
}

// siteEntered answers on a change that is entered.
type siteEntered struct {
	Station string        `json:"station"`
	Change  uint64        `json:"change"`
	From    witness.Epoch `json:"from_epoch"`
}

// post enters a change: its bytes, or the line that `hexnet site sign` prints.
func (s *sites) post(w http.ResponseWriter, r *http.Request) {
	e, err := s.enterPosted(w, r)
	var fault siteFault
	switch {
	case errors.As(err, &fault):
		web.Refuse(w, fault.refusal())
	case err != nil:
		web.Fail(w, r, s.log, err)
	default:
		status := http.StatusCreated
		if e.Again {
			status = http.StatusOK
		}
		web.JSON(w, status, siteEntered{e.Station.String(), e.Nonce, e.From})
	}
}

func (s *sites) enterPosted(w http.ResponseWriter, r *http.Request) (Entry, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 2*witness.MaxSiteChange))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return Entry{}, siteFault{reason: witness.RefusedSize, text: "more than " + strconv.FormatInt(large.Limit, 10) + " bytes"}
	case err != nil:
		return Entry{}, siteFault{reason: witness.RefusedEncoding, text: "the body was not read to its end"}
	}
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if kind != protobuf && kind != "application/octet-stream" {
		if body, err = ParseSiteText(string(body)); err != nil {
			return Entry{}, siteFault{reason: witness.RefusedEncoding, text: err.Error()}
		}
	}
	return s.enter(r.Context(), body, web.From(r), present())
}
