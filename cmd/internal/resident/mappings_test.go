package resident

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const smaps = `00400000-00402000 r--p 00000000 08:01 131 /usr/bin/hexspot
Size:                  8 kB
Anonymous:             0 kB
VmFlags: rd mr mw me sd 
00402000-00998000 r-xp 00002000 08:01 131 /usr/bin/hexspot (deleted)
Rss:                5532 kB
Anonymous:             0 kB
00eee000-00ef1000 r--p 00aed000 08:01 131 /usr/bin/hexspot
Anonymous:             4 kB
00ef1000-00f58000 rw-p 00af0000 08:01 131 /usr/bin/hexspot
Anonymous:             0 kB
c000000000-c000400000 rw-p 00000000 00:00 0 
Anonymous:          2708 kB
7f0000000000-7f0000008000 r--s 00000000 08:01 132 /var/lib/hexspot/spool.db-shm
Anonymous:             0 kB
7f0000010000-7f0000012000 r-xp 00000000 00:00 0 [vdso]
Anonymous:             0 kB
`

func TestParseMappings(t *testing.T) {
	list, err := parseMappings(strings.NewReader(smaps))
	if err != nil {
		t.Fatal(err)
	}
	var clean []mapping
	for _, m := range list {
		if m.clean() {
			clean = append(clean, m)
		}
	}
	want := []mapping{
		{0x400000, 0x402000, "r--p", "/usr/bin/hexspot", 0},
		{0x402000, 0x998000, "r-xp", "/usr/bin/hexspot (deleted)", 0},
	}
	if diff := cmp.Diff(want, clean, cmp.AllowUnexported(mapping{})); diff != "" || len(list) != 7 {
		t.Errorf("%d mappings; those that can be read again differ (-want +got):\n%s", len(list), diff)
	}
}

func TestParseMappingsRefuses(t *testing.T) {
	for _, text := range []string{
		"junk", "00400000 r--p 00000000 08:01 131 /x", "0040-zz r--p 0 08:01 131 /x",
		"00400000-00402000 r--p 00000000 08:01",
		"00400000-00402000 r--p 00000000 08:01 131 /x\nAnonymous: much",
	} {
		if list, err := parseMappings(strings.NewReader(text)); err == nil {
			t.Errorf("%q: %v", text, list)
		}
	}
}

// FuzzParseMappings: whatever is read, a mapping that counts as clean is of a file, not
// writable and not written to.
func FuzzParseMappings(f *testing.F) {
	f.Add(smaps)
	f.Add("0-1 r--p 0 0 0 /")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := parseMappings(strings.NewReader(text))
		if err != nil && list != nil {
			t.Errorf("mappings with error %v", err)
		}
		for _, m := range list {
			if m.clean() && (m.own != 0 || strings.Contains(m.perms, "w") || !strings.HasPrefix(m.file, "/")) {
				t.Errorf("%+v counts as clean", m)
			}
		}
	})
}
