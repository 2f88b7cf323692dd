package mqtt

import (
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"

	"hexspot/radio"
)

// ackUse is how long a network can do anything with an acknowledgement: ChirpStack
// forgets a downlink after 30 s.
const ackUse = 30 * time.Second

// acknowledge queues event/ack.
func (c *Client) acknowledge(id uint32, statuses []radio.TxStatus) {
	c.send("ack", c.topics.Event("ack"), ackUse, func() ([]byte, error) {
		return c.config.marshal(txAck(c.station.EUI, id, statuses))
	})
}

// txAck is the event/ack message.
func txAck(gateway radio.EUI, id uint32, statuses []radio.TxStatus) *gw.DownlinkTxAck {
	m := &gw.DownlinkTxAck{GatewayId: gateway.String(), DownlinkId: id}
	for _, s := range statuses {
		m.Items = append(m.Items, &gw.DownlinkTxAckItem{Status: gw.TxAckStatus(s)})
	}
	return m
}
