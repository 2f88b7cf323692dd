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
	if b.fault != nil {
		return
	}
	lesser, greater := min(from, to), max(from, to)
	back := 0
	if from > to {
		back = saidKinds
	}
	b.item.begin().add(int64(lesser), int64(greater), int64(what+back)).add(numbers...)
	b.failed(b.item.put(b.pairs, int((lesser*0x9e3779b1^greater*0x85ebca6b)>>24)))
}

func (f *itemFields) said() said {
	s := said{from: f.number()}
	s.to = f.number()
	if s.what = int(f.next()); s.what >= saidKinds {
		s.what -= saidKinds
		s.from, s.to = s.to, s.from
	}
	return s
}
