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

// ArchivedSites are the sites of an archive, as a registry publishes them in every epoch,
// by station.
func ArchivedSites(dir string) ([]coverage.Listing, error) {
	b, err := os.ReadFile(filepath.Join(dir, "sites.json"))
	if err != nil {
		return nil, fmt.Errorf("reading an archive: %w", err)
	}
	var published []Published
	if err := json.Unmarshal(b, &published); err != nil {
		return nil, fmt.Errorf("reading sites.json: %w", err)
	}
	return Listings(published)
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

// ArchivedEpochs are the epochs of an archive, ascending.
func ArchivedEpochs(dir string) ([]witness.Epoch, error) {
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

// Archived is a record of an archive, as a journal has it.
type Archived struct {
	Kind    string
	At      witness.Millis
	Message []byte
}

// ReadArchived reads an epoch's entropy and then its records.
func ReadArchived(dir string, e witness.Epoch, each func(Archived) error) error {
	for _, read := range [...]struct {
		what string
		from func(*bufio.Reader, func(Archived) error) error
	}{{"entropy", readEntropy}, {"records", readRecords}} {
		if err := readFile(archived(dir, e, read.what), each, read.from); err != nil {
			return err
		}
	}
	return nil
}

func readFile(path string, each func(Archived) error, from func(*bufio.Reader, func(Archived) error) error) error {
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

func readEntropy(r *bufio.Reader, each func(Archived) error) error {
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
		if err := each(Archived{words[0], witness.Millis(at), message}); err != nil {
			return err
		}
	}
	return lines.Err()
}

// recordHead is a record's time and length.
const recordHead = 12

func readRecords(r *bufio.Reader, each func(Archived) error) error {
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
		signed, err := radio.ParseSigned(message)
		if err != nil {
			return err
		}
		if err := each(Archived{string(signed.Kind), witness.Millis(binary.BigEndian.Uint64(head[:])), message}); err != nil {
			return err
		}
	}
}
