package verify

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"hexspot/coverage"
	"hexspot/witness"
)

// nearWriter makes the file of a result's stations from its files of sites and tallies,
// which have the same order.
type nearWriter struct {
	sites, stations *bufio.Reader
	file            *os.File
	out             *bufio.Writer
	cubes           []cube // by number
	plans           map[string]uint16
	names           []byte
}

func indexNear(ctx context.Context, dir string) (err error) {
	var files [2]*os.File
	for i, name := range [...]string{sitesName, stationsName} {
		if files[i], err = os.Open(filepath.Join(dir, name)); err != nil {
			return err
		}
		defer files[i].Close()
	}
	return writeBeside(dir, nearName, func(file *os.File) error {
		w := nearWriter{bufio.NewReader(files[0]), bufio.NewReader(files[1]), file, bufio.NewWriterSize(file, 1<<16), nil, map[string]uint16{}, nil}
		if err := w.write(ctx); err != nil {
			return err
		}
		_, err := file.WriteAt(w.head(), 0)
		return err
	})
}

func (w *nearWriter) head() []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(len(w.cubes))), uint32(len(w.names)))
}

func (w *nearWriter) write(ctx context.Context) error {
	if _, err := w.out.Write(make([]byte, nearHead)); err != nil {
		return err
	}
	if _, err := w.sites.ReadSlice('\n'); err != nil { // the head
		return err
	}
	for {
		site, err := w.sites.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(site) == 0 {
			break
		}
		if err = errors.Join(err, ctx.Err()); err == nil {
			err = w.add(site)
		}
		if err != nil {
			return err
		}
	}
	return w.finish(ctx)
}

// add writes a station that has a site. Tallies of those that have none come between.
func (w *nearWriter) add(site []byte) error {
	for {
		tally, err := w.stations.ReadBytes('\n')
		if err != nil {
			return fmt.Errorf("%s ends before %s: %w", stationsName, sitesName, err)
		}
		words := bytes.SplitN(tally, []byte(" "), 7) // witness.Tally.AppendText
		if len(words) < 7 {
			return fmt.Errorf("%s: a line has too few words", stationsName)
		}
		if witness.Presence(words[1]) == witness.PresenceNone {
			continue
		}
		n, err := w.parse(bytes.Fields(site), words)
		if err != nil {
			return err
		}
		n.number = uint32(len(w.cubes))
		w.cubes = append(w.cubes, cubeOf(n.at))
		_, err = w.out.Write(n.append(nil))
		return err
	}
}

// parse reads a line of each file (coverage.WriteSnapshot has that of a site).
func (w *nearWriter) parse(site, tally [][]byte) (n nearSite, err error) {
	if len(site) != 12 {
		return n, fmt.Errorf("%s: a line of %d words", sitesName, len(site))
	}
	if size, err := hex.Decode(n.key[:], tally[0][:min(len(tally[0]), 2*len(n.key))]); err != nil || size != len(n.key) {
		return n, fmt.Errorf("%s: %.80q is no station", stationsName, tally[0])
	}
	if witness.Presence(tally[1]) == witness.PresenceFull {
		n.flags |= nearFull
	}
	if string(tally[4]) != "-" || string(tally[5]) != "-" {
		n.flags |= nearAwake
	}
	for i, to := range [...]*coverage.Millimetres{&n.at.X, &n.at.Y, &n.at.Z} {
		v, err := strconv.ParseInt(string(site[5+i]), 10, 64)
		if err != nil {
			return n, fmt.Errorf("%s: %w", sitesName, err)
		}
		*to = coverage.Millimetres(v)
	}
	n.plan, err = w.plan(string(site[11]))
	return n, err
}

func (w *nearWriter) plan(name string) (uint16, error) {
	number, ok := w.plans[name]
	if ok {
		return number, nil
	}
	if len(w.plans) > math.MaxUint16 {
		return 0, errors.New("too many channel plans")
	}
	number = uint16(len(w.plans))
	w.plans[name] = number
	w.names = append(append(w.names, name...), '\n')
	return number, nil
}

// finish writes the list by cubes, whose records it reads from the first one, and the plans.
func (w *nearWriter) finish(ctx context.Context) error {
	if err := w.out.Flush(); err != nil {
		return err
	}
	order := make([]uint32, len(w.cubes))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Or(w.cubes[a].compare(w.cubes[b]), cmp.Compare(a, b)) })
	var b [nearRecord]byte
	for _, n := range order {
		if _, err := w.file.ReadAt(b[:], nearHead+int64(n)*nearRecord); err != nil {
			return err
		}
		if _, err := w.out.Write(b[:]); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if _, err := w.out.Write(w.names); err != nil {
		return err
	}
	return w.out.Flush()
}
