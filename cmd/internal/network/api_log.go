package network

import (
	"fmt"
	"net/http"

	"hexspot/cmd/internal/web"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// register registers the log of record ids.
func (c *checkpoints) register(mux *http.ServeMux) {
	for path, find := range map[string]func(*http.Request) (web.Content, error){
		"GET /v1/log":                     c.answerLogs,
		"GET /v1/log/{epoch}/checkpoint":  c.answerCheckpoint,
		"GET /v1/log/{epoch}/high-water":  c.answerMark,
		"GET /v1/log/{epoch}/consistency": c.answerConsistency,
		"GET /v1/log/{epoch}/inclusion":   c.answerInclusion,
		"GET /v1/log/{epoch}/ids":         c.answerIDs,
	} {
		mux.HandleFunc(path, web.Answer(c.log, find))
	}
}

// logJSON is a line of the list of logs.
type logJSON struct {
	Epoch      witness.Epoch `json:"epoch"`
	Size       uint64        `json:"size"` // of the checkpoint
	Root       log.Hash      `json:"root"`
	Frozen     bool          `json:"frozen"`
	Cosigners  int           `json:"cosigners"`
	Checkpoint string        `json:"checkpoint"` // where it is
}

// epochsJSON are consecutive epochs.
type epochsJSON struct {
	From witness.Epoch `json:"from"`
	To   witness.Epoch `json:"to"` // the last of them
}

func (c *checkpoints) answerLogs(*http.Request) (web.Content, error) {
	logs := []logJSON{}
	for _, epoch := range c.book.Epochs() {
		s, ok := c.last(epoch)
		if !ok {
			continue
		}
		at := s.Note.Checkpoint()
		logs = append(logs, logJSON{epoch, at.Size, at.Root, s.Mark != nil, len(s.Note.Cosigners()), fmt.Sprintf("/v1/log/%d/checkpoint", epoch)})
	}
	return web.JSONContent(map[string]any{"logs": logs, "older": c.olderEpochs()})
}

// olderEpochs are those whose logs the book has put away, in rows.
func (c *checkpoints) olderEpochs() []epochsJSON {
	c.mu.Lock()
	defer c.mu.Unlock()
	rows := []epochsJSON{}
	for _, epoch := range c.older {
		if last := len(rows) - 1; last >= 0 && rows[last].To+1 == epoch {
			rows[last].To = epoch
			continue
		}
		rows = append(rows, epochsJSON{epoch, epoch})
	}
	return rows
}

// of is the log in the path with what was shown of it last. Release it.
func (c *checkpoints) of(r *http.Request) (logView, error) {
	epoch, err := epochIn(r.PathValue("epoch"))
	if err != nil {
		return logView{}, err
	}
	return c.kept(r.Context(), epoch)
}

// frozen is of for what there is only when the log grows no more.
func (c *checkpoints) frozen(r *http.Request) (logView, error) {
	v, err := c.of(r)
	if err == nil && v.shown.Mark == nil {
		v.release()
		epoch := v.shown.Note.Checkpoint().Epoch
		err = web.Refusal{Status: http.StatusConflict, Refused: "not_frozen",
			Cause: fmt.Sprintf("epoch %d is not frozen", epoch), Cure: fmt.Sprintf("ask after %s", c.schedule.Freezes(epoch).Time().Format("2006-01-02T15:04:05Z"))}
	}
	return v, err
}

// answerCheckpoint gives the note with the signatures of stations, of which more may come.
func (c *checkpoints) answerCheckpoint(r *http.Request) (web.Content, error) {
	v, err := c.of(r)
	if err != nil {
		return web.Content{}, err
	}
	defer v.release()
	return web.Content{Type: "text/plain; charset=utf-8", Body: []byte(v.shown.Note.String())}, nil
}

func (c *checkpoints) answerMark(r *http.Request) (web.Content, error) {
	v, err := c.frozen(r)
	if err != nil {
		return web.Content{}, err
	}
	defer v.release()
	return web.Content{Type: protobuf, Body: v.shown.Mark.Bytes(), Keep: web.KeepEver}, nil
}

func (c *checkpoints) answerConsistency(r *http.Request) (web.Content, error) {
	v, err := c.of(r)
	if err != nil {
		return web.Content{}, err
	}
	defer v.release()
	proof, err := v.consistency(r.URL.Query())
	if err != nil {
		return web.Content{}, err
	}
	return web.Content{Type: "application/json", Body: proof.Encode()}, nil
}

func (c *checkpoints) answerInclusion(r *http.Request) (web.Content, error) {
	v, err := c.of(r)
	if err != nil {
		return web.Content{}, err
	}
	defer v.release()
	proof, err := v.inclusion(r.URL.Query())
	if err != nil {
		return web.Content{}, err
	}
	return web.Content{Type: "application/json", Body: proof.Encode()}, nil
}

// mostIDs bounds the ids of one answer: 512 KiB, which is in memory until it is read.
const mostIDs = 1 << 14

// answerIDs gives the ids of a frozen log, 32 bytes each, as `hexspot receipts check --log`
// reads them.
func (c *checkpoints) answerIDs(r *http.Request) (web.Content, error) {
	v, err := c.frozen(r)
	if err != nil {
		return web.Content{}, err
	}
	defer v.release()
	from, err := numberIn(r.URL.Query(), "from", 0, v.size())
	if err != nil {
		return web.Content{}, err
	}
	count, err := numberIn(r.URL.Query(), "count", min(mostIDs, v.size()-from), mostIDs)
	if err != nil {
		return web.Content{}, err
	}
	ids := make([]radio.RecordID, min(count, v.size()-from))
	if err := v.log.ReadIDs(from, ids); err != nil {
		return web.Content{}, err
	}
	body := make([]byte, 0, len(ids)*len(radio.RecordID{}))
	for _, id := range ids {
		body = append(body, id[:]...)
	}
	return web.Content{Type: "application/octet-stream", Body: body, Keep: web.KeepEver}, nil
}
