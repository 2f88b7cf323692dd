package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"hexspot/radio"
	"hexspot/witness"
)

// Result reads a verified epoch. It holds little in memory and is safe for concurrent
// use.
type Result struct {
	dir        string
	summary    Summary
	parameters *witness.Parameters
	reader     witness.Reader
	sizes      map[string]int64 // of the files, by the manifest
}

// Open opens a verified epoch. It does not read the large files; Check does. Whatever reads one then
// fails if it is not as long as the manifest lists it.
func Open(dir string) (*Result, error) {
	r := &Result{dir: dir}
	if err := r.open(); err != nil {
		return nil, fmt.Errorf("opening the verdicts in %s: %w", dir, err)
	}
	return r, nil
}

// Know has keys of stations checked with a memory, which results may share, before it is asked
// for anything: to check a key takes longer than all else that is done with a line.
func (r *Result) Know(known *radio.RecentStations) { r.reader.Known = known }

func (r *Result) open() error {
	text, err := os.ReadFile(r.path(summaryName))
	if err != nil {
		return err
	}
	if r.summary, err = parseSummary(text); err != nil {
		return err
	}
	if text, err = os.ReadFile(r.path(manifestName)); err != nil {
		return err
	}
	r.summary.Root = sha256.Sum256(text)
	if r.sizes, err = sizesOf(text); err != nil {
		return err
	}
	if text, err = r.readFile(parametersName); err != nil {
		return err
	}
	r.parameters, err = witness.ParseParameters(text)
	return err
}

// sizesOf are how long files are, by the text of a manifest.
func sizesOf(text []byte) (map[string]int64, error) {
	m, err := parseManifest(text)
	sizes := make(map[string]int64, len(m))
	for _, e := range m {
		sizes[e.Name] = e.Size
	}
	return sizes, err
}

// openFile opens a file of the result, which must be as long as the manifest lists it: of one that was cut off
// an answer would not be true.
func (r *Result) openFile(name string) (*os.File, error) {
	file, err := os.Open(r.path(name))
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.Size() != r.sizes[name] {
		err = fmt.Errorf("%s is damaged: it has %d bytes, and the manifest lists %d", name, info.Size(), r.sizes[name])
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func (r *Result) readFile(name string) ([]byte, error) {
	file, err := r.openFile(name)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(file)
	return text, errors.Join(err, file.Close())
}

func (r *Result) openLines(name string, prefixes ...string) (*lines, error) {
	file, err := r.openFile(name)
	if err != nil {
		return nil, err
	}
	return newLines(file, r.sizes[name], prefixes...), nil
}

func (r *Result) path(name string) string { return filepath.Join(r.dir, name) }

// Summary is the epoch's. Drops and times are not kept.
func (r *Result) Summary() Summary { return r.summary }

// Parameters are those that the epoch was judged with.
func (r *Result) Parameters() *witness.Parameters { return r.parameters }

// Check compares each file with the manifest.
func (r *Result) Check() error {
	m, err := readManifest(r.dir)
	if err != nil {
		return err
	}
	var faults []error
	for _, e := range m {
		faults = append(faults, r.checkFile(e))
	}
	return errors.Join(faults...)
}

func (r *Result) checkFile(e entry) error {
	if e.Name != filepath.Base(e.Name) {
		return fmt.Errorf("%s is no name of a file", e.Name)
	}
	file, err := os.Open(r.path(e.Name))
	if err != nil {
		return err
	}
	defer file.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, file)
	if err == nil && (size != e.Size || !bytes.Equal(sum.Sum(nil), e.Hash)) {
		err = errors.New("it is not what the manifest lists")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", e.Name, err)
	}
	return nil
}

// Report is the verdict on one report, within its case.
type Report struct {
	Tag    witness.Tag
	Slot   witness.Slot
	Start  witness.Millis // of the slot
	Beacon bool           // a beacon report; else an observation
	witness.Judged
	Case witness.Verdict // the whole case
}

// mostPlaces is more than the cases that a record can be in: 32 observations, each of a tag
// with several slots.
const mostPlaces = 256

// Has says whether verdicts or outcomes in a directory may be about a record. It reads a few
// places of the indexes and nothing else.
func Has(dir string, id radio.RecordID) (bool, error) {
	for _, name := range [...]string{verdictsName, outcomesName} {
		offsets, err := findPlaces(filepath.Join(dir, name), placeOfRecord(id), 1)
		if err != nil || len(offsets) > 0 {
			return len(offsets) > 0, err
		}
	}
	return false, nil
}

// Report gives the verdicts on a record: one on a beacon record, up to 32 on a witness
// record, by tag. None: nothing of it was judged in this epoch.
func (r *Result) Report(id radio.RecordID) ([]Report, error) {
	offsets, err := findPlaces(r.path(verdictsName), placeOfRecord(id), mostPlaces)
	if err != nil {
		return nil, fmt.Errorf("looking for record %v: %w", id, err)
	}
	var reports []Report
	for _, offset := range offsets {
		v, err := r.caseAt(offset)
		if err != nil {
			return nil, fmt.Errorf("looking for record %v: %w", id, err)
		}
		reports = appendReports(reports, v, id)
	}
	return reports, nil
}

func appendReports(reports []Report, v witness.Verdict, id radio.RecordID) []Report {
	for i, list := range [...][]witness.Judged{v.Beacons, v.Witnesses} {
		for _, j := range list {
			if j.ID == id {
				reports = append(reports, Report{v.Tag, witness.Slot(v.Slot), witness.Millis(v.Start), i == 0, j, v})
			}
		}
	}
	return reports
}

// caseStart begins a case in `verdicts`.
const caseStart = "case "

// Case gives the verdicts on a tag: one, or one for each slot that it was opened for.
func (r *Result) Case(tag witness.Tag) ([]witness.Verdict, error) {
	want := hex.EncodeToString(tag[:])
	lines, err := r.openLines(verdictsName, caseStart)
	if err != nil {
		return nil, err
	}
	defer lines.close()
	offset, err := lines.find(caseStart + want)
	var verdicts []witness.Verdict
	for err == nil && offset >= 0 {
		var v witness.Verdict
		var next int64
		if v, next, err = r.parseCase(lines, offset); err != nil || v.Tag != tag {
			break
		}
		verdicts, offset = append(verdicts, v), next
	}
	if err != nil {
		return nil, fmt.Errorf("looking for tag %s: %w", want, err)
	}
	return verdicts, nil
}

func (r *Result) caseAt(offset int64) (witness.Verdict, error) {
	lines, err := r.openLines(verdictsName, caseStart)
	if err != nil {
		return witness.Verdict{}, err
	}
	defer lines.close()
	v, _, err := r.parseCase(lines, offset)
	return v, err
}

// parseCase reads the case at an offset and says where the next one is, -1: nowhere.
func (r *Result) parseCase(lines *lines, offset int64) (witness.Verdict, int64, error) {
	text, next, err := lines.block(offset)
	if err != nil {
		return witness.Verdict{}, -1, err
	}
	list, err := r.reader.Verdicts(text, r.parameters.Set)
	if err != nil {
		return witness.Verdict{}, -1, err
	}
	if len(list) != 1 {
		return witness.Verdict{}, -1, fmt.Errorf("%d cases at %d, want one", len(list), offset)
	}
	return list[0], next, nil
}
