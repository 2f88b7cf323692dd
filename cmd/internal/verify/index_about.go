package verify

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// aboutFiles are the files whose blocks name stations, and records: questions about these
// find them by an index instead of reading all.
var aboutFiles = [...]aboutFile{
	{linksName, []string{"station ", "link "}},
	{provisionsName, []string{"provision "}},
	{outcomesName, []string{""}},
}

type aboutFile struct {
	name   string
	begins []string // its blocks
}

// Index makes what indexes a result lacks: an older program made none, or other ones, and then none of
// the outcomes, which is made last. Those that are there are read until there are new ones. That of the verdicts is
// made with them.
func Index(ctx context.Context, dir string) error {
	all, err := lacks(dir, outcomesName+indexEnding)
	if err != nil {
		return err
	}
	wanted := func(name string) (bool, error) {
		missing, err := lacks(dir, name)
		return all || missing, err
	}
	if err := indexAbout(ctx, dir, dir+".scratch.index", DefaultMemory, wanted); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(dir, nearOldName)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// lacks says whether a file is not there.
func lacks(dir, name string) (bool, error) {
	_, err := os.Lstat(filepath.Join(dir, name))
	if errors.Is(err, os.ErrNotExist) {
		return true, nil
	}
	return false, err
}

// every wants each index.
func every(string) (bool, error) { return true, nil }

// indexAbout writes the indexes of files that are written, those that are wanted. What does not fit
// into memory is in a scratch file meanwhile.
func indexAbout(ctx context.Context, dir, scratchFile string, memory int64, wanted func(name string) (bool, error)) error {
	for _, f := range aboutFiles {
		want, err := wanted(f.name + indexEnding)
		if err == nil && want {
			err = indexFile(ctx, dir, f.name, f.begins, &indexer{scratch{path: scratchFile, limit: memory}})
		}
		if err != nil {
			return fmt.Errorf("indexing %s: %w", f.name, err)
		}
	}
	want, err := wanted(nearName)
	if err == nil && want {
		err = indexNear(ctx, dir)
	}
	if err != nil {
		return fmt.Errorf("indexing %s: %w", sitesName, err)
	}
	return nil
}

func indexFile(ctx context.Context, dir, name string, begins []string, index *indexer) (err error) {
	defer func() { err = errors.Join(err, index.scratch.Clear()) }()
	file, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 1<<16)
	begin, next := int64(0), int64(0)
	var found []place
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			break
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if beginsBlock(line, begins) {
			begin = next
		}
		next += int64(len(line))
		if found = appendNames(found, line, begin); len(found) >= mostFound {
			if err := index.add(found); err != nil {
				return err
			}
			found = found[:0]
		}
	}
	if err := index.add(found); err != nil {
		return err
	}
	return index.write(dir, name)
}

// appendNames appends a place for each word of a line that is a station's key or a record's
// id.
func appendNames(places []place, line []byte, offset int64) []place {
	var b [33]byte
	for word := range bytes.FieldsSeq(line) {
		n := hex.DecodedLen(len(word))
		if n != len(b) && n != len(b)-1 {
			continue
		}
		if _, err := hex.Decode(b[:], word); err != nil {
			continue
		}
		name := placeName(b[:])
		if n == len(b) {
			name = placeOfStation(b[:])
		}
		places = append(places, place{name, offset})
	}
	return places
}
