package mqtt

import (
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"google.golang.org/protobuf/types/known/durationpb"

	"hexspot/gateway"
)

// addTransmitted adds what was transmitted to a message of statistics.
func addTransmitted(m *gw.GatewayStats, t gateway.Totals) {
	m.TxPacketsReceived, m.TxPacketsEmitted = count(t.Downlinks), count(t.Emitted)
	m.TxPacketsPerFrequency = make(map[uint32]uint32, len(t.EmittedFrequency))
	for f, n := range t.EmittedFrequency {
		m.TxPacketsPerFrequency[uint32(f)] = count(n)
	}
	for modem, n := range t.EmittedModulation {
		m.TxPacketsPerModulation = append(m.TxPacketsPerModulation, &gw.PerModulationCount{Modulation: modulation(modem), Count: count(n)})
	}
	m.TxPacketsPerStatus = make(map[string]uint32, len(t.PerStatus))
	for status, n := range t.PerStatus {
		m.TxPacketsPerStatus[status.String()] = count(n)
	}
	if len(t.DutyCycle) > 0 {
		m.DutyCycleStats = dutyCycle(t.DutyCycle)
	}
}

func dutyCycle(list []gateway.DutyCycle) *gw.DutyCycleStats {
	m := &gw.DutyCycleStats{Window: durationpb.New(time.Hour)}
	for _, d := range list {
		m.Bands = append(m.Bands, &gw.DutyCycleBand{
			Name: d.Name, FrequencyMin: uint32(d.Range.Min), FrequencyMax: uint32(d.Range.Max),
			LoadMax: durationpb.New(d.Max), LoadTracked: durationpb.New(d.Tracked),
		})
	}
	return m
}
