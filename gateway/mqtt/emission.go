package mqtt

import (
	"encoding/json"
	"time"

	"hexspot/gateway"
	"hexspot/radio"
)

// reportUse is how long an emission report waits for a network that is away.
const reportUse = 10 * time.Minute

// EmissionReport is the message of report/emission: how a downlink that was accepted
// really ended. It is always JSON, and not under event/, where ChirpStack would
// complain of an event that it does not know.
type EmissionReport struct {
	GatewayID  string `json:"gateway_id"`
	DownlinkID uint32 `json:"downlink_id"`
	Item       int    `json:"item"`            // of the command, from 0
	Outcome    string `json:"outcome"`         // "EMITTED" and so on, see radio.EmissionOutcome
	Cause      string `json:"cause,omitempty"` // in words, if it was not emitted

	Frequency  radio.Hertz `json:"frequency"`  // Hz
	Modulation string      `json:"modulation"` // "SF7BW125", "FSK50000"
	Size       int         `json:"size"`       // of the PHYPayload in bytes
	EIRP       float64     `json:"eirp_dbm"`   // really used
	Conducted  float64     `json:"conducted_dbm"`
	Airtime    int64       `json:"airtime_us"` // really spent

	// StartCounter and StartAt are when the first symbol began, by the concentrator's
	// counter, unwrapped, in microseconds, and in UTC. Lead is what was left between
	// loading the frame and that, in milliseconds. They are missing if there was no
	// emission; StartAt is, too, if the host's clock is not to be trusted.
	StartCounter *uint64    `json:"start_counter_us,omitempty"`
	StartAt      *time.Time `json:"start_at,omitempty"`
	Lead         *float64   `json:"lead_ms,omitempty"`
}

// tellEmission queues report/emission.
func (c *Client) tellEmission(r gateway.Report) {
	if c.config.EmissionReports != nil && !*c.config.EmissionReports {
		return
	}
	m := emissionReport(c.station.EUI, r)
	if m.StartCounter != nil && c.station.Instant != nil {
		if at := c.station.Instant(r.Emission.Start); !at.IsZero() {
			at = at.UTC().Truncate(time.Microsecond)
			m.StartAt = &at
		}
	}
	c.send("report", c.topics.Report("emission"), reportUse, func() ([]byte, error) { return json.Marshal(m) })
}

func emissionReport(id radio.EUI, r gateway.Report) EmissionReport {
	e, d := r.Emission, r.Downlink
	m := EmissionReport{
		GatewayID: id.String(), DownlinkID: r.ID, Item: r.Item, Outcome: e.Outcome.String(), Cause: clip(e.Cause),
		Frequency: d.Frequency, Size: len(d.PHYPayload),
		EIRP: r.EIRP.Float(), Conducted: e.Conducted.Float(), Airtime: e.Airtime.Microseconds(),
	}
	if d.Modulation != nil {
		m.Modulation = d.Modulation.String()
	}
	if !e.Start.IsZero() {
		m.StartCounter = &e.Start.Micros
	}
	if lead, ok := e.Lead(); ok {
		ms := float64(lead.Microseconds()) / 1000
		m.Lead = &ms
	}
	return m
}
