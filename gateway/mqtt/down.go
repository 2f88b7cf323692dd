package mqtt

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"

	"hexspot/gateway"
	"hexspot/radio"
)

// What one command may hold, and how many come in a second. A network sends one or
// two items; ChirpStack refuses an acknowledgement of more items than it sent, not one
// of fewer.
const (
	maxItems    = 8
	maxStatuses = 1024
	commandRate = 1000
)

// order is what can be transmitted of a command, and what is known of the rest.
type order struct {
	statuses []radio.TxStatus // one for each item of the command
	items    []radio.Downlink // those that can be transmitted
	places   []int            // theirs in the command
}

// readOrder reads the items of a command. Of those that cannot be transmitted it
// gives the reasons, too.
func readOrder(items []*gw.DownlinkFrameItem) (o order, refusals []error) {
	o.statuses = make([]radio.TxStatus, len(items))
	for i, item := range items {
		d, err := downlinkOf(item)
		if err != nil {
			o.statuses[i] = statusOf(err)
			refusals = append(refusals, fmt.Errorf("item %d: %w", i, err))
			continue
		}
		o.items, o.places = append(o.items, d), append(o.places, i)
	}
	return o, refusals
}

// answered are the statuses of all items of a command when its transmitter has
// answered for those it was given. What comes after the accepted one was not tried.
func (o order) answered(a gateway.Answer) []radio.TxStatus {
	all := append([]radio.TxStatus(nil), o.statuses...)
	for i, place := range o.places {
		all[place] = radio.TxInternalError
		if i < len(a.Statuses) {
			all[place] = a.Statuses[i]
		}
	}
	if taken, ok := (gateway.Answer{Statuses: all}).Accepted(); ok {
		for i := range all[taken+1:] {
			all[taken+1+i] = radio.TxIgnored
		}
	}
	return all
}

// transmit hands a command to the transmitter. Every command gets one event/ack with
// a status for each item, whatever becomes of it.
func (c *Client) transmit(m *gw.DownlinkFrame, d delivery) {
	switch status, err := c.mayTransmit(m, d); {
	case err != nil && len(m.Items) == 0:
		c.refused("empty", err) // there is nothing to give a status to
		return
	case err != nil:
		c.refuseAll(m, status, err)
		return
	}
	o, refusals := readOrder(m.Items)
	for _, err := range refusals {
		c.refused("downlink "+statusOf(err).String(), err)
	}
	if len(o.items) == 0 {
		c.acknowledge(m.DownlinkId, o.statuses)
		return
	}
	c.station.Submit(gateway.Submission{
		Command: gateway.Command{ID: m.DownlinkId, Items: o.items, Priority: gateway.PriorityDownlink},
		Answer:  func(a gateway.Answer) { c.acknowledge(m.DownlinkId, o.answered(a)) },
		Report:  func(r gateway.Report) { r.Item = o.place(r.Item); c.tellEmission(r) },
	})
}

// place is where an item that was handed over stands in the command.
func (o order) place(item int) int {
	if item < 0 || item >= len(o.places) {
		return item
	}
	return o.places[item]
}

// mayTransmit looks at a command as a whole.
func (c *Client) mayTransmit(m *gw.DownlinkFrame, d delivery) (radio.TxStatus, error) {
	switch {
	case len(m.Items) == 0:
		return radio.TxInternalError, errors.New("the command has no items")
	case len(m.Items) > maxItems:
		return radio.TxInternalError, fmt.Errorf("the command has %d items: want at most %d", len(m.Items), maxItems)
	case d.retained:
		return radio.TxTooLate, errors.New("the command was retained by the broker: nobody knows how old it is")
	case c.station.Submit == nil:
		return radio.TxInternalError, errors.New("this hotspot receives only")
	case !c.pace.Allow():
		return radio.TxQueueFull, fmt.Errorf("more than %d commands in a second", commandRate)
	}
	return radio.TxOK, nil
}

// refuseAll refuses every item of a command for the same reason.
func (c *Client) refuseAll(m *gw.DownlinkFrame, status radio.TxStatus, why error) {
	c.refused("downlink "+status.String(), why)
	statuses := make([]radio.TxStatus, min(len(m.Items), maxStatuses))
	for i := range statuses {
		statuses[i] = status
	}
	c.acknowledge(m.DownlinkId, statuses)
}

// refused logs the first refusal of a kind for all to see.
func (c *Client) refused(kind string, why error) {
	level := slog.LevelDebug
	if c.first(kind) {
		level = slog.LevelWarn
	}
	c.log.Log(context.Background(), level, "refusing a command; further ones of the kind are logged at debug", "kind", kind, "error", why)
}
