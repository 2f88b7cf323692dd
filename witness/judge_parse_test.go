package witness

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

func TestVerdictsReadBack(t *testing.T) {
	for _, set := range []*Set{hexspot1, helium202605} {
		verdicts := mustJudge(t, town(t, set, 3, 40, 80))
		back, err := ParseVerdicts(AppendVerdicts(nil, set, verdicts), set)
		if err != nil {
			t.Fatal(err)
		}
		for i := range verdicts {
			for _, list := range []*[]Judged{&verdicts[i].Beacons, &verdicts[i].Witnesses} {
				if len(*list) == 0 {
					*list = nil
				}
			}
			if !reflect.DeepEqual(verdicts[i], back[i]) {
				t.Fatalf("%s:\n%+v\nread back\n%+v", set.Name, verdicts[i], back[i])
			}
		}
	}
}

func TestParseVerdictsRefuses(t *testing.T) {
	good := string(AppendVerdicts(nil, hexspot1, mustJudge(t, sampleEpoch(t, hexspot1))))
	for name, change := range map[string][2]string{
		"no case":           {"case", "base"},
		"a line without":    {good[:strings.Index(good, "\n")+1], ""},
		"two spaces":        {"beacon ", "beacon  "},
		"a word more":       {"\n", " 1\n"},
		"an unknown line":   {"witness", "witless"},
		"a point off curve": {"beacon 01", "beacon 02"},
		"upper case":        {"0102030", "010203A"},
		"an outcome":        {" ppppppp", " pppxppp"},
		"an outcome less":   {" ppppppp", " pppppp"},
		"a figure":          {"/16000000/", "/16000000,"},
		"a leading zero":    {"/16000000/", "/016000000/"},
		"no line feed":      {good[len(good)-40:], strings.TrimSuffix(good[len(good)-40:], "\n")},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%s changes nothing", name)
		}
		if got, err := ParseVerdicts([]byte(bad), hexspot1); err == nil {
			t.Errorf("%s is read: %+v", name, got)
		}
	}
}

func FuzzParseVerdicts(f *testing.F) {
	f.Add(AppendVerdicts(nil, hexspot1, mustJudge(f, sampleEpoch(f, hexspot1))))
	f.Add(AppendVerdicts(nil, hexspot1, mustJudge(f, town(f, hexspot1, 4, 10, 3))))
	f.Add([]byte("case 010203000000000000000000000000000000 1 2\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		verdicts, err := ParseVerdicts(text, hexspot1)
		if err == nil && !bytes.Equal(AppendVerdicts(nil, hexspot1, verdicts), text) {
			t.Errorf("%q is read, but written differently", text)
		}
	})
}
