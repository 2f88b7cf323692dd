package witness

// Presence and answers that the evidence of appeals shows enter the weights as further
// facts. They are kept under a way: of a station to itself for its presence at its place,
// of a sender and a hearer for frames of the hearer that others heard beside the sender.
// The number is of frames. It is the largest of any appeal, not a sum: the same records
// may come again.

// Show books what the evidence of an appeal shows.
func (b *LinkBook) Show(w Way, frames int64) {
	b.say(saidShown, b.number(w.From), b.number(w.To), frames)
}
