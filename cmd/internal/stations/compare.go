package stations

import "hexspot/radio"

// Found counts what is stored of each station's messages.
type Found map[radio.EUI]map[uint64]int

// Add counts one payload. It is false for what no fleet has sent.
func (f Found) Add(payload []byte) bool {
	eui, number, ok := Parse(payload)
	if !ok {
		return false
	}
	if f[eui] == nil {
		f[eui] = make(map[uint64]int)
	}
	f[eui][number]++
	return true
}

// Balance is what was acknowledged against what is stored.
type Balance struct {
	Acked   uint64 // messages that were acknowledged
	Lost    uint64 // of them, those that are not stored
	Again   uint64 // of them, copies beyond the first
	Unasked uint64 // stored and not acknowledged: the PUBACK did not get through
}

// Balance compares.
func (f Found) Balance(acked map[radio.EUI]uint64) (b Balance) {
	for eui, count := range acked {
		b.Acked += count
		stored := f[eui]
		for number := range count {
			switch copies := stored[number]; copies {
			case 0:
				b.Lost++
			default:
				b.Again += uint64(copies - 1)
			}
		}
		for number := range stored {
			if number >= count {
				b.Unasked++
			}
		}
	}
	return b
}
