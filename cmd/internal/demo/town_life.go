package demo

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"hexspot/cmd/internal/device"
	"hexspot/hardware/emulator"
	"hexspot/radio"
	"hexspot/radio/ether"
)

// forever is a time of the air that no town reaches.
const forever = time.Duration(1 << 61)

// dwellers are the devices of a town, on the air.
type dwellers struct {
	air      *emulator.Air
	ids      []ether.ID
	fleet    *device.Fleet
	base     time.Duration         // of the devices' clock, by the air's
	received atomic.Int64          // downlinks with data
	tardy    atomic.Int64          // frames that were over when this busy machine told the air of them
	fault    atomic.Pointer[error] // why the air did not take another
}

// newDwellers puts devices into the air; they do nothing before run.
func newDwellers(p places, air *emulator.Air) (*dwellers, error) {
	d := &dwellers{air: air}
	var list []*device.Device
	for i, x := range p.devices {
		one, err := device.New(x.config)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
		d.ids = append(d.ids, air.Add(x.station, func(a ether.Arrival) { d.hear(i, a) }))
	}
	d.fleet = device.NewFleet(list, d.do)
	return d, nil
}

// run lets the devices live until ctx ends. What they hear afterwards still counts.
func (d *dwellers) run(ctx context.Context) error {
	d.base = d.air.Since(time.Now())
	return d.fleet.Run(ctx, d.now)
}

func (d *dwellers) now() time.Duration { return d.air.Since(time.Now()) - d.base }

func (d *dwellers) hear(number int, a ether.Arrival) {
	m, ok := a.Signal.Modulation.(radio.LoRa)
	if a.Fate != ether.Heard || !ok {
		return
	}
	d.fleet.Hear(number, d.now(), device.Heard{
		Start: a.Signal.Start - d.base, Frequency: a.Signal.Frequency, Modulation: m, Payload: a.Signal.Payload,
	})
}

// do is what a device does.
func (d *dwellers) do(number int, a device.Action) {
	switch a := a.(type) {
	case device.Transmit:
		_, err := d.air.Transmit(ether.Signal{
			From: d.ids[number], Start: d.base + a.Start, Frequency: a.Frequency, Modulation: a.Modulation, EIRP: a.EIRP, Payload: a.Payload,
		})
		switch {
		case errors.Is(err, ether.ErrPast):
			d.tardy.Add(1)
		case err != nil:
			err = fmt.Errorf("device %d: %w", number, err)
			d.fault.CompareAndSwap(nil, &err)
		}
	case device.Listen:
		w := ether.Window{Frequency: a.Window.Frequency, Modulation: a.Window.Modulation, From: d.base + a.Window.From, To: forever}
		if a.Window.Until > 0 {
			w.To = d.base + a.Window.Until + preambleEnd(a.Window)
		}
		d.air.Listen(d.ids[number], w)
	case device.Receive:
		d.received.Add(1)
	}
}

// preambleEnd is how much longer the air must listen: it asks for the symbols of a
// preamble inside the window, a device for the first one.
func preambleEnd(w device.Window) time.Duration { return 8 * w.Modulation.SymbolTime() }
