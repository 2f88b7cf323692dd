package logdir

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"
)

func TestDirectory(t *testing.T) {
	path := t.TempDir() + "/logs/ingest"
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); !errors.Is(err, ErrInUse) {
		t.Errorf("a second user: %v", err)
	}
	f, err := d.OpenFile("7.log")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("kept"), 0); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Close(), d.Close()); err != nil {
		t.Fatal(err)
	}
	if d, err = Open(path); err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	names, err := d.Names()
	if err != nil || !slices.Equal(names, []string{"7.log"}) {
		t.Errorf("%q, %v", names, err)
	}
	if f, err = d.OpenFile("7.log"); err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 4)
	if _, err := f.ReadAt(b, 0); err != nil || string(b) != "kept" {
		t.Errorf("%q, %v", b, err)
	}
}

func TestOnlyFilesOfTheDirectory(t *testing.T) {
	d, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, name := range []string{"", ".", "..", "../x", "a/b", "/etc/passwd"} {
		if f, err := d.OpenFile(name); err == nil {
			t.Errorf("opened %q", name)
			f.Close()
		}
	}
}

// TestReadFile makes nothing and writes nothing.
func TestReadFile(t *testing.T) {
	d, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.ReadFile("7.log"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if names, err := d.Names(); err != nil || len(names) != 0 {
		t.Errorf("%q, %v", names, err)
	}
	if err := d.Replace("7.log", []byte("one")); err != nil {
		t.Fatal(err)
	}
	file, err := d.ReadFile("7.log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.Write([]byte("x")); err == nil {
		t.Error("written")
	}
	if _, err := d.ReadFile("../7.log"); err == nil {
		t.Error("a file of another directory")
	}
}

// TestReplace: a file has the old content or the new one, an unfinished one is no file of
// the directory, and nothing outside is written or read.
func TestReplace(t *testing.T) {
	path := t.TempDir()
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, content := range []string{"one", "another", ""} {
		if err := d.Replace("7.note", []byte(content)); err != nil {
			t.Fatal(err)
		}
		if b, err := d.Read("7.note", 7); err != nil || string(b) != content {
			t.Errorf("%q, %v", b, err)
		}
	}
	if err := d.Replace("7.note", []byte("too long")); err != nil {
		t.Fatal(err)
	}
	if b, err := d.Read("7.note", 7); err == nil {
		t.Errorf("%q is more than seven bytes", b)
	}
	if _, err := d.Read("8.note", 7); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := os.WriteFile(path+"/"+newPrefix+"9.note", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if names, err := d.Names(); err != nil || !slices.Equal(names, []string{"7.note"}) {
		t.Errorf("%q, %v", names, err)
	}
	for _, name := range []string{"", "..", "a/b", "/etc/passwd"} {
		if _, err := d.Read(name, 7); err == nil || d.Replace(name, nil) == nil {
			t.Errorf("%q is a file of the directory", name)
		}
	}
}
