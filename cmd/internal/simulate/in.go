package simulate

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// Archived is an archive that is read.
type Archived struct {
	dir     string
	Network radio.Network
	Sites   []coverage.Listing // as a registry publishes them in every epoch, by station
	Epochs  []witness.Epoch    // ascending
	Before  witness.State      // that the first epoch began with
}

// OpenArchive opens what an Archive has written.
func OpenArchive(dir string) (*Archived, error) {
	a := &Archived{dir: dir}
	if err := a.open(); err != nil {
		return nil, fmt.Errorf("opening the archive: %w", err)
	}
	return a, nil
}

// OpenRecords opens an archive without its sites and the state before its first epoch, which
// take memory for each station.
func OpenRecords(dir string) (*Archived, error) {
	a := &Archived{dir: dir}
	if err := a.openRecords(); err != nil {
		return nil, fmt.Errorf("opening the archive: %w", err)
	}
	return a, nil
}

func (a *Archived) openRecords() (err error) {
	if a.Epochs, err = archivedEpochs(a.dir); err != nil {
		return err
	}
	if len(a.Epochs) == 0 {
		return errors.New("there is no epoch")
	}
	return a.readNetwork()
}

func (a *Archived) open() error {
	b, err := os.ReadFile(filepath.Join(a.dir, sitesName))
	if err != nil {
		return err
	}
	var published []Published
	if err := json.Unmarshal(b, &published); err != nil {
		return fmt.Errorf("sites.json: %w", err)
	}
	if a.Sites, err = Listings(published); err != nil {
		return err
	}
	if err := a.openRecords(); err != nil {
		return err
	}
	b, err = os.ReadFile(archived(a.dir, a.Epochs[0], "before"))
	if err != nil && !errors.Is(err, os.ErrNotExist) { // an archive that nobody judged has none
		return err
	}
	a.Before, err = witness.ParseState(b)
	return err
}

// errStop ends a reading.
var errStop = errors.New("enough")

// readNetwork takes the network from the first record, an anchor.
func (a *Archived) readNetwork() error {
	err := a.Read(a.Epochs[0], func(r Journaled) error {
		signed, err := radio.ParseSigned(r.Message)
		if err != nil || signed.Kind != radio.KindAnchor {
			return errors.Join(err, errors.New("the first record is no anchor"))
		}
		a.Network = signed.Station.Network()
		return errStop
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// Compare names what of an epoch's verdicts and links in another directory is not what the
// simulation's own judge has written.
func (a *Archived) Compare(e witness.Epoch, dir string) ([]string, error) {
	var differ []string
	for _, name := range [...]string{"verdicts", "links"} {
		want, err := os.ReadFile(archived(a.dir, e, name))
		if err != nil {
			return nil, err
		}
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(got, want) {
			differ = append(differ, name)
		}
	}
	return differ, nil
}

// Listings are sites as a registry publishes them, by station.
func Listings(published []Published) ([]coverage.Listing, error) {
	list := make([]coverage.Listing, len(published))
	for i, p := range published {
		site, err := p.site()
		if err != nil {
			return nil, fmt.Errorf("site of %v: %w", p.Station, err)
		}
		list[i] = coverage.Listing{Station: p.Station, Entry: coverage.Entry{Site: site}}
	}
	slices.SortFunc(list, func(a, b coverage.Listing) int { return bytes.Compare(a.Station.Bytes(), b.Station.Bytes()) })
	return list, nil
}

func (p Published) site() (coverage.Site, error) {
	owner, err := coverage.ParseAccount(p.Owner)
	if err != nil {
		return coverage.Site{}, err
	}
	cell, err := coverage.ParseHex(p.Cell)
	if err != nil {
		return coverage.Site{}, err
	}
	return coverage.NewSite(owner, cell, p.Gain, p.Loss, p.Plan)
}

func archivedEpochs(dir string) ([]witness.Epoch, error) {
	files, err := filepath.Glob(filepath.Join(dir, "epoch-*.records"))
	if err != nil {
		return nil, err
	}
	var epochs []witness.Epoch
	for _, path := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "epoch-"), ".records")
		n, err := strconv.ParseUint(name, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the name %s: %w", path, err)
		}
		epochs = append(epochs, witness.Epoch(n))
	}
	slices.Sort(epochs)
	return epochs, nil
}

// Journaled is a record of an archive, as a journal has it.
type Journaled struct {
	Kind    string
	At      witness.Millis
	Message []byte
}

// Read reads an epoch's entropy and then its records.
func (a *Archived) Read(e witness.Epoch, each func(Journaled) error) error {
	for _, read := range [...]struct {
		what string
		from func(*bufio.Reader, func(Journaled) error) error
	}{{"entropy", readEntropy}, {"records", readRecords}} {
		if err := readFile(archived(a.dir, e, read.what), each, read.from); err != nil {
			return err
		}
	}
	return nil
}

func readFile(path string, each func(Journaled) error, from func(*bufio.Reader, func(Journaled) error) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("reading an archive: %w", err)
	}
	defer file.Close()
	if err := from(bufio.NewReaderSize(file, 1<<20), each); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}

func readEntropy(r *bufio.Reader, each func(Journaled) error) error {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		words := strings.Split(lines.Text(), " ")
		if len(words) != 3 {
			return fmt.Errorf("%q: want kind, time and message", lines.Text())
		}
		at, err := strconv.ParseInt(words[1], 10, 64)
		if err != nil {
			return err
		}
		message, err := hex.DecodeString(words[2])
		if err != nil {
			return err
		}
		if err := each(Journaled{words[0], witness.Millis(at), message}); err != nil {
			return err
		}
	}
	return lines.Err()
}

// recordHead is a record's time and length.
const recordHead = 12

func readRecords(r *bufio.Reader, each func(Journaled) error) error {
	for {
		var head [recordHead]byte
		if _, err := io.ReadFull(r, head[:]); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		n := binary.BigEndian.Uint32(head[8:])
		if n > radio.MaxSigned {
			return fmt.Errorf("a record of %d bytes, at most %d", n, radio.MaxSigned)
		}
		message := make([]byte, n)
		if _, err := io.ReadFull(r, message); err != nil {
			return err
		}
		kind, err := kindOf(message)
		if err != nil {
			return err
		}
		if err := each(Journaled{kind, witness.Millis(binary.BigEndian.Uint64(head[:])), message}); err != nil {
			return err
		}
	}
}

// kindOf is the kind that a record states: its second field, behind the 33 bytes of the
// station. Whoever reads on checks the rest.
func kindOf(message []byte) (string, error) {
	const at = 2 + radio.StationSize + 1
	if len(message) <= at || len(message) <= at+int(message[at]) {
		return "", errors.New("a record without a kind")
	}
	return string(message[at+1 : at+1+int(message[at])]), nil
}
