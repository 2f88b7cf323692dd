package logdir

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Replace puts a file in its place in one step: it has the old content or the new one,
// whenever the power fails. When it returns, the new one is on disk.
func (d *Dir) Replace(name string, content []byte) error {
	if err := d.replace(name, content); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

func (d *Dir) replace(name string, content []byte) (err error) {
	if err := checkName(name); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(d.path, newPrefix+name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), filepath.Join(d.path, name)); err != nil {
		return err
	}
	return d.sync()
}

// newPrefix begins the name of a file that is not in its place yet; the next one
// writes over it.
const newPrefix = ".new-"

// Read reads a file of so many bytes at most.
func (d *Dir) Read(name string, most int64) ([]byte, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	file, err := os.Open(filepath.Join(d.path, name))
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("%s has more than %d bytes", name, most)
	}
	return b, errors.Join(err, file.Close())
}
