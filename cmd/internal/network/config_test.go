package network

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hexspot/cmd/internal/settings"
	"hexspot/gateway/broker"
	"hexspot/internal/journal"
)

func load(t *testing.T, text string) (Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hexnet.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path)
}

// The printed default says what the zero Config means.
func TestDefaultText(t *testing.T) {
	got, err := load(t, DefaultText)
	if err != nil {
		t.Fatal(err)
	}
	want := Config{Journal: JournalConfig{Config: journal.Config{
		Dir: "journal", Replicas: 3, MaxBytes: 4 << 30, ReserveBytes: 64 << 20, Sync: "always", Keep: "24h",
	}}, Broker: broker.Config{
		Listen: []string{broker.DefaultListen}, ListenTLS: []string{}, WebSocket: []string{}, WebSocketTLS: []string{},
		Stations: "open", StationList: []string{}, Regions: []string{},
		Limits: broker.Limits{
			Connections: 10_000, ConnectionsPerAddress: 1000, ConnectRate: 100, Stations: 100_000, PacketBytes: 16 << 10,
			InFlight: 16 << 10, WritesPending: 512, MessageRate: 2000, ByteRate: 128 << 10, ReportRate: 20, AddressByteRate: 8 << 20, AddressReportRate: 2000, StationInFlight: 1024, BindingRate: 1000, ConnectTimeout: broker.Duration(10 * time.Second), Hold: broker.Duration(25 * time.Second),
			KeepAliveMin: broker.Duration(5 * time.Second), KeepAliveMax: broker.Duration(10 * time.Minute),
		},
	}, Coverage: CoverageConfig{Timing: "default", OtherNetworks: []string{}, Rules: "hexspot-1", Deny: "deny.txt", VerifyWorkers: 1, FirstSites: defaultFirstSites, MostSites: defaultMostSites}, API: APIConfig{RequestRate: defaultRequestRate}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if zero := (journal.Config{}).WithDefaults(); zero != got.Journal.Config {
		t.Errorf("the journal's default is %+v", zero)
	}
}

// Its comments show keys that exist.
func TestDefaultTextUncommented(t *testing.T) {
	_, section, found := strings.Cut(DefaultText, "# [[broker.account]]\n")
	section, _, _ = strings.Cut(section, "\n\n")
	if !found {
		t.Fatal("no example of an account")
	}
	text := "[[broker.account]]\n" + strings.ReplaceAll("\n"+section, "\n# ", "\n")
	var c Config
	if err := settings.Decode("example", []byte(text), &c); err != nil || len(c.Broker.Accounts) != 1 {
		t.Fatalf("%v\n%s", err, text)
	}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
}

func TestLoadRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"[broker]\n\nlisen = []\n":                  `hexnet.toml:3: unknown key "broker.lisen"`,
		"[brokers]\n":                               `hexnet.toml:1: unknown key "brokers"`,
		"[broker]\nlisten = ['1883']\n":             "listen",
		"[broker]\nstations = 'all'\n":              "stations",
		"[broker.limits]\npacket_bytes = 1\n":       "packet_bytes",
		"[api]\nlisten = '8085'\n":                  "listen",
		"[api]\nrequest_rate = -1\n":                "request_rate",
		"[coverage]\nfirst_sites = -1\n":            "first_sites",
		"[coverage]\nmost_sites = -1\n":             "most_sites",
		"[broker.limits]\naddress_byte_rate = 1\n":  "address_byte_rate",
		"[api]\nlisten = ':8085'\n":                 "coverage.enabled",
		"[journal]\nsink = 'x'\n":                   `hexnet.toml:2: unknown key "journal.sink"`,
		"[journal]\nmax_bytes = 1\n":                "max_bytes",
		"[journal]\nsync = 'never'\n":               "sync",
		"[journal]\nkeep = 'for ever'\n":            "keep",
		"[journal]\nreplicas = 2\n":                 "replicas",
		"[journal]\nfiles = 'here'\n":               "files",
		"[broker.limits]\nconnect_timeout = '10'\n": "10",
	} {
		if _, err := load(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", text, err, want)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a missing file is no error")
	}
	if c, err := Load(""); err != nil || !cmp.Equal(c, Config{}) {
		t.Errorf("no file: %+v, %v", c, err)
	}
}
