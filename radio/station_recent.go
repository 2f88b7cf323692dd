package radio

import "sync"

// RecentStations remembers the keys found sound last, as Stations does all of them: what it
// accepts is what StationFromBytes accepts. It is safe for concurrent use.
type RecentStations struct {
	most int // of each generation

	mu    sync.RWMutex
	sound map[Station]struct{}
	older map[Station]struct{} // those of before, until as many came again
}

// NewRecentStations remembers at least the last so many that were asked for, and at most twice
// as many.
func NewRecentStations(most int) *RecentStations {
	return &RecentStations{most: most, sound: map[Station]struct{}{}}
}

// FromBytes is StationFromBytes.
func (k *RecentStations) FromBytes(b []byte) (Station, error) {
	if len(b) != StationSize {
		return StationFromBytes(b)
	}
	s := Station{key: [StationSize]byte(b)}
	recent, known := k.knows(s)
	if recent {
		return s, nil
	}
	if !known {
		if _, err := StationFromBytes(b); err != nil {
			return Station{}, err
		}
	}
	k.remember(s)
	return s, nil
}

// knows says whether a key is known, and whether it is in the generation that stays.
func (k *RecentStations) knows(s Station) (recent, known bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if _, ok := k.sound[s]; ok {
		return true, true
	}
	_, known = k.older[s]
	return false, known
}

func (k *RecentStations) remember(s Station) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.sound) >= k.most {
		k.older, k.sound = k.sound, map[Station]struct{}{}
	}
	k.sound[s] = struct{}{}
}
