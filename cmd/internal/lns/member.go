package lns

import (
	"encoding/binary"
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/cmd/internal/otaa"
	"hexspot/radio"
)

// member is a device that may join.
type member struct {
	registration Registration
	address      lorawan.DevAddr
	nonces       map[lorawan.DevNonce]bool // used
	current      *link                     // nil before the first uplink of a session
	pending      *link                     // a session that the device has not used yet
	task         *task                     // to be sent
	unsure       *task                     // sent confirmed, not acknowledged yet

	heard   time.Duration // last uplink
	gateway radio.EUI     // that heard it best
	nextC   time.Duration // class C: the next downlink of its own
}

// link is a session with its counters.
type link struct {
	session otaa.Session
	up      otaa.Counter
	down    uint32 // FCntDown of the next frame
}

// task is application data for a device.
type task struct {
	data      []byte
	confirmed bool
	tries     int
}

// tasksMost is how often confirmed data is sent.
const tasksMost = 3

func (m *member) eui() lorawan.EUI64 { return m.registration.Credentials.DevEUI }

// addressOf is the address of device number of a network.
func addressOf(network lorawan.NetID, number int) lorawan.DevAddr {
	var a lorawan.DevAddr
	binary.BigEndian.PutUint32(a[:], uint32(number)+1)
	a.SetAddrPrefix(network)
	return a
}

// links are the sessions that a frame may belong to.
func (m *member) links() []*link {
	var list []*link
	for _, l := range []*link{m.pending, m.current} {
		if l != nil {
			list = append(list, l)
		}
	}
	return list
}

// adopt makes a session the one that is used.
func (m *member) adopt(l *link) {
	if l == m.pending {
		m.current, m.pending = l, nil
		m.task, m.unsure = nil, nil
	}
}
