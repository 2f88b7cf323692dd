package network

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"hexspot/cmd/internal/web"
	"hexspot/gateway/broker"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// answer answers a station's question: EPOCH/consistency?from=N&to=N, or
// EPOCH/inclusion?index=N&size=N. What is asked over HTTP below /v1/log/ can be asked here,
// for a hotspot that has no HTTP.
func (c *checkpoints) answer(m broker.Message) error {
	if len(m.Payload) > log.MaxAsk || !utf8.Valid(m.Payload) {
		return nil
	}
	a := c.find(string(m.Payload))
	return c.publish(stationTopic(m.Station, "proof"), a.Encode(), false)
}

func (c *checkpoints) find(ask string) log.Answer {
	a := log.Answer{Ask: ask}
	path, query, _ := strings.Cut(ask, "?")
	text, what, _ := strings.Cut(path, "/")
	values, err := url.ParseQuery(query)
	if err == nil {
		err = c.prove(&a, text, what, values)
	}
	if err != nil {
		a.Refused = err.Error()[:min(len(err.Error()), 200)]
	}
	return a
}

// prove proves from the logs at hand only: opening one that was put away takes its time, and
// a station's receipts are of the others.
func (c *checkpoints) prove(a *log.Answer, text, what string, q url.Values) error {
	epoch, err := epochIn(text)
	if err != nil {
		return err
	}
	v, err := c.atHand(epoch)
	if err != nil {
		return err
	}
	defer v.release()
	switch what {
	case "consistency":
		a.Consistency, err = v.consistency(q)
	case "inclusion":
		a.Inclusion, err = v.inclusion(q)
	default:
		err = badQuery("want EPOCH/consistency or EPOCH/inclusion", "put one of the two behind the epoch")
	}
	return err
}

// size is that of what was shown: nothing beyond is proven.
func (v logView) size() uint64 { return v.shown.Note.Checkpoint().Size }

// consistency proves that a log grew: from a size to another, both of what was shown.
func (v logView) consistency(q url.Values) (*log.Consistency, error) {
	from, err := numberIn(q, "from", 0, v.size())
	if err != nil {
		return nil, err
	}
	to, err := numberIn(q, "to", v.size(), v.size())
	if err != nil {
		return nil, err
	}
	if from > to {
		return nil, badQuery("from is more than to", "leave to out for the whole checkpoint, or give a lower from")
	}
	proof, err := v.log.Extend(from, to)
	return &proof, err
}

// inclusion proves what the log has at an index, or that it has a record.
func (v logView) inclusion(q url.Values) (*log.Inclusion, error) {
	size, err := numberIn(q, "size", v.size(), v.size())
	if err != nil {
		return nil, err
	}
	if q.Has("id") == q.Has("index") && err == nil {
		err = badQuery("want a record's id or its index, and not both", "take one of the two from the receipt: id=64 hexadecimal digits, or index=N")
	}
	if err != nil {
		return nil, err
	}
	index, err := numberIn(q, "index", 0, log.MaxSize)
	if q.Has("id") {
		index, err = indexOf(v.log, q.Get("id"))
	}
	if err != nil {
		return nil, err
	}
	if index >= size {
		return nil, web.Refusal{Status: http.StatusNotFound, Refused: "not_in_checkpoint",
			Cause: fmt.Sprintf("the checkpoint has %d records, this is number %d", size, index), Cure: "ask again when a larger checkpoint is shown"}
	}
	proof, err := v.log.Include(index, size)
	return &proof, err
}

func indexOf(l *log.Log, text string) (uint64, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(radio.RecordID{}) {
		return 0, badQuery("id: want the record id, 64 hexadecimal digits", "take it from the receipt, or ask by index")
	}
	place, err := l.Find(radio.RecordID(b))
	if err == nil && !place.Known {
		err = web.Refusal{Status: http.StatusNotFound, Refused: "unknown_record",
			Cause: "the log of this epoch has no such record", Cure: "take the epoch from the receipt; without a receipt send the record again"}
	}
	return place.Index, err
}

func noCheckpoint(e witness.Epoch) error {
	return web.Refusal{Status: http.StatusNotFound, Refused: "no_checkpoint",
		Cause: fmt.Sprintf("no checkpoint of epoch %d is kept here", e), Cure: "GET /v1/log lists what is there; of an empty log none is shown until its epoch is frozen"}
}

func badQuery(cause, cure string) error {
	return web.Refusal{Status: http.StatusBadRequest, Refused: "query", Cause: cause, Cure: cure}
}

// epochIn reads an epoch.
func epochIn(text string) (witness.Epoch, error) {
	n, err := strconv.ParseUint(text, 10, 40)
	if err != nil {
		return 0, badQuery(fmt.Sprintf("%.20q is no epoch", text), "GET /v1/log lists the epochs there are")
	}
	return witness.Epoch(n), nil
}

// numberIn reads a number of a query, which has a value if it is left out.
func numberIn(q url.Values, name string, otherwise, most uint64) (uint64, error) {
	if !q.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.ParseUint(q.Get(name), 10, 64)
	if err != nil || n > most {
		return 0, badQuery(fmt.Sprintf("%s: want a number of 0 to %d", name, most), "leave it out, or give a number of these")
	}
	return n, nil
}
