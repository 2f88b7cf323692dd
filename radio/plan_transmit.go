package radio

// noDutyLimit is the share of a SubBand without a duty cycle.
const noDutyLimit = 1000

// SubBand is a stretch of spectrum with one rule for a gateway's transmissions.
// Sub-bands may overlap: the first that holds the frequency and allows the
// power counts.
type SubBand struct {
	Name     string // the letter EN 300 220 gives it, or the region
	Range    Range
	Permille int // share of an hour that may be spent sending; 1000: no limit
	MaxEIRP  DBm
}

// Limited says whether the sub-band has a duty cycle.
func (s SubBand) Limited() bool { return s.Permille < noDutyLimit }

// SubBand finds the rule for a transmission at f with a power of eirp. It is
// false where the plan allows no such transmission.
func (p Plan) SubBand(f Hertz, eirp DBm) (SubBand, bool) {
	for _, s := range p.SubBands {
		if s.Range.Contains(f) && eirp <= s.MaxEIRP {
			return s, true
		}
	}
	return SubBand{}, false
}

// MaxEIRP is the most power a gateway may send with at f, false where it may not
// send at all.
func (p Plan) MaxEIRP(f Hertz) (DBm, bool) {
	var most DBm
	var ok bool
	for _, s := range p.SubBands {
		if s.Range.Contains(f) && (!ok || s.MaxEIRP > most) {
			most, ok = s.MaxEIRP, true
		}
	}
	return most, ok
}

// ReceiveOne maps uplink channels to channels of the first receive window.
// The zero value: a device listens where it sent.
type ReceiveOne struct {
	Uplinks  []Row // in the order of channel numbers
	Downlink Row   // one channel at least
}

// Row is Count channels from First, Step apart.
type Row struct {
	First, Step Hertz
	Count       int
}

// At is the frequency of channel i.
func (r Row) At(i int) Hertz { return r.First + Hertz(i)*r.Step }

// Index is the number of the channel at f.
func (r Row) Index(f Hertz) (int, bool) {
	if r.Step <= 0 || f < r.First || (f-r.First)%r.Step != 0 {
		return 0, false
	}
	i := int((f - r.First) / r.Step)
	return i, i < r.Count
}

// RX1Frequency is where a device that sent at uplink opens its first receive
// window, false if that is not a channel of the region.
func (p Plan) RX1Frequency(uplink Hertz) (Hertz, bool) {
	if len(p.RX1.Uplinks) == 0 {
		return uplink, p.Transmit.Contains(uplink)
	}
	before := 0
	for _, row := range p.RX1.Uplinks {
		if i, ok := row.Index(uplink); ok {
			return p.RX1.Downlink.At((before + i) % p.RX1.Downlink.Count), true
		}
		before += row.Count
	}
	return 0, false
}
