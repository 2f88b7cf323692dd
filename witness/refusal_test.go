package witness

import (
	"strings"
	"testing"
)

func TestRefusals(t *testing.T) {
	for reason := range refusalReasons {
		r := RefusalOf([]byte("payload"), reason, "why\n\x00é <&>"+strings.Repeat("<", 500))
		b := r.Append(nil)
		if !IsRefusal(b) || len(b) > MaxRefusal {
			t.Errorf("%d bytes: %s", len(b), b)
		}
		if got, err := ParseRefusal(b); err != nil || got != r {
			t.Errorf("%s: %+v, %v", reason, got, err)
		}
	}
	if !RefusedRate.Again() || RefusedSignature.Again() || RefusalReason("other").Again() {
		t.Error("which reports may be sent again")
	}
}

func TestBadRefusals(t *testing.T) {
	sum := strings.Repeat("0", 64)
	good := `{"report":"` + sum + `","refused":"size","text":""}`
	if _, err := ParseRefusal([]byte(good)); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{
		"", "{}", "[]", good + " ", good + good, strings.Replace(good, "0", "g", 1), strings.Replace(good, "00", "0", 1),
		strings.Replace(good, "text", "other", 1), strings.Replace(good, `"size"`, `""`, 1),
		strings.Replace(good, "size", `si\u0000ze`, 1), strings.Replace(good, "size", strings.Repeat("s", 33), 1),
		strings.Replace(good, `"text":""`, `"text":"`+strings.Repeat("x", MaxRefusal)+`"`, 1),
	} {
		if r, err := ParseRefusal([]byte(bad)); err == nil {
			t.Errorf("%q gives %+v", bad, r)
		}
	}
}

func FuzzParseRefusal(f *testing.F) {
	f.Add(RefusalOf([]byte("x"), RefusedRate, "later").Append(nil))
	f.Add([]byte(`{"report":"","refused":"size"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseRefusal(b)
		if err != nil {
			return
		}
		if again, err := ParseRefusal(r.Append(nil)); err != nil || again != r {
			t.Errorf("%+v, then %+v, %v", r, again, err)
		}
	})
}
