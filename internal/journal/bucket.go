package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
)

// Bucket is where rolled files are.
type Bucket struct {
	blobs *blob.Bucket
	dir   string // of a file:// bucket, "" for others
}

// OpenBucket opens a bucket by its URL; a directory, "file:///var/lib/hexnet/files", is
// made if need be. Other schemes are those the program was built with.
func OpenBucket(ctx context.Context, address string) (*Bucket, error) {
	u, err := parseBucket(address)
	if err != nil {
		return nil, fmt.Errorf("opening the bucket: %w", err)
	}
	if u.Scheme != fileblob.Scheme {
		blobs, err := blob.OpenBucket(ctx, address)
		if err != nil {
			return nil, fmt.Errorf("opening the bucket: %w", err)
		}
		return &Bucket{blobs: blobs}, nil
	}
	blobs, err := fileblob.OpenBucket(u.Path, &fileblob.Options{CreateDir: true, DirFileMode: 0o700, NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		return nil, fmt.Errorf("opening the bucket: %w", err)
	}
	return &Bucket{blobs: blobs, dir: u.Path}, nil
}

// Close ends the use of the bucket.
func (b *Bucket) Close() error { return b.blobs.Close() }

// Files are those of all logs, by name: a log's are in order.
func (b *Bucket) Files(ctx context.Context) ([]File, error) {
	var files []File
	for list := b.blobs.List(nil); ; {
		object, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			slices.SortFunc(files, File.compare)
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("listing the bucket: %w", err)
		}
		if f, ok := parseFileName(object.Key); ok {
			f.Size = object.Size
			files = append(files, f)
		}
	}
}

// Open reads one of Files. Close what it gives.
func (b *Bucket) Open(ctx context.Context, f File) (io.ReadCloser, error) {
	r, err := b.blobs.NewReader(ctx, f.Name(), nil)
	if err != nil {
		return nil, fmt.Errorf("reading from the bucket: %w", err)
	}
	return r, nil
}

// draftPattern names files that are being written. None of them is a File.
const draftPattern = ".rolling-*"

// draftAge is when a draft must be left over from a process that ended.
const draftAge = time.Hour

// draft begins a file that has no name yet, on the bucket's own disk if it has one.
func (b *Bucket) draft() (*os.File, error) {
	if b.dir != "" {
		b.sweep()
	}
	file, err := os.CreateTemp(b.dir, draftPattern)
	if err != nil {
		return nil, fmt.Errorf("beginning a journal file: %w", err)
	}
	return file, nil
}

// sweep removes what a crash has left.
func (b *Bucket) sweep() {
	left, _ := filepath.Glob(filepath.Join(b.dir, draftPattern))
	for _, path := range left {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > draftAge {
			_ = os.Remove(path)
		}
	}
}

// keep gives a draft its name, whole or not at all, for good.
func (b *Bucket) keep(ctx context.Context, draft *os.File, f File) error {
	var err error
	if b.dir != "" {
		err = b.rename(draft, filepath.Join(b.dir, filepath.FromSlash(f.Name())))
	} else {
		err = b.upload(ctx, draft, f.Name())
	}
	if err != nil {
		return fmt.Errorf("keeping the journal file %s: %w", f.Name(), err)
	}
	return nil
}

func (b *Bucket) rename(draft *os.File, path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := draft.Sync(); err != nil {
		return err
	}
	if err := os.Rename(draft.Name(), path); err != nil {
		return err
	}
	return errors.Join(syncDir(dir), syncDir(b.dir))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (b *Bucket) upload(ctx context.Context, draft *os.File, name string) error {
	if _, err := draft.Seek(0, io.SeekStart); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // before Close, it gives the upload up
	w, err := b.blobs.NewWriter(ctx, name, nil)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, draft); err != nil {
		cancel()
		return errors.Join(err, w.Close())
	}
	return w.Close()
}
