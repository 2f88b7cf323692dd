package demo

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// hearer is a good entry of a record's hotspots; pairs of key and value replace.
func hearer(replace ...string) string {
	values := map[string]string{
		"id": `"11abc"`, "frequency": "868.2999877929688", "rssi": "-111", "snr": "-3.799999952316284",
		"spreading": `"SF12BW125"`, "reported_at": "1672867882173",
	}
	for i := 0; i < len(replace); i += 2 {
		values[replace[i]] = replace[i+1]
	}
	var members []string
	for key, value := range values {
		if value != "" {
			members = append(members, fmt.Sprintf("%q:%s", key, value))
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

// dataFrame is a LoRaWAN data uplink with a counter, as bytes and in base64.
func dataFrame(counter byte) ([]byte, string) {
	phy := []byte{0x40, 1, 0, 0, 0, 0x80, counter, 0, 0xA, 0xB, 0xC, 0xD}
	return phy, base64.StdEncoding.EncodeToString(phy)
}

func line(phy string, hearers ...string) string {
	return fmt.Sprintf(`{"name":"x","raw_packet":%q,"fcnt":7,"hotspots":[%s]}`, phy, strings.Join(hearers, ","))
}

func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.String()
}

func TestReadRecord(t *testing.T) {
	phy1, text1 := dataFrame(1)
	phy2, text2 := dataFrame(2)
	phy3, text3 := dataFrame(3)
	record := strings.Join([]string{
		line(text1, hearer(), hearer("id", `"11def"`, "rssi", "-90", "reported_at", "1672867882180")),
		"",
		`{"name":"no raw frame","hotspots":[]}`,
		line("4AUG", hearer()), // proprietary
		line(text2, hearer("frequency", "868.0999755859375", "spreading", `"SF7BW125"`, "reported_at", "1672867884173")),
		line(text3, hearer("reported_at", "1672867880000")), // earlier than the one before
	}, "\n")
	frame := func(f radio.Hertz, sf radio.SpreadingFactor, rssi radio.DBm, phy []byte) emulator.Frame {
		return emulator.Frame{Payload: phy, Frequency: f, Modulation: radio.LoRa{SF: sf, Bandwidth: 125 * radio.KHz},
			RSSI: rssi, SNR: -380, CRC: radio.CRCOK}
	}
	a, b := recordedEUI("11abc"), recordedEUI("11def")
	want := []Reception{
		{a, 0, frame(868_300_000, 12, -11100, phy1)},
		{b, 7 * time.Millisecond, frame(868_300_000, 12, -9000, phy1)},
		{a, 2 * time.Second, frame(868_100_000, 7, -11100, phy2)},
		{a, 2 * time.Second, frame(868_300_000, 12, -11100, phy3)},
	}
	for name, text := range map[string]string{"plain": record, "gzip": zipped(record), "two members": zipped(record[:300]) + zipped(record[300:])} {
		s, err := ReadRecord(strings.NewReader(text), "")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, s.Receptions); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if s.Skipped != 2 || s.Plan.Name != "EU868" || !cmp.Equal(s.Hotspots, []radio.EUI{a, b}) {
			t.Errorf("%s: skipped %d, plan %s, hotspots %v", name, s.Skipped, s.Plan.Name, s.Hotspots)
		}
	}
}

func TestRecordedEUI(t *testing.T) {
	// The first 8 bytes of `printf 'hexspot-demo|11abc' | sha256sum`.
	if got := recordedEUI("11abc").String(); got != "7188027bfc2e5076" {
		t.Errorf("EUI %s", got)
	}
}

func TestReadRecordRefuses(t *testing.T) {
	_, phy := dataFrame(1)
	good := line(phy, hearer())
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "no frame"},
		{"only lines without frames", `{"hotspots":[]}`, "1 lines without"},
		{"no JSON", good + "\n{", "line 2:"},
		{"wrong type", `{"raw_packet":5}`, "line 1:"},
		{"base64", line("AQI", hearer()), "raw_packet"},
		{"base64 with loose bits", line("AQIDBB==", hearer()), "raw_packet"},
		{"long frame", line(strings.Repeat("AAAA", 86), hearer()), "258 bytes"},
		{"no hotspots", line(phy), "no hotspots"},
		{"no id", line(phy, hearer("id", `""`)), "id has 0 bytes"},
		{"long id", line(phy, hearer("id", `"`+strings.Repeat("x", 129)+`"`)), "129 bytes"},
		{"no frequency", line(phy, hearer("frequency", "")), "frequency is missing"},
		{"null rssi", line(phy, hearer("rssi", "null")), "rssi is missing"},
		{"low frequency", line(phy, hearer("frequency", "99.9")), "frequency 99.9"},
		{"frequency in Hz", line(phy, hearer("frequency", "868100000")), "not within 100 and 1000"},
		{"loud", line(phy, hearer("rssi", "21")), "rssi 21"},
		{"clear", line(phy, hearer("snr", "31.5")), "snr 31.5"},
		{"spreading", line(phy, hearer("spreading", `"SF13BW125"`)), "spreading"},
		{"second hotspot", line(phy, hearer(), hearer("spreading", `"SF7BW0125"`)), "hotspot 2"},
		{"no time", line(phy, hearer("reported_at", "")), "reported_at"},
		{"time before 1970", line(phy, hearer("reported_at", "-1")), "reported_at"},
		{"broken gzip", zipped(good)[:40], "after line 0"},
		{"long line", good + "\n" + strings.Repeat(" ", maxLine+1), "line 2 is longer"},
		{"no plan", line(phy, hearer("frequency", "868.8")), "868.8 MHz SF12BW125"},
		{"two plans", good + "\n" + line(phy, hearer("frequency", "903.9", "spreading", `"SF7BW125"`)), "the nearest, EU868, lacks 903.9 MHz SF7BW125"},
	} {
		_, err := ReadRecord(strings.NewReader(c.text), "")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func FuzzReadRecord(f *testing.F) {
	_, phy := dataFrame(1)
	f.Add([]byte(line(phy, hearer())))
	f.Add([]byte(zipped(line(phy, hearer(), hearer("frequency", "903.9")))))
	f.Add([]byte("{}\n\n" + line(phy, hearer("spreading", `"FSK50000"`, "frequency", "868.8"))))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ReadRecord(bytes.NewReader(data), "")
		if err != nil {
			return
		}
		var last time.Duration
		for _, r := range s.Receptions {
			if !hears(s.Plan, channelOf(r.Frame)) || r.At < last || len(r.Frame.Payload) == 0 || len(r.Frame.Payload) > radio.MaxFrame {
				t.Fatalf("reception %+v after %v in plan %s", r, last, s.Plan.Name)
			}
			last = r.At
		}
	})
}
