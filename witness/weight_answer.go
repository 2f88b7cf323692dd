package witness

// Settle closes the book: the state for the next epoch, and the weights of the links
// of this one, which follow from that state.
func (b *LinkBook) Settle(before LinkState, epoch Epoch) (LinkState, *Weights) {
	if b.p.LinkEpochs == 0 { // set helium-2026-05 has no weights
		return before, &Weights{}
	}
	after := before.inGeneration(uint64(epoch) / uint64(b.p.LinkEpochs))
	for way, day := range b.ways {
		sums := after.Ways[way]
		sums[0] = sums[0].plus(day.sums)
		after.Ways[way] = sums
	}
	for twins, day := range b.twins {
		sums := after.Twins[twins]
		sums[0] = sums[0].plus(day)
		after.Twins[twins] = sums
	}
	b.keepShown(after)
	b.ask(after)
	reach := b.reaches()
	b.askAround(after, reach)
	return after, b.weigh(after, reach)
}

// ask counts, for each way that was heard on, which beacons of the hearer the sender
// should have heard in turn.
func (b *LinkBook) ask(after LinkState) {
	for way := range b.ways {
		sums := after.Ways[way]
		total := sums[0].plus(sums[1])
		if total.Reports == 0 {
			continue
		}
		asked, answered := b.asked(way, floordiv(total.Level, total.Reports))
		sums[0].Asked += asked
		sums[0].Answered += answered
		after.Ways[way] = sums
	}
}

// asked looks at the beacons of the way's hearer: at the sender each would have come
// in as loud, but for antennas and power; over the noise that the sender itself
// reports it should have been decoded with a margin.
func (b *LinkBook) asked(way Way, level int64) (asked, answered int64) {
	sender, hearer := b.stations[way.From], b.stations[way.To]
	if sender.noises == 0 {
		return 0, 0
	}
	snr := level - net(&hearer.site) + net(&sender.site) - floordiv(sender.noise, sender.noises)
	back := b.ways[way.Back()]
	for _, e := range hearer.sent {
		if !sender.awake.has(e.window) || snr-e.drop < e.limit+b.p.AnswerMargin {
			continue
		}
		asked++
		if back != nil && back.heard.has(e.window) {
			answered++
		}
	}
	return asked, answered
}

// net is a site's antenna gain less its cable, 0.01 dB.
func net(s *SiteFacts) int64 { return int64(s.Gain) - int64(s.Loss) }
