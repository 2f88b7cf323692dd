package logdir

import (
	"errors"
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
