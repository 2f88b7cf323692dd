package exec

// The most that is kept of what a program writes. Both together, as base64 in JSON,
// fit into an MQTT packet of 16 kB, which is what a hexnet broker takes.
const (
	maxOutput      = 6 << 10
	maxErrorOutput = 2 << 10
)

// output keeps the beginning of what is written to it. It takes everything, so that a
// program that says much is not stopped by that.
type output struct {
	kept []byte
	most int
	cut  bool
}

// Write never fails.
func (o *output) Write(b []byte) (int, error) {
	room := min(o.most-len(o.kept), len(b))
	o.kept = append(o.kept, b[:room]...)
	o.cut = o.cut || room < len(b)
	return len(b), nil
}
