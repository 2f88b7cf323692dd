package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hexspot/internal/postgres"
)

// engineCase is a kind of book that the tests run on.
type engineCase struct {
	url func(t testing.TB) string // of a new, empty book
}

// bookTests are the tests of every kind of book.
var bookTests = []struct {
	name string
	test func(*testing.T, engineCase)
}{
	{"MigrateTwiceAndAtOnce", testMigrateTwiceAndAtOnce},
	{"MigrateAllOrNothing", testMigrateAllOrNothing},
	{"BooksConform", testBooksConform},
	{"BooksAreTheRegistry", testBooksAreTheRegistry},
	{"OneOfManyIsAccepted", testOneOfManyIsAccepted},
	{"SnapshotIsOneState", testSnapshotIsOneState},
	{"BooksOutliveTheProcess", testBooksOutliveTheProcess},
	{"ForeignRows", testForeignRows},
	{"ApplyGivesUp", testApplyGivesUp},
	{"AcceptedOutlivesAKill", testAcceptedOutlivesAKill},
	{"OneChainIsAnchored", testOneChainIsAnchored},
	{"RevealedIsNoted", testRevealedIsNoted},
	{"Terms", testTerms},
	{"OpenThere", testOpenThere},
	{"NoChangeOfThePast", testNoChangeOfThePast},
}

func testBooks(t *testing.T, e engineCase) {
	for _, c := range bookTests {
		t.Run(c.name, func(t *testing.T) { c.test(t, e) })
	}
}

func TestSQLite(t *testing.T) {
	testBooks(t, engineCase{func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "book.db") }})
}

func TestPostgres(t *testing.T) {
	server, n := postgres.Start(t), 0
	testBooks(t, engineCase{func(t testing.TB) string {
		n++
		return server.Database(t, fmt.Sprintf("book%d", n))
	}})
}

func open(t testing.TB, url string) *Book {
	t.Helper()
	b, err := Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (e engineCase) open(t testing.TB) *Book { return open(t, e.url(t)) }

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "text"), []byte(strings.Repeat("no book at all\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"":                         "want sqlite:PATH or",
		"mysql://secret@host":      "want sqlite:PATH or",
		"sqlite:":                  "no path",
		"sqlite:" + dir:            "is a directory",
		"sqlite:" + dir + "/no/x":  "no such file",
		"sqlite:" + dir + "/text":  "not a database",
		"postgres://a:secret@h:x/": "the URL is wrong",
	} {
		b, err := Open(context.Background(), url)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q", url, err, want)
		}
		if b != nil {
			t.Errorf("%s: a book and an error", url)
		}
	}
}

// TestOpenThere opens what is a book, and makes none of what is not.
func TestOpenThere(t *testing.T) {
	dir := t.TempDir()
	other, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "other.db"))
	if err == nil {
		_, err = other.Exec("CREATE TABLE cake (number INTEGER)")
	}
	if err = errors.Join(err, other.Close(), os.WriteFile(filepath.Join(dir, "empty.db"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"none.db", "no/such.db", "empty.db", "other.db"} {
		path := filepath.Join(dir, name)
		before, _ := os.ReadFile(path)
		if b, err := OpenThere(t.Context(), "sqlite:"+path); !errors.Is(err, ErrNoBook) || b != nil {
			t.Errorf("%s: %v", name, err)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(after, before) {
			t.Errorf("%s was changed: %d bytes, %d before", name, len(after), len(before))
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("there are %v, %v", left, err)
	}
	url := "sqlite:" + filepath.Join(dir, "book.db")
	made, err := Open(t.Context(), url)
	if err = errors.Join(err, made.Close()); err != nil {
		t.Fatal(err)
	}
	b, err := OpenThere(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Terms(t.Context()); err != nil {
		t.Error(err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 3 {
		t.Errorf("who read a book left %v, %v", left, err)
	}
}

// testOpenThere has a book only when somebody has made it.
func testOpenThere(t *testing.T, e engineCase) {
	url := e.url(t)
	if _, err := OpenThere(t.Context(), url); !errors.Is(err, ErrNoBook) {
		t.Errorf("%v of an empty database", err)
	}
	made := open(t, url)
	b, err := OpenThere(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	var version int
	if err := made.read.QueryRow(lastStep).Scan(&version); err != nil {
		t.Fatal(err)
	}
	for _, other := range []struct {
		version int
		want    string
	}{{version + 1, "use a newer one"}, {version - 1, "use the program that runs with them"}} {
		if _, err := made.write.Exec("UPDATE migration SET number = $1 WHERE number = ("+lastStep+")", other.version); err != nil {
			t.Fatal(err)
		}
		if b, err := OpenThere(t.Context(), url); b != nil || err == nil || errors.Is(err, ErrNoBook) || !strings.Contains(err.Error(), other.want) {
			t.Errorf("version %d: %v", other.version, err)
		}
		var after int
		if err := made.read.QueryRow(lastStep).Scan(&after); err != nil || after != other.version {
			t.Errorf("%v: version %d became %d", err, other.version, after)
		}
		if _, err := made.write.Exec("DELETE FROM migration WHERE number >= $1", version); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSQLiteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd name?mode=memory#%41.db")
	open(t, "sqlite:"+path)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if info, err := os.Stat(path + suffix); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", suffix, info, err)
		}
	}
	b := open(t, "sqlite:"+path)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"} {
		var got string
		if err := b.write.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, want %s, %v", pragma, got, want, err)
		}
	}
	if _, err := b.read.Exec("DELETE FROM site"); err == nil {
		t.Error("a reader writes")
	}
}
