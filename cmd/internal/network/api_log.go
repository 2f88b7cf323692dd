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
	return web.JSONContent(map[string]any{"logs": logs})
}

// of is what was shown of the log in the path.
func (c *checkpoints) of(r *http.Request) (log.Shown, error) {
	epoch, err := epochIn(r.PathValue("epoch"))
	if err != nil {
		return log.Shown{}, err
	}
	s, ok := c.last(epoch)
	if !ok {
		return log.Shown{}, noCheckpoint(epoch)
	}
	return s, nil
}

// frozen is of for what there is only when the log grows no more.
func (c *checkpoints) frozen(r *http.Request) (log.Shown, error) {
	s, err := c.of(r)
	if err == nil && s.Mark == nil {
		epoch := s.Note.Checkpoint().Epoch
		err = web.Refusal{Status: http.StatusConflict, Refused: "not_frozen",
			Cause: fmt.Sprintf("epoch %d is not frozen", epoch), Cure: fmt.Sprintf("ask after %s", c.schedule.Freezes(epoch).Time().Format("2006-01-02T15:04:05Z"))}
	}
	return s, err
}

// answerCheckpoint gives the note with the signatures of stations, of which more may come.
func (c *checkpoints) answerCheckpoint(r *http.Request) (web.Content, error) {
	s, err := c.of(r)
	return web.Content{Type: "text/plain; charset=utf-8", Body: []byte(s.Note.String())}, err
}

func (c *checkpoints) answerMark(r *http.Request) (web.Content, error) {
	s, err := c.frozen(r)
	if err != nil {
		return web.Content{}, err
	}
	return web.Content{Type: protobuf, Body: s.Mark.Bytes(), Keep: web.KeepEver}, nil
}

func (c *checkpoints) answerConsistency(r *http.Request) (web.Content, error) {
	proof, err := c.consistency(r.PathValue("epoch"), r.URL.Query())
	if err != nil {
		return web.Content{}, err
	}
	return web.Content{Type: "application/json", Body: proof.Encode()}, nil
}

func (c *checkpoints) answerInclusion(r *http.Request) (web.Content, error) {
	proof, err := c.inclusion(r.PathValue("epoch"), r.URL.Query())
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
	s, err := c.frozen(r)
	if err != nil {
		return web.Content{}, err
	}
	at := s.Note.Checkpoint()
	from, err := numberIn(r.URL.Query(), "from", 0, at.Size)
	if err != nil {
		return web.Content{}, err
	}
	count, err := numberIn(r.URL.Query(), "count", min(mostIDs, at.Size-from), mostIDs)
	if err != nil {
		return web.Content{}, err
	}
	l := c.book.Log(at.Epoch)
	if l == nil {
		return web.Content{}, noCheckpoint(at.Epoch)
	}
	ids := make([]radio.RecordID, min(count, at.Size-from))
	if err := l.ReadIDs(from, ids); err != nil {
		return web.Content{}, err
	}
	body := make([]byte, 0, len(ids)*len(radio.RecordID{}))
	for _, id := range ids {
		body = append(body, id[:]...)
	}
	return web.Content{Type: "application/octet-stream", Body: body, Keep: web.KeepEver}, nil
}
