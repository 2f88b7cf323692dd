package broker

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hexspot/radio"
)

// binding is a line of a bindings file.
func binding(t testing.TB, eui string) (line string, id radio.EUI, station radio.Station) {
	t.Helper()
	id, err := radio.ParseEUI(eui)
	if err != nil {
		t.Fatal(err)
	}
	station, err = radio.ParseStation(newStation(t, jwt.SigningMethodEdDSA).text)
	if err != nil {
		t.Fatal(err)
	}
	line = eui + " " + station.String() + "\n"
	if len(line) != lineLength {
		t.Fatalf("%d bytes in a line, want %d", len(line), lineLength)
	}
	return line, id, station
}

// TestOpenBindings: what a crash cut short is taken off; any other fault is an
// error that leaves the file as it is.
func TestOpenBindings(t *testing.T) {
	one, eui, station := binding(t, testEUI)
	two, _, _ := binding(t, otherEUI)
	for _, c := range []struct {
		name, content, after, fault string
	}{
		{name: "empty"},
		{name: "whole", content: one + two, after: one + two},
		{name: "half a line", content: one + two[:40], after: one},
		{name: "a line without its end", content: one + two[:lineLength-1], after: one},
		{name: "bytes that were never written", content: one + strings.Repeat("\x00", 30), after: one},
		{name: "another file", content: "\x7fELF and more", fault: "the end is not part of a binding"},
		{name: "long text without an end", content: strings.Repeat("a", 1000), fault: "the end is not part of a binding"},
		{name: "broken line", content: one[:50] + "\n" + two, fault: "line 1"},
		{name: "broken second line", content: one + "hello\n", fault: "line 2"},
		{name: "empty line", content: one + "\n", fault: "line 2"},
		{name: "twice", content: one + one, fault: "line 2: EUI " + testEUI + " is there twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "stations")
			if err := os.WriteFile(path, []byte(c.content), 0o644); err != nil {
				t.Fatal(err)
			}
			bindings, err := OpenBindings(path)
			if c.fault != "" {
				c.after = c.content
				if err == nil || !strings.Contains(err.Error(), c.fault) || !strings.Contains(err.Error(), path) {
					t.Errorf("%v, want %q", err, c.fault)
				}
			} else if err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != c.after {
				t.Errorf("the file holds %q, %v", got, err)
			}
			if err != nil {
				return
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			owner, err := bindings.Bind(eui, station, 10)
			if err != nil || owner != station {
				t.Errorf("bound to %v, %v", owner, err)
			}
			if _, err := OpenBindings(path); err != nil {
				t.Errorf("opened again: %v", err)
			}
		})
	}
}

// badDisk is a file that fails when told to.
type badDisk struct {
	*os.File
	write, sync, truncate bool // which of them fails
}

var errDisk = errors.New("bad disk")

func (d *badDisk) WriteAt(b []byte, at int64) (int, error) {
	if d.write {
		n, _ := d.File.WriteAt(b[:len(b)/2], at)
		return n, errDisk
	}
	return d.File.WriteAt(b, at)
}

func (d *badDisk) Sync() error {
	if d.sync {
		d.sync = false
		return errDisk
	}
	return d.File.Sync()
}

func (d *badDisk) Truncate(size int64) error {
	if d.truncate {
		return errDisk
	}
	return d.File.Truncate(size)
}

// TestBindingsOnBadDisk: a binding that could not be kept is not given, and spoils
// neither the next one nor the next start.
func TestBindingsOnBadDisk(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault badDisk
		final bool
	}{
		{"half a write", badDisk{write: true}, false},
		{"no sync", badDisk{sync: true}, false},
		{"no sync, no way back", badDisk{sync: true, truncate: true}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "stations")
			file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			disk := c.fault
			disk.File = file
			f, err := readBindings(&disk)
			if err != nil {
				t.Fatal(err)
			}
			_, first, one := binding(t, testEUI)
			line, second, two := binding(t, otherEUI)
			if _, err := f.Bind(first, one, 10); !errors.Is(err, errDisk) {
				t.Errorf("first binding: %v", err)
			}
			disk = badDisk{File: file} // well again
			_, err = f.Bind(second, two, 10)
			if c.final {
				if !errors.Is(err, errDisk) {
					t.Errorf("bound after a file in an unknown state: %v", err)
				}
				return
			}
			if err != nil {
				t.Errorf("second binding: %v", err)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != line {
				t.Errorf("the file holds %q, %v", got, err)
			}
		})
	}
}

