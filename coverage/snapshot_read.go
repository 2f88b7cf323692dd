package coverage

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"hexspot/radio"
)

// maxSnapshotLine is more than any line of a snapshot has.
const maxSnapshotLine = 512

// Snapshot is a snapshot that was read.
type Snapshot struct {
	Network  radio.Network
	Epoch    uint64
	Listings []Listing // rising by station
}

// ReadSnapshot reads a snapshot. It accepts nothing but what WriteSnapshot writes,
// so that the bytes give the snapshot and the snapshot the bytes; errors name the
// line.
func ReadSnapshot(r io.Reader) (Snapshot, error) {
	s, listings, err := StreamSnapshot(r)
	if err != nil {
		return Snapshot{}, err
	}
	for l, err := range listings {
		if err != nil {
			return Snapshot{}, err
		}
		s.Listings = append(s.Listings, l)
	}
	return s, nil
}

// StreamSnapshot reads a snapshot as ReadSnapshot does, but has one listing at a time in
// memory. They may be read once; the first error is the last thing they give.
func StreamSnapshot(r io.Reader) (Snapshot, iter.Seq2[Listing, error], error) {
	lines := bufio.NewReaderSize(r, maxSnapshotLine)
	head, err := snapshotLine(lines)
	if err != nil {
		return Snapshot{}, nil, fmt.Errorf("registry snapshot, line 1: %w", err)
	}
	s, err := parseSnapshotHead(head)
	if err != nil {
		return Snapshot{}, nil, fmt.Errorf("registry snapshot, line 1: %w", err)
	}
	return s, func(yield func(Listing, error) bool) { readListings(lines, s.Epoch, yield) }, nil
}

// readListings gives the lines of a snapshot after its head.
func readListings(lines *bufio.Reader, epoch uint64, yield func(Listing, error) bool) {
	order := snapshotOrder{epoch: epoch}
	for n := 2; ; n++ {
		line, err := snapshotLine(lines)
		if errors.Is(err, io.EOF) {
			return
		}
		var l Listing
		if err == nil {
			l, err = parseListing(line)
		}
		if err == nil {
			err = order.next(l)
		}
		if err != nil {
			yield(Listing{}, fmt.Errorf("registry snapshot, line %d: %w", n, err))
			return
		}
		if !yield(l, nil) {
			return
		}
	}
}

// snapshotLine reads a line with its end; it is good until the next call.
func snapshotLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, errors.New("the line is too long")
	case errors.Is(err, io.EOF) && len(line) > 0:
		return nil, errors.New("the line has no end")
	}
	return line, err
}

func parseSnapshotHead(line []byte) (Snapshot, error) {
	words := strings.Fields(string(line))
	if len(words) != 4 {
		return Snapshot{}, errors.New("no head of a registry snapshot")
	}
	network, err := radio.ParseNetwork(words[2])
	if err != nil {
		return Snapshot{}, err
	}
	epoch, err := strconv.ParseUint(words[3], 10, 40)
	if err != nil {
		return Snapshot{}, fmt.Errorf("epoch: %w", err)
	}
	if again := fmt.Sprintf("%s %v %d\n", snapshotHead, network, epoch); again != string(line) {
		return Snapshot{}, fmt.Errorf("want %q", again)
	}
	return Snapshot{Network: network, Epoch: epoch}, nil
}

func parseListing(line []byte) (Listing, error) {
	words := strings.Fields(string(line))
	if len(words) != 12 {
		return Listing{}, fmt.Errorf("%d words, want 12", len(words))
	}
	var l Listing
	var errs [5]error
	l.Station, errs[0] = radio.ParseStation(words[0])
	l.Site.Owner, errs[1] = ParseAccount(words[3])
	l.Site.Cell, errs[2] = ParseHex(words[4])
	l.Site.DataOnly, errs[3] = parseClass(words[10])
	errs[4] = l.parseNumbers(words)
	l.Site.Plan = words[11]
	if err := errors.Join(errs[:]...); err != nil {
		return Listing{}, err
	}
	if again := l.append(nil); !bytes.Equal(again, line) {
		return Listing{}, fmt.Errorf("want %q", again)
	}
	return l, nil
}

// parseNumbers reads words 1, 2 and 5 to 9.
func (l *Listing) parseNumbers(words []string) error {
	var errs [7]error
	l.Nonce, errs[0] = strconv.ParseUint(words[1], 10, 63)
	l.From, errs[1] = strconv.ParseUint(words[2], 10, 63)
	l.Site.Center.X, errs[2] = parseInt[Millimetres](words[5], 64)
	l.Site.Center.Y, errs[3] = parseInt[Millimetres](words[6], 64)
	l.Site.Center.Z, errs[4] = parseInt[Millimetres](words[7], 64)
	l.Site.Gain, errs[5] = parseInt[radio.DB](words[8], 32)
	l.Site.Loss, errs[6] = parseInt[radio.DB](words[9], 32)
	return errors.Join(errs[:]...)
}

func parseInt[T ~int32 | ~int64](word string, bits int) (T, error) {
	n, err := strconv.ParseInt(word, 10, bits)
	return T(n), err
}
