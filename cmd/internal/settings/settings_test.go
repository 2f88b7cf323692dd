package settings

import (
	"strings"
	"testing"
)

type example struct {
	Region string `toml:"region"`
	Radio  struct {
		Bus string `toml:"bus"`
	} `toml:"radio"`
	Outputs []struct {
		Server string `toml:"server"`
		Count  int    `toml:"count"`
	} `toml:"output"`
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string // parts of the error; none: no error
	}{
		{"good", "region = 'EU868'\n[radio]\nbus = 'usb:/dev/ttyACM0'\n[[output]]\nserver = 'a'\n", nil},
		{"empty", "", nil},
		{"unknown key", "region = 'EU868'\nreigon = 'x'\n", []string{"x.toml:2:", `"reigon"`}},
		{"unknown keys in tables", "[radio]\n\nbuss = 'x'\n[[output]]\nserver='a'\nport=1\n", []string{"x.toml:3:", `"radio.buss"`, "x.toml:6:", `"output.port"`}},
		{"wrong type", "region = 5\n", []string{"x.toml:1:"}},
		{"wrong type deep", "[[output]]\nserver='a'\ncount='many'\n", []string{"x.toml:3:"}},
		{"broken", "region = \n", []string{"x.toml:1:"}},
		{"twice", "region = 'a'\nregion = 'b'\n", []string{"x.toml:2:"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var e example
			err := Decode("x.toml", []byte(c.text), &e)
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

func FuzzDecode(f *testing.F) {
	f.Add([]byte("region = 'EU868'\n[[output]]\nserver = 'a'\n"))
	f.Add([]byte("[radio]\nbuss = 'x'\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var e example
		_ = Decode("x.toml", data, &e)
	})
}
