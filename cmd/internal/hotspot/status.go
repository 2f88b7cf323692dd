package hotspot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"hexspot/gateway/spool"
	"hexspot/hardware/sx1302"
	"hexspot/witness"
)

// Status is what `hexspot status` shows.
type Status struct {
	Time     time.Time      `json:"time"`
	Packets  Counters       `json:"packets"`
	Chip     ChipStatus     `json:"concentrator"`
	Duty     []DutyStatus   `json:"duty_cycle,omitempty"` // of the sub-bands that have a limit
	Records  []RecordStatus `json:"records,omitempty"`    // on disk
	Coverage CoverageStatus `json:"coverage"`
}

// ChipStatus says whether the concentrator runs.
type ChipStatus struct {
	Runs  bool   `json:"runs"`
	State string `json:"state"`
	Fault string `json:"fault,omitempty"` // why it does not run
}

func (h *Hotspot) chipStatus() ChipStatus {
	s := h.concentrator.Status()
	c := ChipStatus{Runs: s.State == sx1302.StateRunning, State: string(s.State)}
	if !c.Runs {
		c.Fault = s.LastError
	}
	return c
}

// RecordStatus is what is on disk of a kind of record.
type RecordStatus struct {
	Name    string `json:"name"`
	Waiting int    `json:"waiting"`
	Settled int    `json:"settled"` // with a receipt or a refusal, of the last 30 days
}

// DutyStatus is the duty cycle of a sub-band in the past hour.
type DutyStatus struct {
	Name    string `json:"name"`
	Used    int64  `json:"used_ms"`
	Allowed int64  `json:"allowed_ms"`
}

// status is how things stand.
func (h *Hotspot) status(ctx context.Context) Status {
	s := Status{Time: time.Now().UTC(), Packets: h.Counters(), Chip: h.chipStatus()}
	if c := h.coverage.Load(); c != nil {
		s.Coverage = c.Status()
	} else {
		s.Coverage = h.withoutCoverage()
	}
	if h.transmitter != nil {
		for _, d := range h.transmitter.DutyCycle() {
			s.Duty = append(s.Duty, DutyStatus{d.Name, d.Tracked.Milliseconds(), d.Max.Milliseconds()})
		}
	}
	disk, err := spool.Look(ctx, h.parts.Spool.Path)
	if err != nil {
		h.parts.Log.Debug("the status lacks what is on disk", "error", err)
	}
	for _, q := range disk.Queues {
		if q.Records {
			s.Records = append(s.Records, RecordStatus{q.Name, q.Waiting, q.Acknowledged + q.Refused})
		}
	}
	return s
}

// withoutCoverage is the status before proof of coverage has begun: it begins when the chip
// has said what it is.
func (h *Hotspot) withoutCoverage() CoverageStatus {
	reason := witness.NoChip
	if h.forwarders.Load() != nil {
		reason = witness.NoSpool
	}
	s := CoverageStatus{
		Station: h.parts.Key.Station().String(), Reason: reason.Name(), ReasonText: reason.String(),
		LastBeacon: witness.Outcome{}.String(), Registry: RegistryStatus{State: RegistryNotKnown},
	}
	if i, err := coverageOutput(h.parts.Outputs); err == nil {
		s.Network = h.parts.Outputs[i].Network
	}
	return s
}

// maxStatus bounds what is read of one.
const maxStatus = 64 << 10

// CoverageStatus is how proof of coverage stands, false while the hotspot has no part
// in it.
func (h *Hotspot) CoverageStatus() (CoverageStatus, bool) {
	c := h.coverage.Load()
	if c == nil {
		return CoverageStatus{}, false
	}
	return c.Status(), true
}

// tellStatus gives the status to whoever connects.
func (h *Hotspot) tellStatus(ctx context.Context, conn net.Conn) error {
	if err := conn.SetDeadline(time.Now().Add(socketWait)); err != nil {
		return err
	}
	return json.NewEncoder(conn).Encode(h.status(ctx))
}

// AskStatus asks a running hotspot by its socket.
func AskStatus(ctx context.Context, path string) (s Status, err error) {
	conn, err := dial(ctx, path)
	if err != nil {
		return Status{}, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := conn.SetDeadline(time.Now().Add(socketWait)); err != nil {
		return Status{}, err
	}
	if err := json.NewDecoder(io.LimitReader(conn, maxStatus)).Decode(&s); err != nil {
		return Status{}, fmt.Errorf("reading the status: %w", err)
	}
	return s, nil
}
