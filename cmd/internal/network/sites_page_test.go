package network

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestPagesSayHowSiteChangesArePaced: how many there may be at once, and how soon there is room for
// another.
func TestPagesSayHowSiteChangesArePaced(t *testing.T) {
	if siteChanges*3*60 != 3600 {
		t.Fatalf("%d changes an hour are not one in three minutes: say how many there are", siteChanges)
	}
	for name, want := range map[string]string{
		"protocol.md": fmt.Sprintf("a bucket of %d for each station that has a site: full at first, and one more each three minutes", siteChanges),
		"api.md":      fmt.Sprintf("%d changes of one station at once and one more each three minutes", siteChanges),
	} {
		page, err := os.ReadFile("../../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.Join(strings.Fields(string(page)), " "), want) {
			t.Errorf("docs/%s does not say %q", name, want)
		}
	}
}