// failingReader reads a few bytes and then fails.
type failingReader struct {
	badDisk
	text string
}

func (r *failingReader) Read(b []byte) (int, error) {
	if r.text == "" {
		return 0, errDisk
	}
	n := copy(b, r.text)
	r.text = r.text[n:]
	return n, nil
}

func (r *failingReader) Truncate(int64) error { panic("what could not be read was deleted") }

// TestUnreadableBindings: nothing is deleted because it cannot be read.
func TestUnreadableBindings(t *testing.T) {
	line, _, _ := binding(t, testEUI)
	if _, err := readBindings(&failingReader{text: line + line[:20]}); !errors.Is(err, errDisk) {
		t.Errorf("%v", err)
	}
}

// TestBindingLimit: no more EUIs than allowed, but always those already bound.
func TestBindingLimit(t *testing.T) {
	m := NewMemoryBindings()
	_, first, one := binding(t, testEUI)
	_, second, two := binding(t, otherEUI)
	if _, err := m.Bind(first, one, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Bind(second, two, 1); !errors.Is(err, errManyBindings) {
		t.Errorf("over the limit: %v", err)
	}
	if owner, err := m.Bind(first, two, 1); err != nil || owner != one {
		t.Errorf("bound to %v, %v", owner, err)
	}
}

// FuzzBindings: what is read can be written and read again.
func FuzzBindings(f *testing.F) {
	line, _, _ := binding(f, testEUI)
	f.Add(line)
	f.Add(line[:30])
	f.Add("\x00\n")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := readBindings(&memoryFile{in: strings.NewReader(text)})
		if err != nil {
			return
		}
		if b.size > int64(len(text)) || b.size != int64(lineLength*len(b.memory.owners)) {
			t.Errorf("%d bytes kept of %q", b.size, text)
		}
	})
}

// memoryFile is a bindingsFile that keeps nothing.
type memoryFile struct {
	badDisk
	in io.Reader
}

func (m *memoryFile) Read(b []byte) (int, error) { return m.in.Read(b) }
func (m *memoryFile) Sync() error                { return nil }
func (m *memoryFile) Truncate(int64) error       { return nil }

// TestBindingRate: one address has so many new EUIs an hour; those that are known come in
// all the same, and other addresses are not harmed.
func TestBindingRate(t *testing.T) {
	b := newBroker(t, Config{Limits: Limits{BindingRate: 2}})
	crowded, other := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("192.0.2.2/32")
	now := time.Now()
	for i, c := range []struct {
		from netip.Prefix
		at   time.Time
		want bool
	}{
		{crowded, now, true}, {crowded, now, true}, {crowded, now, false}, {other, now, true},
		{crowded, now.Add(29 * time.Minute), false}, {crowded, now.Add(31 * time.Minute), true},
	} {
		if got := b.guests.mayBind(c.from, c.at); got != c.want {
			t.Errorf("%d: %v", i, got)
		}
	}
	_, eui, station := binding(t, testEUI)
	_, another, _ := binding(t, otherEUI)
	client := b.server.NewClient(addressed{from: crowdedAddress}, "", testEUI, false)
	if _, err := b.hook.bind(eui, station, client); err != nil { // the first of two
		t.Fatal(err)
	}
	if !b.guests.mayBind(sourceOf(crowdedAddress), time.Now()) {
		t.Fatal("no second one")
	}
	if owner, err := b.hook.bind(eui, station, client); err != nil || owner != station {
		t.Errorf("a known one: %v, %v", owner, err)
	}
	if _, err := b.hook.bind(another, station, client); !errors.Is(err, errNewBindings) {
		t.Errorf("a third one: %v", err)
	}
}

// addressed is a connection from an address, and no more.
type addressed struct {
	net.Conn
	from net.Addr
}

var crowdedAddress = &net.TCPAddr{IP: net.IPv4(192, 0, 2, 3), Port: 1}

func (a addressed) RemoteAddr() net.Addr { return a.from }
