package keys

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Load reads a key from a file, which must be its owner's alone.
func Load(path string) (Key, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe does not hold us up
	if err != nil {
		return Key{}, fmt.Errorf("opening the key: %w", err)
	}
	defer file.Close()
	if err := checkPrivate(file, path); err != nil {
		return Key{}, err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return Key{}, fmt.Errorf("reading the key: %w", err)
	}
	key, err := Parse(text)
	if err != nil {
		return Key{}, fmt.Errorf("key file %s: %w", path, err)
	}
	return key, nil
}

func checkPrivate(file *os.File, path string) error {
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("looking at the key: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("key file %s is not a regular file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("key file %s may be read by others (mode %04o): run chmod 600 %s, and consider the key known",
			path, info.Mode().Perm(), path)
	}
	return nil
}

// Create makes a key of a kind and saves it.
func Create(path string, kind Kind) (Key, error) {
	key, err := Generate(kind)
	if err != nil {
		return Key{}, err
	}
	if err := key.Save(path); err != nil {
		return Key{}, err
	}
	return key, nil
}

// LoadOrCreate loads the key at path, or makes an Ed25519 key if there is none.
// Of several processes that do so at once, all get the same key.
func LoadOrCreate(path string) (Key, error) {
	key, err := Load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	key, err = Create(path, Ed25519)
	if errors.Is(err, fs.ErrExist) {
		return Load(path)
	}
	return key, err
}

// Save writes the key to a file with mode 0600, and its directory if need be. It
// never overwrites; a crash leaves the whole key or none.
func (k Key) Save(path string) (err error) {
	text, err := k.Export()
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making the key's directory: %w", err)
	}
	temporary, err := writeTemporary(dir, text)
	if err != nil {
		return fmt.Errorf("writing the key: %w", err)
	}
	// A link, unlike a rename, fails if there is a key already.
	err = os.Link(temporary, path)
	err = errors.Join(err, os.Remove(temporary))
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("there is a key at %s, which is not overwritten: move it away first (%w)", path, fs.ErrExist)
	}
	if err != nil {
		return fmt.Errorf("saving the key: %w", err)
	}
	return syncDir(dir)
}

// writeTemporary writes text to a new file, mode 0600, on the disk for good.
func writeTemporary(dir string, text []byte) (path string, err error) {
	file, err := os.CreateTemp(dir, ".station-key-") // 0600
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("saving the key: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}
