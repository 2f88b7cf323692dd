package receptions

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"hexspot/witness"
)

// reception is a line with one reception, the device at 45.19, 5.72.
func reception(hotspot string, lat, lng float64, distance string, rssi, snr float64) string {
	return fmt.Sprintf(`{"dev_eui":"AB","_devLocation":{"latitude":45.19,"longitude":5.72},"hotspots":[{"id":%q,"lat":%v,"long":%v,`+
		`"frequency":868.2999877929688,"rssi":%v,"snr":%v,"spreading":"SF9BW125","_distance":{"_distanceHaversine":%s}}]}`+"\n",
		hotspot, lat, lng, rssi, snr, distance)
}

func studyOf(t *testing.T, text string) *Study {
	t.Helper()
	s, err := NewStudy(Assumptions{EIRP: 1_600, Gain: 300})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(strings.NewReader(text), s.Add); err != nil {
		t.Fatal(err)
	}
	if err := s.Judge(); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEachRuleRejects(t *testing.T) {
	for _, c := range []struct {
		line string
		set  string
		rule witness.Fault
		want Count
	}{
		{reception("a", 45.2, 5.72, "2000", -110, -5), "hexspot-1", "too_strong", Count{1, 0}},
		{reception("a", 45.2, 5.72, "2000", -60, 9), "hexspot-1", "too_strong", Count{1, 1}},
		{reception("a", 45.2, 5.72, "2000", -60, 9), "helium-2026-05", "bad_rssi", Count{1, 1}},
		{reception("a", 45.2, 5.72, "100", -80, 9), "hexspot-1", "too_near", Count{1, 1}},
		{reception("a", 45.2, 5.72, "100", -80, 9), "helium-2026-05", "below_min_distance", Count{1, 1}},
		{reception("a", 46.4, 5.72, "130000", -120, -9), "hexspot-1", "too_far", Count{1, 1}},
		{reception("a", 46.4, 5.72, "130000", -120, -9), "helium-2026-05", "max_distance_exceeded", Count{1, 1}},
		{reception("a", 45.2, 5.72, "2000", -145, -9), "hexspot-1", "too_weak", Count{1, 1}},
		{reception("a", 45.2, 5.72, "2000", -139, 3), "hexspot-1", "noise", Count{1, 1}},
		{reception("a", -90, -180, "null", -110, -5), "hexspot-1", "too_far", Count{1, 1}},
	} {
		s := studyOf(t, c.line)
		if got := *s.Rules[c.set][c.rule]; got != c.want {
			t.Errorf("%s of %s: %+v, want %+v", c.rule, c.line, got, c.want)
		}
	}
}

func TestSuspects(t *testing.T) {
	text := reception("pole", -89.997, -179.995, "null", -110, -5)
	for range 4 {
		text += reception("loud", 45.2, 5.72, "2000", -60, 9)
		text += reception("moved", 45.5, 5.72, "2000", -110, -5)
		text += reception("sound", 45.2, 5.72, "1100", -110, -5)
	}
	why := map[string]string{}
	for _, x := range studyOf(t, text).Suspects() {
		why[x.Hotspot] = x.Why
	}
	if len(why) != 3 || !strings.HasSuffix(why["pole"], "km away") || why["loud"] != "louder than free space" || why["moved"] != "place and distance disagree" {
		t.Errorf("%v", why)
	}
}

func TestPlaceless(t *testing.T) {
	s := studyOf(t, `{"hotspots":[{"id":"a","frequency":868.1,"rssi":-100,"snr":1,"spreading":"SF12BW125"}]}`)
	if s.Placeless != 1 || s.Receptions != 1 {
		t.Errorf("%d of %d", s.Placeless, s.Receptions)
	}
}

func TestReadSkipsAndRefuses(t *testing.T) {
	for text, want := range map[string]int{
		reception("a", 45, 5, "1", -300, 1):                                        1,
		reception("", 45, 5, "1", -100, 1):                                         1,
		reception("a", 45, 5, "-1", -100, 1):                                       1,
		strings.Replace(reception("a", 45, 5, "1", -100, 1), "SF9BW125", "SF9", 1): 1,
		reception("a", 45, 5, "1", -100, 1):                                        0,
	} {
		skipped, err := Read(strings.NewReader(text), func(Reception) {})
		if err != nil || skipped != want {
			t.Errorf("%s: %d skipped, %v", text, skipped, err)
		}
	}
	for _, bad := range []string{"{", "[]\n", `{"hotspots":7}`} {
		if _, err := Read(strings.NewReader(bad), func(Reception) {}); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, reception("a", 45, 5, "1", -100, 1))
	z.Close()
	n := 0
	if _, err := Read(&packed, func(Reception) { n++ }); err != nil || n != 1 {
		t.Errorf("%d of a gzip'd record, %v", n, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(reception("a", 45.2, 5.72, "2000", -110, -5))
	f.Add(strings.Replace(reception("a", 45.2, 5.72, "4999999", -110, -5), "45.19", "89.9", 1))
	f.Add(`{"hotspots":[{"id":"a","lat":1e308,"long":-1e308,"frequency":868,"spreading":"SF7BW125"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := NewStudy(Assumptions{EIRP: 1_600})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Read(strings.NewReader(text), s.Add); err != nil {
			return
		}
		if err := s.Judge(); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}
