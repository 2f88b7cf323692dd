package mqtt

import "slices"

// delivery is how a command came.
type delivery struct {
	retained bool // the broker had kept it for whoever subscribes
	again    bool // the broker thinks that it may have come before
}

// recent are the latest commands of one kind, so that one that a broker sends again
// with a new connection (MQTT 3.1.1, 4.4) is not obeyed twice.
type recent struct {
	numbers [64]uint32
	count   int // of numbers ever added
}

func (r *recent) has(number uint32) bool {
	return slices.Contains(r.numbers[:min(r.count, len(r.numbers))], number)
}

func (r *recent) add(number uint32) {
	r.numbers[r.count%len(r.numbers)] = number
	r.count++
}

// repeated says whether a command was obeyed already, and remembers it.
func (c *Client) repeated(kind *recent, number uint32, d delivery) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d.again && kind.has(number) {
		return true
	}
	kind.add(number)
	return false
}
