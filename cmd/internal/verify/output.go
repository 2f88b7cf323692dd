package verify

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
)

// output is a file of a result while it is written.
type output struct {
	name string
	file *os.File
	buf  *bufio.Writer
	sum  hash.Hash
	size int64
}

func newOutput(dir, name string) (*output, error) {
	file, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, fmt.Errorf("writing the result: %w", err)
	}
	return &output{name: name, file: file, buf: bufio.NewWriterSize(file, 1<<16), sum: sha256.New()}, nil
}

func (o *output) Write(b []byte) (int, error) {
	o.sum.Write(b)
	o.size += int64(len(b))
	return o.buf.Write(b)
}

// close makes the file durable.
func (o *output) close() (entry, error) {
	if err := errors.Join(o.buf.Flush(), o.file.Sync(), o.file.Close()); err != nil {
		return entry{}, fmt.Errorf("writing %s: %w", o.name, err)
	}
	return entry{Name: o.name, Size: o.size, Hash: hexHash(o.sum.Sum(nil))}, nil
}

// write makes a whole file.
func (m *manifest) write(dir, name string, content func(io.Writer) error) error {
	o, err := newOutput(dir, name)
	if err != nil {
		return err
	}
	if err := content(o); err != nil {
		_ = o.file.Close()
		return fmt.Errorf("writing %s: %w", name, err)
	}
	e, err := o.close()
	*m = append(*m, e)
	return err
}

// text is a file's content that is in memory.
func text(b []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
