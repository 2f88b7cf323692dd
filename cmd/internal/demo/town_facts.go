package demo

import (
	"context"
	"strings"
	"time"

	"hexspot/cmd/internal/device"
	"hexspot/cmd/internal/lns"
	"hexspot/cmd/internal/town"
	"hexspot/gateway"
)

// lookTimeout is how long a snapshot waits for the network server.
const lookTimeout = time.Second

func isUplink(topic string) bool { return strings.HasSuffix(topic, "/event/up") }

// snapshot is the town as it stands; while the network server is busy, as it stood.
func (s *townSession) snapshot() town.Snapshot {
	ctx, cancel := context.WithTimeout(context.Background(), lookTimeout)
	defer cancel()
	_ = s.server.Look(ctx, func(at time.Duration, l *lns.Server) {
		now := s.recorder.Snapshot(s.facts(at, l))
		now.Coverage = s.coverage()
		s.last.Store(&now)
	})
	if last := s.last.Load(); last != nil {
		return *last
	}
	return s.recorder.Snapshot(town.Facts{Name: s.config.name(), Phase: *s.phase.Load(), Hotspots: s.hotspotFacts(), Devices: s.config.Devices})
}

func (s *townSession) facts(at time.Duration, l *lns.Server) town.Facts {
	f := town.Facts{
		Name: s.config.name(), Phase: *s.phase.Load(), At: at, Hotspots: s.hotspotFacts(), Devices: s.config.Devices, ClassC: s.places.classC(),
		Server: l.Counts(), Tally: l.Ledger().Tally(), Leads: l.Ledger().Leads(), Open: l.Ledger().Open(),
		Limit: gateway.MinLead, Problem: s.problemNow(),
	}
	f.Counts, f.Joined = s.dwellers.fleet.Counts()
	return f
}

// problemNow is what the proof has found so far.
func (s *townSession) problemNow() string {
	if v := s.checker.state(); !v.clean() {
		return "What arrived is not what was on the air: " + v.Faults[0] + "."
	}
	return ""
}

func (s *townSession) hotspotFacts() []town.HotspotFacts {
	list := make([]town.HotspotFacts, len(s.fleet))
	for i, m := range s.fleet {
		c := m.box.Counts()
		list[i] = town.HotspotFacts{EUI: m.eui, Name: m.box.Name(), Receiving: m.receives(), Heard: c.Read, Forwarded: c.Forwarded}
	}
	return list
}

func (p places) classC() int {
	n := 0
	for _, d := range p.devices {
		if d.config.Class == device.ClassC {
			n++
		}
	}
	return n
}
