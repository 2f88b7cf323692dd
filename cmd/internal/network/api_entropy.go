package network

import (
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"

	"hexspot/cmd/internal/web"
	"hexspot/radio"
	"hexspot/witness"
)

// publicEntropy is what everybody may know of the entropy: it is told what was published,
// after that, and nothing else, so it cannot tell anybody more.
type publicEntropy struct {
	mu      sync.Mutex
	chains  *witness.Chains
	anchors []radio.Signed
	values  []witness.Value // as retained, the newest first
}

func newPublicEntropy(network radio.Network) *publicEntropy {
	return &publicEntropy{chains: witness.NewChains(network)}
}

// setAnchors takes the anchors that were published.
func (p *publicEntropy) setAnchors(list []radio.Signed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.anchors = list
	p.chains.Expire(present())
	for _, a := range list {
		_ = p.chains.AddAnchor(a) // one that no station would take has no values here either
	}
}

// setValues takes the values that were published.
func (p *publicEntropy) setValues(list []witness.Value) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.values = list
	for _, v := range list {
		_ = p.chains.AddValue(v) // one that leads to no anchor is none
	}
}

// protobuf is the type of the protocol's own messages.
const protobuf = "application/x-protobuf"

// register registers the entropy.
func (p *publicEntropy) register(mux *http.ServeMux, log *slog.Logger) {
	mux.HandleFunc("GET /v1/entropy/anchors", web.Answer(log, p.answerAnchors))
	mux.HandleFunc("GET /v1/entropy/values", web.Answer(log, p.answerValues))
	mux.HandleFunc("GET /v1/entropy/values/{slot}", web.Answer(log, p.answerValue))
}

// anchorJSON is an anchor for people; the signed record is what counts.
type anchorJSON struct {
	From       witness.Slot `json:"from"`
	To         witness.Slot `json:"to"`
	Revision   uint32       `json:"revision"`
	Timing     timingJSON   `json:"timing"`
	Parameters string       `json:"parameters_sha256"`
	X0         string       `json:"x0"`
	Ingests    []string     `json:"ingests"`
	Signed     []byte       `json:"signed"` // base64
}

func anchorToJSON(s radio.Signed) (anchorJSON, error) {
	a, err := witness.ParseAnchor(s.Body)
	j := anchorJSON{a.From, a.To, a.Revision, timingJSON(a.Timing), hex.EncodeToString(a.Parameters[:]), hex.EncodeToString(a.X0[:]), []string{}, s.Append(nil)}
	for _, ingest := range a.Ingests {
		j.Ingests = append(j.Ingests, ingest.String())
	}
	return j, err
}

func (p *publicEntropy) answerAnchors(r *http.Request) (web.Content, error) {
	p.mu.Lock()
	list := p.anchors
	p.mu.Unlock()
	if !web.WantsJSON(r) {
		return web.Content{Type: protobuf, Body: witness.AppendAnchors(nil, list)}, nil
	}
	anchors := []anchorJSON{}
	for _, s := range list {
		a, err := anchorToJSON(s)
		if err != nil {
			return web.Content{}, err
		}
		anchors = append(anchors, a)
	}
	return web.JSONContent(map[string]any{"anchors": anchors})
}

type valueJSON struct {
	Slot     witness.Slot `json:"slot"`
	Revision uint32       `json:"revision"`
	Value    string       `json:"value"`
}

func valueToJSON(v witness.Value) valueJSON {
	return valueJSON{v.Slot, v.Revision, hex.EncodeToString(v.Entropy[:])}
}

func (p *publicEntropy) answerValues(r *http.Request) (web.Content, error) {
	p.mu.Lock()
	list := p.values
	p.mu.Unlock()
	if !web.WantsJSON(r) {
		return web.Content{Type: protobuf, Body: witness.AppendValues(nil, list)}, nil
	}
	values := []valueJSON{}
	for _, v := range list {
		values = append(values, valueToJSON(v))
	}
	return web.JSONContent(map[string]any{"values": values})
}

// answerValue gives the value of one slot. It never changes once it is out.
func (p *publicEntropy) answerValue(r *http.Request) (web.Content, error) {
	n, err := strconv.ParseUint(r.PathValue("slot"), 10, 40)
	if err != nil {
		return web.Content{}, badQuery(fmt.Sprintf("%.20q is no slot", r.PathValue("slot")), "a slot's number is its start in Unix ms by slot_ms of GET /v1/network")
	}
	v, err := p.value(witness.Slot(n))
	if err != nil {
		return web.Content{}, err
	}
	c := web.Content{Type: protobuf, Body: witness.AppendValues(nil, []witness.Value{v})}
	if web.WantsJSON(r) {
		c, err = web.JSONContent(valueToJSON(v))
	}
	c.Keep = web.KeepEver
	return c, err
}

func (p *publicEntropy) value(k witness.Slot) (witness.Value, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if v, ok := p.chains.Value(k); ok {
		return v, nil
	}
	if len(p.values) == 0 || k > p.values[0].Slot {
		return witness.Value{}, web.Refusal{Status: http.StatusNotFound, Refused: "not_published",
			Cause: fmt.Sprintf("the value of slot %d is not published", k), Cure: "ask when the slot has begun"}
	}
	return witness.Value{}, web.Refusal{Status: http.StatusNotFound, Refused: "not_kept",
		Cause: fmt.Sprintf("no chain at hand covers slot %d", k), Cure: "values that old are in the verdict files of their epoch, which only the network's operator has: they are not published by HTTP yet"}
}
