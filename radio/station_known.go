package radio

import "sync"

// Stations remembers keys that were found sound: checking one takes a third as long as
// verifying a signature. What it accepts is what StationFromBytes accepts. The zero
// Stations is ready, and holds each station it has seen; RecentStations makes one with a bound.
// It is safe for concurrent use.
type Stations struct {
	most int // of each generation; 0: no bound

	mu    sync.RWMutex
	sound map[[StationSize]byte]struct{}
	older map[[StationSize]byte]struct{} // those of before, until as many came again
}

// RecentStations remembers at least the last so many that were asked for, and at most twice
// as many.
func RecentStations(most int) *Stations { return &Stations{most: most} }

// FromBytes is StationFromBytes.
func (k *Stations) FromBytes(b []byte) (Station, error) {
	if len(b) != StationSize {
		return StationFromBytes(b)
	}
	key := [StationSize]byte(b)
	recent, known := k.knows(key)
	if recent {
		return Station{key}, nil
	}
	if !known {
		if _, err := StationFromBytes(b); err != nil {
			return Station{}, err
		}
	}
	k.remember(key)
	return Station{key}, nil
}

// knows says whether a key is known, and whether it is in the generation that stays.
func (k *Stations) knows(key [StationSize]byte) (recent, known bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if _, ok := k.sound[key]; ok {
		return true, true
	}
	_, known = k.older[key]
	return false, known
}

func (k *Stations) remember(key [StationSize]byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.sound == nil || k.most > 0 && len(k.sound) >= k.most {
		k.older, k.sound = k.sound, map[[StationSize]byte]struct{}{}
	}
	k.sound[key] = struct{}{}
}

// ParseSigned is the function ParseSigned.
func (k *Stations) ParseSigned(b []byte) (Signed, error) { return parseListed(b, k.FromBytes) }
