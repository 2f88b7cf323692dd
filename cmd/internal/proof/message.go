package proof

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"google.golang.org/protobuf/proto"

	"hexspot/radio"
)

// Topics are the filters of what a proof must hear below a region's prefix, besides
// uplinks.
func Topics(prefix string) []string {
	base := prefix + "/gateway/+/"
	return []string{base + "command/down", base + "event/ack", base + "report/emission"}
}

// report is report/emission, as docs/mqtt.md has it.
type report struct {
	GatewayID string   `json:"gateway_id"`
	ID        uint32   `json:"downlink_id"`
	Item      int      `json:"item"`
	Outcome   string   `json:"outcome"`
	Cause     string   `json:"cause"`
	Frequency uint32   `json:"frequency"`
	Rate      string   `json:"modulation"`
	Size      int      `json:"size"`
	EIRP      float64  `json:"eirp_dbm"`
	Conducted float64  `json:"conducted_dbm"`
	Airtime   int64    `json:"airtime_us"`
	Start     *uint64  `json:"start_counter_us"`
	Lead      *float64 `json:"lead_ms"`
}

const emitted = "EMITTED"

// lead is what was left before the start, false if the report does not say.
func (r report) lead() (time.Duration, bool) {
	if r.Lead == nil {
		return 0, false
	}
	return time.Duration(*r.Lead * float64(time.Millisecond)), true
}

// take reads one message, whose content must name the gateway of the topic.
func (d *Downlinks) take(topic string, payload []byte) error {
	eui, name, err := splitTopic(topic)
	if err != nil {
		return err
	}
	switch name {
	case "command/down":
		var m gw.DownlinkFrame
		if err := proto.Unmarshal(payload, &m); err != nil {
			return err
		}
		return d.commanded(eui, m.GetGatewayId(), &m)
	case "event/ack":
		var m gw.DownlinkTxAck
		if err := proto.Unmarshal(payload, &m); err != nil {
			return err
		}
		return d.answered(eui, m.GetGatewayId(), &m)
	case "report/emission":
		var r report
		if err := json.Unmarshal(payload, &r); err != nil {
			return err
		}
		return d.reported(eui, r.GatewayID, r)
	}
	return fmt.Errorf("nobody asked for the topic %s", topic)
}

// splitTopic takes PREFIX/gateway/EUI/NAME apart.
func splitTopic(topic string) (eui radio.EUI, name string, err error) {
	_, rest, _ := strings.Cut(topic, "/gateway/")
	id, name, ok := strings.Cut(rest, "/")
	if !ok {
		return radio.EUI{}, "", fmt.Errorf("the topic %q is not a gateway's", topic)
	}
	eui, err = radio.ParseEUI(id)
	return eui, name, err
}
