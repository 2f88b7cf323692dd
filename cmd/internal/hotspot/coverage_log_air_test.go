package hotspot

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	hexnet "hexspot/cmd/internal/network"
	"hexspot/coverage"
	"hexspot/coverage/wallet"
	"hexspot/hardware/keys"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// signedSite is the file of a site that station and owner have signed.
func signedSite(t *testing.T, key keys.Key, network radio.Network) string {
	t.Helper()
	owner, err := wallet.ParseKey(strings.Repeat("1", 64))
	if err != nil {
		t.Fatal(err)
	}
	cell, err := coverage.ParseHex("8c1f9ed938c4bff")
	if err != nil {
		t.Fatal(err)
	}
	body := witness.Site{Owner: owner.Account(), Cell: cell, Gain: 200, Loss: 100, Plan: "EU868", Deadline: witness.MillisOf(time.Now().Add(time.Hour))}
	record, err := radio.Sign(key.Signer(), network, radio.KindSite, body.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	terms, err := body.Terms(key.Station())
	if err != nil {
		t.Fatal(err)
	}
	signature, err := owner.Sign(wallet.Digest(network, terms))
	if err != nil {
		t.Fatal(err)
	}
	change := witness.SiteChange{Record: record, Owner: witness.AccountSignature(signature)}
	path := filepath.Join(t.TempDir(), "site")
	if err := os.WriteFile(path, []byte(base64.RawURLEncoding.EncodeToString(change.Append(nil))+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// fetch asks the town's network by HTTP, as fast as the network allows strangers to: one that
// asked too often waits for as long as it is told.
func (n *town) fetch(path string) (body []byte, ok bool) {
	n.t.Helper()
	for {
		answer, err := http.Get(n.network.API() + path)
		if err != nil {
			n.t.Fatal(err)
		}
		body, err = io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			n.t.Fatal(err)
		}
		if answer.StatusCode != http.StatusTooManyRequests {
			return body, answer.StatusCode == http.StatusOK
		}
		wait, err := strconv.Atoi(answer.Header.Get("Retry-After"))
		if err != nil {
			n.t.Fatalf("refused, without a time to come again: %s", body)
		}
		select {
		case <-time.After(time.Duration(wait) * time.Second):
		case <-n.t.Context().Done():
			n.t.FailNow()
		}
	}
}

// TestAHotspotJoinsAndCosigns: all that its owner does is put the signed site into its file.
// The hotspot has the network enter it, and signs the checkpoint of the log that its reports
// are in, which everybody can see.
func TestAHotspotJoinsAndCosigns(t *testing.T) {
	n := &town{t: t}
	key, err := keys.Generate(keys.Ed25519)
	if err != nil {
		t.Fatal(err)
	}
	n.keys = []keys.Key{key}
	n.serve(hexnet.Data(t.TempDir()))
	n.breathe()
	n.site = signedSite(t, key, n.network.ID())
	n.settle(0)
	epochs := func() (list []string) {
		files, err := filepath.Glob(filepath.Join(n.dir, "checkpoints", "*.note"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			epoch, _, _ := strings.Cut(filepath.Base(f), "-")
			list = append(list, epoch)
		}
		return list
	}
	cosigned := func() bool {
		for _, epoch := range epochs() {
			text, ok := n.fetch(fmt.Sprintf("/v1/log/%s/checkpoint", epoch))
			note, err := log.ParseNote(text)
			if ok && err == nil && slices.Contains(note.Cosigners(), key.Station()) {
				return true
			}
		}
		return false
	}
	deadline := time.After(3 * patience) // a window without a beacon, one with it, a checkpoint; more if the machine has no time
	for look := time.NewTicker(500 * time.Millisecond); !cosigned(); {
		select {
		case <-look.C:
		case <-deadline:
			status, err := AskStatus(t.Context(), filepath.Join(n.dir, "s"))
			t.Fatalf("no co-signature: %+v %+v %+v, %v", status.Coverage, status.Coverage.Log, status.Coverage.Registry, err)
		}
	}
	if text, ok := n.fetch("/v1/sites/" + key.Station().String()); !ok {
		t.Errorf("%s", text)
	}
	status, err := AskStatus(t.Context(), filepath.Join(n.dir, "s"))
	for again := time.Now().Add(patience); err != nil && time.Now().Before(again); { // it may have no time
		status, err = AskStatus(t.Context(), filepath.Join(n.dir, "s"))
	}
	if err != nil || status.Coverage.Registry.State != RegistryHas || status.Coverage.Log.Cosigned == 0 || len(status.Coverage.Log.Evidence) != 0 {
		t.Errorf("%+v %+v, %v", status.Coverage.Registry, status.Coverage.Log, err)
	}
}
