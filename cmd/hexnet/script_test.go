package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hexnet": main})
}

// TestScripts runs the program as a user does; the scripts are in testdata.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"waitfile": waitFile, "station": signAsStation, "private": private, "lines": lines,
		},
	})
}

// waitFile waits until there is a file of that name.
func waitFile(ts *testscript.TestScript, _ bool, args []string) {
	deadline := time.Now().Add(time.Minute)
	for look := time.NewTicker(10 * time.Millisecond); time.Now().Before(deadline); <-look.C {
		if _, err := os.Lstat(ts.MkAbs(args[0])); err == nil {
			return
		}
	}
	ts.Fatalf("there is no %s after a minute", args[0])
}

// signAsStation writes what `hexspot site sign` prints: station FILE NONCE OWNER.
func signAsStation(ts *testscript.TestScript, _ bool, args []string) {
	owner, err := coverage.ParseAccount(args[2])
	ts.Check(err)
	cell, err := coverage.ParseHex("8c1f9ed938c4bff")
	ts.Check(err)
	nonce, err := strconv.ParseUint(args[1], 10, 64)
	ts.Check(err)
	network, err := radio.ParseNetwork("c2ad0a997751e040")
	ts.Check(err)
	body := witness.Site{Owner: owner, Cell: cell, Gain: 230, Loss: 50, Plan: "EU868", Nonce: nonce, Deadline: 1<<53 - 1}
	record, err := radio.Sign(ed25519.NewKeyFromSeed(make([]byte, 32)), network, radio.KindSite, body.Append(nil))
	ts.Check(err)
	text := base64.RawURLEncoding.EncodeToString(record.Append(nil)) + "\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// private says that nobody but the owner may read a file, or what is in a directory.
func private(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			err = fmt.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	}))
}

// lines writes a file and words behind it, each on a line: lines OUT FILE WORD...
func lines(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[1]) + strings.Join(args[2:], "\n") + "\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}
