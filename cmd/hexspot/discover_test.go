package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hexspot/cmd/internal/hotspot"
)

// telling is a control socket at which news is told to whoever asks; it says what was
// asked. After the news it ends, or waits until the asker goes.
func telling(t *testing.T, wait bool, news ...hotspot.DiscoverNews) (path string, asked chan string) {
	t.Helper()
	path, asked = filepath.Join(t.TempDir(), "s"), make(chan string, 8)
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			var request json.RawMessage
			_ = json.NewDecoder(conn).Decode(&request)
			asked <- string(request)
			for _, n := range news {
				_ = json.NewEncoder(conn).Encode(n)
			}
			if wait {
				_, _ = conn.Read(make([]byte, 1))
			}
			conn.Close()
		}
	}()
	return path, asked
}

func heardBy(number int, name string, rssi, snr float64, metres int64) hotspot.DiscoverNews {
	h := hotspot.DiscoveryHeard{Number: number, Station: "spot1" + name, Words: name + "-a-b", RSSI: rssi, SNR: snr}
	if metres > 0 {
		h.Metres = &metres
	}
	return hotspot.DiscoverNews{Heard: &h}
}

func sentNow(number int) hotspot.DiscoverNews {
	return hotspot.DiscoverNews{Sent: &hotspot.DiscoverySent{Number: number, Time: time.Unix(1_780_000_000, 0), Frequency: 868_100_000, SF: 10, Conducted: 14}}
}

func TestDiscover(t *testing.T) {
	news := []hotspot.DiscoverNews{
		{Waiting: "the entropy of the slot has not come"}, sentNow(1), heardBy(1, "far", -120.5, -12, 8_432), heardBy(1, "near", -80, 9, 600),
		sentNow(2), heardBy(2, "near", -78.2, 7.5, 600), heardBy(2, "nowhere", -100, 1, 0), {Failed: "discovery beacon of slot 7: the duty cycle is used up"},
		{Over: true},
	}
	path, asked := telling(t, false, news...)
	var out, problems bytes.Buffer
	if code := run(t.Context(), []string{"discover", "--minutes", "3", "--socket", path}, streams{nil, &out, &problems}); code != 0 {
		t.Fatalf("exit code %d: %s", code, problems.String())
	}
	if got := <-asked; got != `{"discover_ms":180000}` {
		t.Errorf("asked %s", got)
	}
	for _, want := range []string{
		"waiting  the entropy", "sent     beacon 1 at 868.1 MHz SF10, 14.0 dBm", "not sent discovery beacon of slot 7",
		"heard    beacon 1 by far-a-b: -120.5 dBm, SNR -12.0 dB, 8.4 km, spot1far", "2 sent, heard by 3\n",
		"STATION      HEARD   BEST RSSI   BEST SNR  DISTANCE            ID\n" +
			"near-a-b     2 of 2  -78.2 dBm   9.0 dB    600 m               spot1near\n" +
			"nowhere-a-b  1 of 2  -100.0 dBm  1.0 dB    distance not known  spot1nowhere\n" +
			"far-a-b      1 of 2  -120.5 dBm  -12.0 dB  8.4 km              spot1far\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	out.Reset()
	if code := run(t.Context(), []string{"discover", "--json", "--socket", path}, streams{nil, &out, &problems}); code != 0 {
		t.Fatalf("exit code %d: %s", code, problems.String())
	}
	var found discovered
	if err := json.Unmarshal(out.Bytes(), &found); err != nil || len(found.Beacons) != 2 || len(found.Stations) != 3 || found.Stations[0].Heard != 2 || *found.Stations[2].Metres != 8432 {
		t.Errorf("%+v, %v:\n%s", found, err, out.String())
	}
}

// TestDiscoverFails: a command that sent nothing says why, and is no success.
func TestDiscoverFails(t *testing.T) {
	refused, _ := telling(t, false, hotspot.DiscoverNews{Refused: "the host clock is not set"})
	waited, _ := telling(t, false, hotspot.DiscoverNews{Waiting: "the entropy of the slot has not come"}, hotspot.DiscoverNews{Over: true})
	gone, _ := telling(t, false, sentNow(1))
	for _, c := range []struct {
		path string
		args []string
		want string
		code int
	}{
		{refused, nil, "no discovery beacon was sent: the host clock is not set", 1},
		{refused, []string{"--json"}, "the host clock is not set", 1},
		{waited, nil, "the entropy of the slot has not come", 1},
		{gone, nil, "the hotspot has stopped", 1},
		{refused + "none", nil, "no hotspot answers", 1},
		{refused, []string{"--minutes", "0"}, "want 1 to 60", 2},
		{refused, []string{"--minutes", "61"}, "want 1 to 60", 2},
	} {
		var out, problems bytes.Buffer
		code := run(t.Context(), append([]string{"discover", "--socket", c.path}, c.args...), streams{nil, &out, &problems})
		if code != c.code || !strings.Contains(problems.String(), c.want) {
			t.Errorf("%v: exit code %d, want %d: %s", c.args, code, c.code, problems.String())
		}
	}
}

// TestDiscoverInterrupted: Ctrl-C ends it with what was found.
func TestDiscoverInterrupted(t *testing.T) {
	path, asked := telling(t, true, sentNow(1), heardBy(1, "near", -80, 9, 600))
	ctx, interrupt := context.WithCancel(t.Context())
	out := &watched{want: "heard    beacon 1", seen: interrupt}
	var problems bytes.Buffer
	if code := run(ctx, []string{"discover", "--socket", path}, streams{nil, out, &problems}); code != 0 {
		t.Errorf("exit code %d: %s", code, problems.String())
	}
	<-asked
	if !strings.Contains(out.text.String(), "near-a-b  1 of 1") {
		t.Error(out.text.String())
	}
}

// watched is an output that tells when something was written.
type watched struct {
	text bytes.Buffer
	want string
	seen func()
}

func (w *watched) Write(b []byte) (int, error) {
	if strings.Contains(string(b), w.want) {
		w.seen()
	}
	return w.text.Write(b)
}
