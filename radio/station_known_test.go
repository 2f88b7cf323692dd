package radio

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStationsRememberNothingElse reads every vector twice with one memory: what is
// accepted and what is refused is what ParseSigned says.
func TestStationsRememberNothingElse(t *testing.T) {
	var known Stations
	v := loadVectors(t).Signed
	texts := []string{""}
	for _, c := range v.Valid {
		texts = append(texts, c.Encoded)
	}
	for _, c := range v.Bad {
		texts = append(texts, c.Encoded)
	}
	for range 2 {
		for _, text := range texts {
			want, failed := ParseSigned(unhex(t, text))
			got, err := known.ParseSigned(unhex(t, text))
			if (err == nil) != (failed == nil) || err != nil && err.Error() != failed.Error() {
				t.Fatalf("%s: %v, want %v", text, err, failed)
			}
			if diff := cmp.Diff(want.Append(nil), got.Append(nil)); diff != "" {
				t.Fatal(diff)
			}
		}
	}
	if len(known.sound) == 0 {
		t.Error("no station was remembered")
	}
}
