package demo

// receive is what happens to a message: it is checked, and makes room.
func receive(c *checker, w *window) func(topic string, payload []byte) {
	return func(topic string, payload []byte) {
		if of, arrived := c.take(topic, payload); arrived {
			w.leave(of)
		}
	}
}
