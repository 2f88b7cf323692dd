package hotspot

import (
	"context"

	"hexspot/gateway/mqtt"
	"hexspot/gateway/spool"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// cover makes the part in proof of coverage, if it is wanted and can be kept on disk;
// nil if not. Its link is set when there is a client.
func (h *Hotspot) cover(disk *spool.Spool) (*Coverage, error) {
	if !h.parts.Coverage.Enabled {
		return nil, nil
	}
	if disk == nil {
		h.parts.Log.Error("no proof of coverage: there is no spool to write beacons down in")
		return nil, nil
	}
	i, err := coverageOutput(h.parts.Outputs)
	if err != nil {
		return nil, err
	}
	network, err := radio.ParseNetwork(h.parts.Outputs[i].Network)
	if err != nil {
		return nil, err
	}
	p := CoverageParts{
		Network: network, Signer: h.parts.Key.Signer(), Log: h.parts.Log, Submit: h.submit,
		Openings: disk.Records("openings of " + network.String()), Reports: disk.Records(reportsTo(network)), Notes: disk,
		Counter: h.concentrator.Now, Clock: trustedNow, Synced: kernelSynced, Site: h.siteOf(network), Antenna: h.parts.Antenna, Checkpoints: h.parts.Coverage.Checkpoints,
		Receipts: func(ctx context.Context, since witness.Epoch) ([]log.Receipt, error) {
			return receiptsSince(ctx, h.parts.Spool.Path, network, since)
		},
	}
	if !h.parts.ReceiveOnly {
		p.Plan, p.Levels, p.Room = h.parts.Chip.Plan, h.parts.rules().Levels, h.transmitter.Room
	}
	return NewCoverage(p)
}

// siteOf reads the site.
func (h *Hotspot) siteOf(network radio.Network) func() (*Site, error) {
	return func() (*Site, error) {
		return ReadSite(h.parts.Coverage.Site, network, h.parts.Key.Station())
	}
}

// side is the network's side of coverage.
func (c *Coverage) side() *mqtt.Coverage {
	return &mqtt.Coverage{
		Station: c.station, Arrived: c.Arrived,
		Receive: func(name string, payload []byte, retained bool) { c.Receive(Mail{name, payload, retained}) },
	}
}
