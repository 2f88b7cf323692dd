package journal

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// File is one of the files a log was rolled into.
type File struct {
	Born  time.Time // of the log, to the second: another log counts from 1 again
	First uint64    // sequence number of what it begins with: one after the file before
	Last  uint64    // of its last record
	Hour  time.Time // all its records are of this hour, UTC
	Size  int64     // compressed
}

// Layouts of times in names.
const (
	bornLayout = "20060102T150405Z"
	hourLayout = "20060102T15Z"
)

// Name is the file's in the bucket: the log, first and last sequence number, the hour.
func (f File) Name() string {
	return fmt.Sprintf("%s/%020d-%020d-%s.hxj.zst", f.Born.Format(bornLayout), f.First, f.Last, f.Hour.Format(hourLayout))
}

var fileName = regexp.MustCompile(`^(\d{8}T\d{6}Z)/(\d{20})-(\d{20})-(\d{8}T\d{2}Z)\.hxj\.zst$`)

// parseFileName is the inverse of Name.
func parseFileName(name string) (f File, ok bool) {
	part := fileName.FindStringSubmatch(name)
	if part == nil {
		return File{}, false
	}
	born, err1 := time.Parse(bornLayout, part[1])
	first, err2 := strconv.ParseUint(part[2], 10, 64)
	last, err3 := strconv.ParseUint(part[3], 10, 64)
	hour, err4 := time.Parse(hourLayout, part[4])
	if cmp.Or(err1, err2, err3, err4) != nil || first > last {
		return File{}, false
	}
	return File{Born: born, First: first, Last: last, Hour: hour}, true
}

func (f File) compare(other File) int {
	return cmp.Or(f.Born.Compare(other.Born), cmp.Compare(f.First, other.First), cmp.Compare(f.Last, other.Last))
}

// FilesOf are those of the log that was made then, of all in order (Bucket.Files); a name states the second. If some
// behind the first are missing that is ErrGap, and ErrOverlap if two have the same records.
func FilesOf(all []File, born time.Time) (own []File, err error) {
	for _, f := range all {
		if !f.Born.Equal(born.Truncate(time.Second)) {
			continue
		}
		if len(own) > 0 {
			if err := f.follows(own[len(own)-1]); err != nil {
				return nil, err
			}
		}
		own = append(own, f)
	}
	return own, nil
}

func (f File) follows(last File) error {
	switch {
	case f.First <= last.Last:
		return fmt.Errorf("%w: %s and %s", ErrOverlap, last.Name(), f.Name())
	case f.First > last.Last+1:
		return fmt.Errorf("%w: %s follows %s", ErrGap, f.Name(), last.Name())
	}
	return nil
}
