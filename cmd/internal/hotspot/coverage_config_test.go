package hotspot

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hexspot/hardware/keys"
	"hexspot/radio"
	"hexspot/witness"
)

const coverageText = "region = \"EU868\"\n[concentrator]\nbus = \"usb:/dev/ttyACM0\"\n[coverage]\nenabled = true\n"

func TestCoverageNeeds(t *testing.T) {
	const output = "[[output]]\nserver = \"tcp://a:1\"\n"
	const login = output + "station_login = true\nnetwork = \"c2ad0a997751e040\"\n"
	for _, c := range []struct{ text, fault string }{
		{login, ""},
		{output + login, ""},
		{"", "no [[output]]"},
		{output, "no [[output]]"},
		{login + login, "more than one"},
		{"[spool]\npath = \"off\"\n" + login, "spool"},
	} {
		_, err := load(t, coverageText+c.text)
		if c.fault == "" && err != nil || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
			t.Errorf("%s: error %v, want %q", c.text, err, c.fault)
		}
	}
}

// TestReadSite: only the site that this station has signed for this network counts.
func TestReadSite(t *testing.T) {
	network, other := stationOf(t, keyFrom(1)).Network(), stationOf(t, keyFrom(2)).Network()
	key, err := keys.Generate(keys.Ed25519)
	if err != nil {
		t.Fatal(err)
	}
	site, err := ReadSite(writeSite(t, key, network), network, key.Station())
	if err != nil || site.Gain != 200 || site.Loss != 100 || site.Plan != "EU868" || site.DataOnly {
		t.Errorf("%+v, %v", site, err)
	}
	if err := (Antenna{GainDBi: 2, CableLossDB: 1}).checkSite(site); err != nil {
		t.Error(err)
	}
	if err := (Antenna{GainDBi: 3, CableLossDB: 1}).checkSite(site); err == nil {
		t.Error("another antenna passes")
	}
	if _, err := ReadSite(writeSite(t, key, other), network, key.Station()); err == nil {
		t.Error("the site of another network passes")
	}
	if _, err := ReadSite(writeSite(t, key, network), network, stationOf(t, keyFrom(2))); err == nil {
		t.Error("the site of another station passes")
	}
	if _, err := ReadSite(filepath.Join(t.TempDir(), "none"), network, key.Station()); err == nil {
		t.Error("a file that is not there passes")
	}
}

func FuzzSiteFile(f *testing.F) {
	record, err := radio.Sign(keyFrom(2), radio.Network{1}, radio.KindSite, witness.Site{Plan: "EU868", Gain: 5}.Append(nil))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(base64.RawURLEncoding.EncodeToString(record.Append(nil)))
	f.Add(base64.RawURLEncoding.EncodeToString(witness.SiteChange{Record: record}.Append(nil)))
	f.Add("!")
	f.Fuzz(func(t *testing.T, line string) {
		site, err := parseSite(line, radio.Network{1}, record.Station)
		if err == nil && (site.Plan == "" || site.Loss < 0) {
			t.Errorf("%+v", site)
		}
	})
}

// TestSocket: only its owner may connect to a private one; the socket of a hotspot that died is taken over, that of one that
// lives is not, and a file that is no socket stays.
func TestSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "s")
	s := socket{"hexspot discover", path, true}
	first, err := s.listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.listen(t.Context()); err == nil || !strings.Contains(err.Error(), "another hotspot") {
		t.Errorf("two hotspots on one socket: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may connect: %v, %v", info.Mode(), err)
	}
	leave, ok := first.(interface{ SetUnlinkOnClose(bool) })
	if !ok {
		t.Fatalf("%T is no socket", first)
	}
	leave.SetUnlinkOnClose(false)
	first.Close()
	second, err := s.listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second.Close()
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.listen(t.Context()); err == nil {
		t.Error("a file is taken for a socket")
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "mine" {
		t.Errorf("the file is %q, %v", text, err)
	}
}
