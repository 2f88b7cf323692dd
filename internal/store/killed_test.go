package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"hexspot/coverage"
)

// killedURL names the book of the process that is to be killed.
const killedURL = "HEXSPOT_TEST_BOOK_TO_BE_KILLED"

// TestMain is either the tests, or the process that one of them kills: it moves a
// station for ever and tells each change that was accepted.
func TestMain(m *testing.M) {
	if url := os.Getenv(killedURL); url != "" {
		fmt.Fprintln(os.Stderr, moveForEver(url))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

type giveUp struct{}

func (giveUp) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

func moveForEver(url string) error {
	ctx := context.Background()
	b, err := Open(ctx, url)
	if err != nil {
		return err
	}
	s := station(giveUp{}, 1)
	for {
		nonce, err := b.NextNonce(ctx, s)
		if err != nil {
			return err
		}
		where := site(giveUp{}, 1, []string{home, other}[nonce%2])
		if err := b.Apply(ctx, coverage.Change{Station: s, Nonce: nonce, By: where.Owner, Site: where}, nonce, signed); err != nil {
			return err
		}
		fmt.Println(nonce)
	}
}

// What was accepted is there after the process is killed, whole and in order.
func testAcceptedOutlivesAKill(t *testing.T, e engineCase) {
	url, s := e.url(t), station(t, 1)
	accepted := -1
	for round := range 10 {
		accepted = max(accepted, killed(t, url, 3+7*round))
		b := open(t, url)
		h, err := b.History(t.Context(), s)
		if err != nil || len(h) <= accepted {
			t.Fatalf("round %d: %d changes were accepted, %d are there, %v", round, accepted+1, len(h), err)
		}
		for i, r := range h {
			if r.Nonce != uint64(i) || r.From != uint64(i)+1 || r.Site != site(t, 1, []string{home, other}[i%2]) {
				t.Fatalf("round %d: change %d is %+v", round, i, r)
			}
		}
	}
}

// killed runs the process, kills it after so many changes and gives the last nonce
// that it told.
func killed(t *testing.T, url string, changes int) (last int) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), killedURL+"="+url)
	var problems strings.Builder
	c.Stderr = &problems
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines, told := bufio.NewScanner(out), 0
	for lines.Scan() {
		if _, err := fmt.Sscan(lines.Text(), &last); err != nil {
			t.Fatal(err)
		}
		if told++; told == changes {
			_ = c.Process.Kill() // it goes on meanwhile: what it tells still counts
		}
	}
	_ = c.Wait()
	if told < changes {
		t.Fatalf("it ended after %d changes: %s", told, problems.String())
	}
	return last
}
