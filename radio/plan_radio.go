package radio

// reach is how far from a radio's centre a concentrator demodulates: its
// intermediate frequencies are used up to 400 kHz (public HAL's reference
// configurations).
const reach = 400 * KHz

// Radio says which radio (0 is A, 1 is B) receives a channel at f and how far
// above that radio's centre it lies: the nearest radio does, A if both are as
// near. It is false if f is out of both radios' reach of 400 kHz.
func (p Plan) Radio(f Hertz) (chain int, offset Hertz, ok bool) {
	a, b := f-p.Radios[0], f-p.Radios[1]
	chain, offset = 0, a
	if distance(b) < distance(a) {
		chain, offset = 1, b
	}
	if distance(offset) > reach {
		return 0, 0, false
	}
	return chain, offset, true
}

func distance(offset Hertz) Hertz { return max(offset, -offset) }
