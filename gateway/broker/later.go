package broker

import (
	"errors"
	"strings"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"
)

// ErrLater is what Options.Durable returns, wrapped or not, for what it does not take of a station
// for now. The station has to be heard all the same: what makes it welcome may be the next thing that
// it says. So it stays for Limits.Hold; nothing more of its packets is taken or acknowledged in
// this session, for a station may rely on their order, and with the next one it sends them again.
var ErrLater = errors.New("not taken for now")

// waiting says whether a message is one of those that its station has to send again in its next
// session: reports have their own answers, and where a station is must be told in any case.
func (c *client) waiting(p packets.Packet) bool {
	return c.waits != nil && p.FixedHeader.Qos > 0 && !isReport(p.TopicName) && !strings.HasSuffix(p.TopicName, "/state/conn")
}

// later begins to leave what a client sends without an acknowledgement. Who waits for none sends
// nothing again, and need not go.
func (h *hook) later(who *client, p packets.Packet, err error) {
	h.broker.refuseOf(RefusedWaiting, who.name, "error", err)
	if who.waits == nil && p.FixedHeader.Qos > 0 {
		who.waits = time.AfterFunc(time.Duration(h.broker.config.Limits.Hold), who.end)
	}
}
