package corecell

// versionSize is the length of the firmware's version text, "V01.00.00".
const versionSize = 9

// knownVersion is the firmware this package was written for. The first
// character says release (V) or debug, and does not count.
const knownVersion = "V01.00.00"

// pingAnswer says who the microcontroller is. The request is empty.
type pingAnswer struct {
	id      [12]byte // of the microcontroller, unique
	version [versionSize]byte
}

func appendPingAnswer(dst []byte, a pingAnswer) []byte {
	dst = append(dst, a.id[:]...)
	return append(dst, a.version[:]...)
}

func parsePingAnswer(b []byte) (pingAnswer, error) {
	var a pingAnswer
	if err := exactly(b, len(a.id)+len(a.version)); err != nil {
		return a, err
	}
	copy(a.id[:], b)
	copy(a.version[:], b[len(a.id):])
	return a, nil
}
