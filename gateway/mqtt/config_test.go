package mqtt

import (
	"strings"
	"testing"
	"time"
)

func ptr[T any](v T) *T { return &v }

func TestValidate(t *testing.T) {
	const network = "c2ad0a997751e040"
	for _, c := range []struct {
		name   string
		config Config
		want   string // part of the error, "" for none
	}{
		{"least", Config{Server: "tcp://127.0.0.1:1883"}, ""},
		{"all", Config{Type: "chirpstack", Server: "wss://example.org:443/mqtt", TopicPrefix: ptr("us915_1"), JSON: true, ClientID: "roof",
			Username: "u", Password: "p", CACert: "ca.pem", TLSCert: "c.pem", TLSKey: "k.pem", KeepAlive: Duration(time.Minute)}, ""},
		{"station", Config{Server: "tcp://h:1", StationLogin: true, Network: network}, ""},
		{"no server", Config{}, "server is missing"},
		{"type", Config{Type: "ttn", Server: "tcp://h:1"}, "chirpstack"},
		{"scheme", Config{Server: "http://h:1"}, "SCHEME"},
		{"no host", Config{Server: "tcp://"}, "SCHEME"},
		{"bare host", Config{Server: "h"}, "SCHEME"},
		{"credentials in URL", Config{Server: "tcp://u:secret@h:1"}, "username"},
		{"prefix", Config{Server: "tcp://h:1", TopicPrefix: ptr("eu868/+")}, "topic_prefix"},
		{"station and name", Config{Server: "tcp://h:1", StationLogin: true, Network: network, Username: "u"}, "station_login"},
		{"station without network", Config{Server: "tcp://h:1", StationLogin: true}, "network"},
		{"network", Config{Server: "tcp://h:1", StationLogin: true, Network: "zz"}, "network"},
		{"password alone", Config{Server: "tcp://h:1", Password: "p"}, "username"},
		{"client id", Config{Server: "tcp://h:1", ClientID: "a/b"}, "client_id"},
		{"half a pair", Config{Server: "ssl://h:1", TLSCert: "c.pem"}, "tls_key"},
		{"certificate without TLS", Config{Server: "tcp://h:1", CACert: "ca.pem"}, "not encrypted"},
		{"keep alive", Config{Server: "tcp://h:1", KeepAlive: Duration(time.Millisecond)}, "keep_alive"},
		{"stats", Config{Server: "tcp://h:1", StatsInterval: Duration(-1)}, "stats_interval"},
		{"queue", Config{Server: "tcp://h:1", QueueFrames: -1}, "queue_frames"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.config.Validate()
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error %v, want one with %q", err, c.want)
			case err != nil && strings.Contains(err.Error(), "secret"):
				t.Errorf("the error shows a password: %v", err)
			}
		})
	}
}
