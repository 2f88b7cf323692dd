package chaindir

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestChainsAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "entropy")
	d, err := Open(path)
	must(t, err)
	anchor, err := radio.Sign(ed25519.NewKeyFromSeed(make([]byte, 32)), radio.Network{1}, radio.KindAnchor, []byte{1})
	must(t, err)
	k := Key{60, 1}
	value := witness.Value{Slot: 31, Revision: 1, Entropy: witness.Entropy{3}}
	must(t, d.KeepSeed(k, 30, witness.Entropy{2}))
	must(t, d.KeepAnchor(k, 5_000, anchor))
	must(t, d.KeepValue(k, 6_000, witness.Value{Slot: 30, Revision: 1}))
	must(t, d.KeepValue(k, 8_000, value))
	if err := d.KeepSeed(k, 31, witness.Entropy{4}); !errors.Is(err, ErrTaken) {
		t.Errorf("a second seed: %v", err)
	}
	got, err := d.Read(k)
	want := Chain{k, &Seed{30, witness.Entropy{2}}, &anchor, 5_000, &value, 8_000}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if info, err := os.Stat(filepath.Join(path, "60-1.seed")); err != nil || info.Mode().Perm() != 0o600 {
		t.Error("others may read the seed", err)
	}
	if list, err := d.Keys(); err != nil || !reflect.DeepEqual(list, []Key{k}) {
		t.Errorf("%v, %v", list, err)
	}
	must(t, d.Remove(k))
	if got, err := d.Read(k); err != nil || got != (Chain{Key: k}) {
		t.Errorf("removed: %+v, %v", got, err)
	}
	if left, err := os.ReadDir(path); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestDamagedChains(t *testing.T) {
	d, err := Open(t.TempDir())
	must(t, err)
	for name, content := range map[string][]byte{
		"60-0.seed": make([]byte, 39), "60-0.value": make([]byte, 49), "90-0.anchor": []byte("12345678no anchor"), "120-0.anchor": {1},
		"lock": nil, "060-0.seed": nil, "60-0.seed.old": nil, "60.seed": nil, "-1-0.seed": nil, ".new-1": nil, "60-4294967296.seed": nil,
		"150-0.seed": bytes.Repeat([]byte{1}, mostFile+1),
	} {
		must(t, os.WriteFile(d.path(name), content, 0o600))
	}
	list, err := d.Keys()
	if want := []Key{{120, 0}, {150, 0}, {60, 0}, {90, 0}}; err != nil || !reflect.DeepEqual(list, want) {
		t.Errorf("%v, %v", list, err)
	}
	for _, k := range []Key{{60, 0}, {120, 0}, {150, 0}} {
		if got, err := d.Read(k); err != nil || got != (Chain{Key: k}) {
			t.Errorf("%v: %+v, %v", k, got, err)
		}
	}
	if _, err := d.Read(Key{90, 0}); err == nil {
		t.Error("read what is no anchor")
	}
}

func TestHalfWrittenFilesGo(t *testing.T) {
	path := t.TempDir()
	must(t, os.WriteFile(filepath.Join(path, ".new-123"), []byte("half a seed"), 0o600))
	_, err := Open(path)
	must(t, err)
	if left, err := os.ReadDir(path); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestNoDirectory(t *testing.T) {
	gone := Dir(filepath.Join(t.TempDir(), "gone"))
	if err := gone.KeepSeed(Key{60, 0}, 30, witness.Entropy{}); err == nil {
		t.Error("kept a seed nowhere")
	}
	if _, err := gone.Keys(); err == nil {
		t.Error("listed nothing")
	}
}
