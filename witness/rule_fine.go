package witness

import "hexspot/coverage"

// leastPartners is how many partners must contradict a station's fine time: one
// against one does not say who is wrong.
const leastPartners = 2

// fineTimeFits fails a witness whose fine time is impossible beside more than half
// of its partners': stations of other owners with a fine time, whatever other rules say of
// them (protocol hexspot/1, "Verdict"). Of a station its first observation of the tag is
// looked at, so that none has two votes.
func fineTimeFits(v *view) Finding {
	if !v.fineUsable() || !v.link.ok {
		return Finding{}
	}
	partners, broken := int64(0), int64(0)
	for i := range v.peers {
		fit, judged := v.fineFits(&v.peers[i])
		if !judged {
			continue
		}
		partners++
		if !fit {
			broken++
		}
	}
	if partners < leastPartners {
		return Finding{}
	}
	return atMost(broken, partners/2)
}

// fineFits compares with one other observation; judged says that it is a partner.
func (v *view) fineFits(peer *view) (fit, judged bool) {
	if !peer.first || !peer.fineUsable() || peer.w.Site.Owner == v.w.Site.Owner {
		return false, false
	}
	a, b := &v.w.Site, &peer.w.Site
	d, ok := distance(a.Position, b.Position)
	if !ok {
		return false, false
	}
	allowance := a.Slack + b.Slack + coverage.Millimetres(v.p.FineAllowance)
	return fineTimesFit(*v.w.Fine, *peer.w.Fine, d, allowance), true
}

func (v *view) fineUsable() bool { return v.w.Fine != nil && v.w.Site.Located && v.witnessSane }
