package radio

import "sync"

// Stations remembers keys that were found sound: checking one takes a third as long as
// verifying a signature. What it accepts is what StationFromBytes accepts. The zero
// Stations is ready; it is safe for concurrent use, and holds each station it has seen.
type Stations struct {
	mu    sync.RWMutex
	sound map[[StationSize]byte]struct{}
}

// FromBytes is StationFromBytes.
func (k *Stations) FromBytes(b []byte) (Station, error) {
	if len(b) == StationSize {
		k.mu.RLock()
		_, ok := k.sound[[StationSize]byte(b)]
		k.mu.RUnlock()
		if ok {
			return Station{key: [StationSize]byte(b)}, nil
		}
	}
	s, err := StationFromBytes(b)
	if err != nil {
		return s, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.sound == nil {
		k.sound = map[[StationSize]byte]struct{}{}
	}
	k.sound[s.key] = struct{}{}
	return s, nil
}

// ParseSigned is the function ParseSigned.
func (k *Stations) ParseSigned(b []byte) (Signed, error) { return parseListed(b, k.FromBytes) }
