package demo

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"hexspot/radio"
)

// Bounds of a record.
const (
	maxLine       = 1 << 20   // bytes
	maxReceptions = 1_000_000 // about 200 bytes each
	maxHotspots   = 1000      // each is an emulated chip with a driver
)

// OpenRecord reads the record at path, see ReadRecord.
func OpenRecord(path, region string) (Script, error) {
	file, err := os.Open(path)
	if err != nil {
		return Script{}, fmt.Errorf("opening the record: %w", err)
	}
	defer file.Close()
	script, err := ReadRecord(file, region)
	if err != nil {
		return Script{}, fmt.Errorf("reading the record %s: %w", path, err)
	}
	return script, nil
}

// ReadRecord reads receptions as newline-delimited JSON, gzip'd or plain, in the
// form of the CampusIoT datasets: raw_packet has the PHYPayload in base64, and
// each entry of hotspots a reception. Lines without a raw_packet, or whose frame
// is no LoRaWAN uplink, are skipped and counted; any other fault is an error that
// names the line. The order is the file's; a time that goes back is taken for no
// time passed.
//
// The plan is the one named, or the first that has a channel for every frame.
func ReadRecord(r io.Reader, region string) (Script, error) {
	text, err := decompressed(r)
	if err != nil {
		return Script{}, err
	}
	var reader recordReader
	if err := reader.read(text); err != nil {
		return Script{}, err
	}
	s := reader.script
	if err := s.nonEmpty(); err != nil {
		return Script{}, err
	}
	s.Plan, err = choosePlan(region, channels(s.Receptions))
	return s, err
}

// decompressed tells gzip by its first two bytes.
func decompressed(r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(r)
	if magic, _ := buffered.Peek(2); !bytes.Equal(magic, []byte{0x1F, 0x8B}) {
		return buffered, nil
	}
	z, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return z, nil
}

// recordReader makes a script of lines.
type recordReader struct {
	script Script
	known  map[radio.EUI]bool
	first  time.Time // of the script
	now    time.Duration
}

func (r *recordReader) read(text io.Reader) error {
	r.known = map[radio.EUI]bool{}
	lines := bufio.NewScanner(text)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	number := 0
	for lines.Scan() {
		number++
		if err := r.line(lines.Bytes()); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("line %d is longer than %d bytes", number+1, maxLine)
	} else if err != nil {
		return fmt.Errorf("after line %d: %w", number, err)
	}
	return nil
}

func (r *recordReader) line(text []byte) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	heard, err := parseLine(text)
	if err != nil {
		return err
	}
	if len(heard) == 0 {
		r.script.Skipped++
	}
	for _, h := range heard {
		if err := r.add(h); err != nil {
			return err
		}
	}
	return nil
}

func (r *recordReader) add(h heard) error {
	if len(r.script.Receptions) == 0 {
		r.first = h.at
	}
	r.now = max(r.now, h.at.Sub(r.first))
	eui := recordedEUI(h.hotspot)
	if !r.known[eui] {
		r.known[eui] = true
		r.script.Hotspots = append(r.script.Hotspots, eui)
	}
	r.script.Receptions = append(r.script.Receptions, Reception{Hotspot: eui, At: r.now, Frame: h.frame})
	if len(r.script.Receptions) > maxReceptions || len(r.script.Hotspots) > maxHotspots {
		return fmt.Errorf("more than %d receptions or %d hotspots: cut the record into parts", maxReceptions, maxHotspots)
	}
	return nil
}

// recordedEUI gives a hotspot of a record, which has no EUI there, one that
// is the same in every run.
func recordedEUI(id string) radio.EUI {
	hash := sha256.Sum256([]byte("hexspot-demo|" + id))
	return radio.EUI(hash[:8])
}
