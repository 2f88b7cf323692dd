package demo

import (
	"strings"
	"testing"

	"hexspot/cmd/internal/mqttlink"
)

func TestOutsideBroker(t *testing.T) {
	for text, want := range map[string]struct{ url, user, password, fault string }{
		"tcp://127.0.0.1:1893":          {url: "tcp://127.0.0.1:1893"},
		"mqtt://broker":                 {url: "mqtt://broker:1883"},
		"ssl://[::1]":                   {url: "ssl://[::1]:8883"},
		"ws://broker/mqtt":              {url: "ws://broker/mqtt"},
		"tcp://watcher:a%3Ab@broker":    {url: "tcp://broker:1883", user: "watcher", password: "a:b"},
		"http://broker":                 {fault: "SCHEME://HOST:PORT"},
		"broker:1883":                   {fault: "SCHEME://HOST:PORT"},
		"tcp://watcher:sec ret@broker:": {fault: "not a URL"},
	} {
		at, err := outsideBroker(text)
		if want.fault != "" {
			if err == nil || !strings.Contains(err.Error(), want.fault) || strings.Contains(err.Error(), "ret@") {
				t.Errorf("%s: error %v, want %q", text, err, want.fault)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if got := at.observer; got != (mqttlink.Access{URL: want.url, User: want.user, Password: want.password}) {
			t.Errorf("%s: the observer reaches %+v", text, got)
		}
		if got := at.output; got.Server != want.url || got.Username != want.user || got.Password != want.password {
			t.Errorf("%s: hotspots reach %s as %q", text, got.Server, got.Username)
		}
	}
	if got := brokerName("tcp://watcher:secret@broker"); strings.Contains(got, "secret") {
		t.Errorf("the summary shows a password: %s", got)
	}
}
