package verify

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// nearName is a file beside the result that is no part of it: where the stations of the
// snapshot are, so that those around a place are found without reading all. All numbers are
// big-endian.
//
//	number of stations, u32, and of bytes of plans, u32
//	of each station, by station: key, flags, number of its plan (u16), centre (3 x i64), its number (u32)
//	the same again, by the cube of 20 km that the station is in, then by number
//	the names of plans, a line each
//
// A place is there twice so that those around it follow each other.
const nearName = "sites.around"

// nearOldName is the file as an older program made it, without the second list.
const nearOldName = "sites.near"

const (
	nearHead   = 8
	nearRecord = 64
)

// nearFlags of a station.
const (
	nearFull  = 1 << iota // not data-only
	nearAwake             // it reported something
)

// nearSite is a station of the file.
type nearSite struct {
	key    [33]byte
	flags  byte
	plan   uint16
	at     coverage.Position
	number uint32 // in the order of stations
}

func (n *nearSite) append(b []byte) []byte {
	b = append(append(b, n.key[:]...), n.flags)
	b = binary.BigEndian.AppendUint16(b, n.plan)
	for _, v := range [...]coverage.Millimetres{n.at.X, n.at.Y, n.at.Z} {
		b = binary.BigEndian.AppendUint64(b, uint64(v))
	}
	return binary.BigEndian.AppendUint32(b, n.number)
}

func parseNear(b *[nearRecord]byte) nearSite {
	n := nearSite{key: [33]byte(b[:33]), flags: b[33], plan: binary.BigEndian.Uint16(b[34:]), number: binary.BigEndian.Uint32(b[60:])}
	for i, to := range [...]*coverage.Millimetres{&n.at.X, &n.at.Y, &n.at.Z} {
		*to = coverage.Millimetres(binary.BigEndian.Uint64(b[36+8*i:]))
	}
	return n
}

// cube is one of side witness.AroundDistance: who is that near is in one beside it at most.
type cube [3]int32

func cubeOf(p coverage.Position) cube {
	return cube{cubeSide(p.X), cubeSide(p.Y), cubeSide(p.Z)}
}

func cubeSide(v coverage.Millimetres) int32 {
	const side = witness.AroundDistance
	n := v / side
	if v%side < 0 {
		n--
	}
	return int32(n) // the Earth has some 640 of them
}

func (c cube) compare(o cube) int {
	for i := range c {
		if c[i] != o[i] {
			return int(c[i]) - int(o[i])
		}
	}
	return 0
}

// near is an open file. The first error stays.
type near struct {
	file   *os.File
	pages  pages
	count  int
	plans  []string
	failed error
}

func openNear(dir string) (*near, error) {
	file, err := os.Open(filepath.Join(dir, nearName))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNoIndex, nearName)
	}
	if err != nil {
		return nil, err
	}
	n := &near{file: file, pages: pages{file: file}}
	if err := n.readPlans(); err != nil {
		return nil, errors.Join(fmt.Errorf("reading %s: %w", nearName, err), file.Close())
	}
	return n, nil
}

// maxPlans bounds the names of plans in a file.
const maxPlans = 1 << 20

func (n *near) readPlans() error {
	var head [nearHead]byte
	if _, err := n.file.ReadAt(head[:], 0); err != nil {
		return err
	}
	n.count = int(binary.BigEndian.Uint32(head[:]))
	size := binary.BigEndian.Uint32(head[4:])
	if size > maxPlans {
		return errors.New("too many plans")
	}
	text := make([]byte, size)
	if _, err := n.file.ReadAt(text, nearHead+2*int64(n.count)*nearRecord); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	for line := range bytes.Lines(text) {
		n.plans = append(n.plans, string(bytes.TrimSuffix(line, []byte("\n"))))
	}
	return nil
}

func (n *near) fail(err error) {
	if n.failed == nil {
		n.failed = err
	}
}

// site is the station with a number.
func (n *near) site(number int) nearSite {
	b, err := n.pages.record(nearHead+int64(number)*nearRecord, nearRecord)
	if err != nil {
		n.fail(err)
		return nearSite{}
	}
	return parseNear((*[nearRecord]byte)(b))
}

// byCube is the station at a place in the order by cubes.
func (n *near) byCube(i int) nearSite { return n.site(n.count + i) }

// find gives a station, false if it is not in the snapshot.
func (n *near) find(s radio.Station) (nearSite, bool) {
	key := s.Bytes()
	number := sort.Search(n.count, func(i int) bool {
		at := n.site(i)
		return n.failed != nil || bytes.Compare(at.key[:], key) >= 0
	})
	if n.failed != nil || number == n.count {
		return nearSite{}, false
	}
	site := n.site(number)
	return site, bytes.Equal(site.key[:], key)
}

// cubesFrom is the place of the first station whose cube is c or a later one.
func (n *near) cubesFrom(c cube) int {
	return sort.Search(n.count, func(i int) bool {
		return n.failed != nil || cubeOf(n.byCube(i).at).compare(c) >= 0
	})
}

// around looks at those in the cube of a place and the 26 beside it. Of cubes above each
// other the stations follow each other.
func (n *near) around(ctx context.Context, p coverage.Position, look func(nearSite)) error {
	middle := cubeOf(p)
	for column := range 9 {
		c := cube{middle[0] + int32(column/3) - 1, middle[1] + int32(column%3) - 1, middle[2] - 1}
		last := cube{c[0], c[1], c[2] + 2}
		for i := n.cubesFrom(c); i < n.count; i++ {
			s := n.byCube(i)
			if err := errors.Join(n.failed, ctx.Err()); err != nil {
				return err
			}
			if cubeOf(s.at).compare(last) > 0 {
				break
			}
			look(s)
		}
	}
	return n.failed
}
