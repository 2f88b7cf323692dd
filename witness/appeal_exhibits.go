package witness

import (
	"maps"
	"slices"

	"hexspot/coverage"
	"hexspot/radio"
)

// isAppointed says that the network has appointed a station for a slot.
func (b *brief) isAppointed(s radio.Station, k Slot) bool {
	return slices.ContainsFunc(b.audits, func(a Audit) bool { return a.Station == s && a.Covers(k) })
}

// farthestOwn is how far from the place the station's own receiver ever was.
func (b *brief) farthestOwn() (bool, coverage.Millimetres) {
	farthest := coverage.Millimetres(0)
	for _, f := range b.tracks[b.station] {
		farthest = max(farthest, b.from(b.site.Position, f.Position))
	}
	return len(b.tracks[b.station]) > 0 && b.site.Located, farthest
}

// from is the distance of two places, the largest difference of a coordinate where
// there is none.
func (b *brief) from(p, q coverage.Position) coverage.Millimetres {
	if d, ok := distance(p, q); ok {
		return d
	}
	return widest(p, q)
}

// exhibits finds what counts, and the frames of an appointed station that
// the station heard in turn.
func (b *brief) exhibits(facts *AppealFacts) {
	for _, party := range slices.SortedFunc(maps.Keys(b.heard), compareStations) {
		site := b.w.Site(party)
		for _, o := range b.heard[party] {
			if e, ok := b.exhibit(party, &site, o); ok {
				facts.Exhibits = append(facts.Exhibits, e)
			}
		}
	}
	facts.Appointed = facts.appointed(b.w.Parameters)
	for _, o := range b.heard[b.station] {
		sent, ok := b.others[o.Frame.Tag]
		if ok && o.Frame.Type == FrameDiscovery && o.received < b.closes(sent.slot) && b.isAppointed(sent.by, sent.slot) {
			facts.Hears++
		}
	}
}

// exhibit says whether an observation counts: a frame of the station, heard and reported in
// time by somebody else who was near the place, and, where presence is in question, as loud as only from
// near.
func (b *brief) exhibit(party radio.Station, site *SiteFacts, o heardFrame) (Exhibit, bool) {
	sent, ours := b.sent[o.Frame.Tag]
	if !ours || !b.place.Located || !site.Located || o.received >= b.closes(sent.slot) || !b.isFrame(sent, o.Observation) {
		return Exhibit{}, false
	}
	e := Exhibit{
		Tag: o.Frame.Tag, Slot: sent.slot, Window: b.w.Timing.Window(sent.slot), Owner: site.Owner,
		Appointed: b.isAppointed(party, sent.slot),
	}
	return e, b.isParty(party, site, e.Appointed) && b.wasNear(party, o.Heard) && (b.way().From != b.station || b.isLoud(sent, site, o.Observation))
}

// isFrame says that a frame was heard as it was sent, and lately.
func (b *brief) isFrame(sent sentFrame, o Observation) bool {
	w := b.w
	epoch := w.Timing.Epoch(sent.slot)
	value, ok := b.values.at(sent.slot)
	return ok && o.Frame.Mark == MarkOf(w.Network, value) && epoch <= w.Epoch && epoch+Epoch(w.Parameters.LinkEpochs) >= w.Epoch &&
		o.Frequency == sent.Frequency && o.SF == sent.SF && w.Timing.InSlot(o.Heard, sent.slot, ClockSlack)
}

// isParty says who may bear witness: a station of another owner than those concerned, on
// the air and in good standing itself, or one that the network has appointed.
func (b *brief) isParty(party radio.Station, site *SiteFacts, appointed bool) bool {
	if party == b.station || party == b.partner {
		return false
	}
	if appointed {
		return true
	}
	_, bad := b.w.Before[StationSubject(party)]
	return !bad && b.w.isActive(party) && site.Full && site.Owner != b.site.Owner && site.Owner != b.place.Owner
}

// isActive says that a station's beacons were heard, and that it heard others', of late: a
// key without a radio bears no witness.
func (w *AppealWorld) isActive(s radio.Station) bool {
	e, since := w.Events(s), w.since()
	return e.Beaconed >= since && e.Witnessed >= since
}

// since is from when on an event counts at the start of the outcome's epoch.
func (w *AppealWorld) since() int64 {
	from, _ := w.Timing.Slots(w.Epoch)
	return max(1, int64(w.Timing.Start(from))-w.Parameters.Horizon)
}

// wasNear says that the party's receiver was near the place within a short time of
// hearing.
func (b *brief) wasNear(party radio.Station, heard Millis) bool {
	figures := &b.w.Parameters.Figures
	return slices.ContainsFunc(b.tracks[party], func(f Fix) bool {
		apart := max(heard-f.At, f.At-heard)
		return int64(apart) <= figures.ExhibitAge && int64(b.from(b.place.Position, f.Position)+f.Accuracy) <= figures.ExhibitDistance
	})
}

// isLoud says that a frame lost less on its way than in free space over ExhibitReach: it
// was sent from nearer than that.
func (b *brief) isLoud(sent sentFrame, site *SiteFacts, o Observation) bool {
	level, ok := o.level()
	if !ok {
		return false
	}
	loss := int64(sent.Conducted) + net(&b.site) + net(site) - level
	reach := freeSpaceLoss(coverage.Millimetres(b.w.Parameters.ExhibitReach), o.Frequency, lossOffset)
	return loss*int64(centidB) <= int64(reach)
}

// level is as levelHeard.
func (o Observation) level() (int64, bool) {
	if o.HasSignalRSSI {
		return int64(o.SignalRSSI), true
	}
	return int64(o.ChannelRSSI), o.SNR >= noiseKnown
}
