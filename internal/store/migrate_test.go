package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

func testMigrateTwiceAndAtOnce(t *testing.T, e engineCase) {
	url := e.url(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			b, err := Open(context.Background(), url)
			if err = errors.Join(err, b.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	var n int
	b := open(t, url)
	steps, err := readMigrations(migrations, "migrations/"+b.engine.migrations)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.read.QueryRow("SELECT count(*) FROM migration").Scan(&n); err != nil || n != len(steps) || n == 0 {
		t.Errorf("%d steps, %v", n, err)
	}
}

// A step that fails leaves nothing, not even the steps before it.
func testMigrateAllOrNothing(t *testing.T, e engineCase) {
	b := e.open(t)
	steps, err := readMigrations(migrations, "migrations/"+b.engine.migrations)
	if err != nil {
		t.Fatal(err)
	}
	made := len(steps)
	steps = append(steps, migration{made + 1, "CREATE TABLE second (a INTEGER)"}, migration{made + 2, "CREATE TABLE third (a INTEGER); nonsense"})
	apply := func(steps []migration) error {
		return b.transact(t.Context(), func(tx *sql.Tx) error { return b.engine.apply(t.Context(), tx, steps) })
	}
	if err := apply(steps); err == nil || !strings.Contains(err.Error(), fmt.Sprint("migration ", made+2)) {
		t.Error(err)
	}
	if _, err := b.read.Exec("SELECT a FROM second"); err == nil {
		t.Error("the second step was kept")
	}
	steps[made+1].text = "CREATE TABLE third (a INTEGER); CREATE TABLE fourth (a INTEGER)"
	if err := apply(steps); err != nil {
		t.Error(err)
	}
	if _, err := b.read.Exec("SELECT third.a FROM third, fourth"); err != nil {
		t.Error(err)
	}
	if err := apply(steps[:made+1]); err == nil || !strings.Contains(err.Error(), "use a newer one") {
		t.Errorf("an older program: %v", err)
	}
}

func TestReadMigrations(t *testing.T) {
	file := func(names ...string) fstest.MapFS {
		m := fstest.MapFS{}
		for _, name := range names {
			m["m/"+name] = &fstest.MapFile{Data: []byte(name)}
		}
		return m
	}
	var names []string
	for i := range 11 {
		names = append(names, string("123456789ab"[i])+"_x.sql")
	}
	names[9], names[10] = "10_x.sql", "11_x.sql"
	steps, err := readMigrations(file(names...), "m")
	if err != nil || len(steps) != 11 || steps[9].text != "10_x.sql" {
		t.Errorf("%v, %v", steps, err)
	}
	for _, bad := range [][]string{{"2_x.sql"}, {"1_x.sql", "3_x.sql"}, {"1_x.sql", "1_y.sql"}, {"x.sql"}} {
		if steps, err := readMigrations(file(bad...), "m"); err == nil {
			t.Errorf("%v: %v", bad, steps)
		}
	}
}
