package broker

import (
	"slices"
	"sync"

	"github.com/mochi-mqtt/server/v2/packets"

	"hexspot/radio"
)

// states are the topics on which something of a station is retained, which stays when it
// has gone: one EUI has a topic for each region, 40 times what it needs.
type states struct {
	mu     sync.Mutex
	topics map[radio.EUI][]string
}

// mostStates lets a gateway move to another region, with and without its name.
const mostStates = 2

// mayKeep says whether one more message of an EUI may be retained on a topic.
func (s *states) mayKeep(eui radio.EUI, topic string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.topics[eui]
	switch {
	case slices.Contains(list, topic):
		return true
	case len(list) >= mostStates:
		return false
	}
	if s.topics == nil {
		s.topics = make(map[radio.EUI][]string)
	}
	s.topics[eui] = append(list, topic)
	return true
}

// publishedSize is what of a publication is kept where it is retained: its payload, and with
// MQTT 5 properties, which may be as large as a packet.
func publishedSize(p packets.Packet) int { return max(len(p.Payload), p.FixedHeader.Remaining) }

// willSize is publishedSize of a last will.
func willSize(c packets.ConnectParams) int {
	size := len(c.WillPayload) + len(c.WillProperties.ContentType) + len(c.WillProperties.ResponseTopic) + len(c.WillProperties.CorrelationData)
	for _, u := range c.WillProperties.User {
		size += len(u.Key) + len(u.Val)
	}
	return size
}
