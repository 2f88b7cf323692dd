package broker

import (
	"errors"
	"sync"

	"hexspot/radio"
)

// Bindings keep which station an EUI belongs to: the first that used it.
type Bindings interface {
	// Bind gives the station an EUI belongs to, which is this one if it belonged
	// to none and there are fewer than most. When it returns, that is kept.
	Bind(eui radio.EUI, station radio.Station, most int) (owner radio.Station, err error)
}

// errManyBindings says that no more EUIs are taken.
var errManyBindings = errors.New("there are as many stations as limits.stations allows")

// errNewBindings says that no more EUIs are taken from an address for now.
var errNewBindings = errors.New("more new stations come from this address than limits.binding_rate allows")

// memoryBindings are kept as long as the process lives.
type memoryBindings struct {
	mu     sync.Mutex
	owners map[radio.EUI]radio.Station
}

// NewMemoryBindings forget everything at the end of the process.
func NewMemoryBindings() Bindings { return newMemoryBindings() }

func newMemoryBindings() *memoryBindings {
	return &memoryBindings{owners: make(map[radio.EUI]radio.Station)}
}

func (m *memoryBindings) Bind(eui radio.EUI, station radio.Station, most int) (radio.Station, error) {
	return m.bind(eui, station, most, func() error { return nil })
}

// bind calls keep before an EUI gets its first owner.
func (m *memoryBindings) bind(eui radio.EUI, station radio.Station, most int, keep func() error) (radio.Station, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if owner, ok := m.owners[eui]; ok {
		return owner, nil
	}
	if len(m.owners) >= most {
		return radio.Station{}, errManyBindings
	}
	if err := keep(); err != nil {
		return radio.Station{}, err
	}
	m.owners[eui] = station
	return station, nil
}
