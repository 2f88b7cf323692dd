package hotspot

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hexspot/cmd/internal/settings"
	"hexspot/gateway"
	"hexspot/gateway/spool"
	"hexspot/radio"
)

// uncommented is the default text with the lines of its example in force.
func uncommented(text string) string {
	return regexp.MustCompile(`(?m)^# (\[\[output\]\]|\[commands\]|[a-z_]+ = )`).ReplaceAllString(text, "$1")
}

func TestDefaultTextIsTheDefault(t *testing.T) {
	var c Config
	if err := settings.Decode("default", []byte(DefaultText), &c); err != nil {
		t.Fatal(err)
	}
	public := true
	want := Config{Concentrator: Concentrator{Public: &public}, Spool: spool.Config{
		MaxBytes: spool.DefaultMaxBytes, MaxAge: gateway.Duration(spool.DefaultMaxAge), Sync: gateway.Duration(spool.DefaultSync),
	}}.withDefaults()
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("the text states other defaults (-default +text):\n%s", diff)
	}
}

func TestDefaultTextNamesEveryKey(t *testing.T) {
	var c Config
	if err := settings.Decode("default", []byte(uncommented(DefaultText)), &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Outputs) != 1 || c.Outputs[0].Type != "chirpstack" || c.Outputs[0].QueueFrames != 4096 {
		t.Errorf("outputs %+v", c.Outputs)
	}
	if len(c.Commands) != 1 || c.Commands.Validate() != nil {
		t.Errorf("commands %v", c.Commands)
	}
	if err := c.Outputs[0].Validate(); err != nil {
		t.Errorf("the example is refused: %v", err)
	}
}

func load(t *testing.T, text string) (Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hexspot.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path)
}

func TestLoad(t *testing.T) {
	const bus = "[concentrator]\nbus = 'usb:/dev/ttyACM0'\n"
	for _, c := range []struct {
		name, text string
		want       []string // parts of the error; none: no error
	}{
		{"least", bus, nil},
		{"region in lower case", "region = 'us915_1'\n" + bus, nil},
		{"output", bus + "[[output]]\nserver = 'tcp://127.0.0.1:1883'\n", nil},
		{"empty", "", []string{"concentrator.bus"}},
		{"unknown key", "regoin = 'EU868'\n" + bus, []string{":1:", "regoin"}},
		{"unknown key of an output", bus + "[[output]]\nserver = 'tcp://h:1'\nqos = 2\n", []string{":5:", "output.qos"}},
		{"unknown region", "region = 'EU869'\n" + bus, []string{"EU869", "EU868"}},
		{"unknown board", bus + "board = 'rak1'\n", []string{"concentrator.board", "rak5146"}},
		{"bus", "[concentrator]\nbus = 'i2c:1'\n", []string{"concentrator.bus", "usb:"}},
		{"two faults at once", "region = 'X'\n", []string{`"X"`, "concentrator.bus"}},
		{"second output", bus + "[[output]]\nserver='tcp://h:1'\n[[output]]\nserver='h'\n", []string{"output 2", "SCHEME"}},
		{"antenna", "[antenna]\ngain_dbi = 300.0\ncable_loss_db = -1\n" + bus, []string{"antenna.gain_dbi = 300", "antenna.cable_loss_db = -1"}},
		{"gain of no number", "[antenna]\ngain_dbi = nan\n" + bus, []string{"antenna.gain_dbi"}},
		{"command", "[commands]\nuptime = ['uptime']\n" + bus, []string{"commands: command uptime", "absolute path"}},
		{"commands", "[commands]\nup-time = ['/usr/bin/uptime', '-p']\n" + bus, nil},
		{"spool", bus + "[spool]\nmax_bytes = 7\nmax_age = '1s'\nsync = '1h'\n", []string{"spool: max_bytes = 7", "max_age = 1s", "sync = 1h"}},
		{"no spool", bus + "[spool]\npath = 'off'\n", nil},
		{"level", bus + "[log]\nlevel = 'loud'\n", []string{":4:"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := load(t, c.text)
			if (err != nil) != (c.want != nil) {
				t.Fatalf("error %v, want one: %v", err, c.want != nil)
			}
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q lacks %q", err, part)
				}
			}
		})
	}
}

func TestRegionUnsetListens(t *testing.T) {
	plan, err := Config{}.plan()
	if err != nil || plan.Name != "EU868" || len(plan.MultiSF) != 8 {
		t.Errorf("plan %s, %v; want EU868 to listen on", plan.Name, err)
	}
	if eirp, ok := plan.MaxEIRP(868_100 * radio.KHz); ok {
		t.Errorf("without a region it may send with %v", eirp)
	}
	plan, err = Config{Region: "EU868"}.plan()
	if _, ok := plan.MaxEIRP(868_100 * radio.KHz); err != nil || !ok {
		t.Errorf("with a region it may not send, %v", err)
	}
}

func FuzzConfig(f *testing.F) {
	f.Add(DefaultText)
	f.Add(uncommented(DefaultText))
	f.Fuzz(func(t *testing.T, text string) {
		var c Config
		if settings.Decode("fuzz", []byte(text), &c) == nil {
			_ = c.withDefaults().Validate()
		}
	})
}
