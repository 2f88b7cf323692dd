package witness

// What a book says of two stations. The numbers that follow are those of the comment.
const (
	saidHeard = iota // window; drop and level, if they count
	saidTwins        // difference of the levels of one frame
	saidNear         // the second is a neighbour that is asked about the first
	saidShown        // frames that the evidence of an appeal shows
	wasWay           // sums of the state before, of two generations each
	wasNear
	wasTwins
	wasShown
	saidKinds
)

// said is the head of what is said of two stations: twins are in the order of stations,
// others in that of the frames.
type said struct {
	what     int
	from, to uint32 // numbers of the book
}

// say puts something into the drawer of two stations.
func (b *LinkBook) say(what int, from, to uint32, numbers ...int64) {
	if b.fault == nil {
		b.failed(b.pairs.Put(drawerOf(from, to), b.item.say(what, from, to, numbers...)))
	}
}

// say makes the item of something said of two stations.
func (i *item) say(what int, from, to uint32, numbers ...int64) []byte {
	if from > to {
		from, to, what = to, from, what+saidKinds
	}
	return i.begin().add(int64(from), int64(to), int64(what)).add(numbers...).end()
}

// drawerOf is the drawer of two stations, in either order.
func drawerOf(a, b uint32) int { return int((min(a, b)*0x9e3779b1 ^ max(a, b)*0x85ebca6b) >> 24) }

func (f *itemFields) said() said {
	s := said{from: f.number()}
	s.to = f.number()
	if s.what = int(f.next()); s.what >= saidKinds {
		s.what -= saidKinds
		s.from, s.to = s.to, s.from
	}
	return s
}
