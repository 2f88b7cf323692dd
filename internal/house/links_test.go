package house

import (
	"strings"
	"testing"
)

// mustNotLink names what a program must never contain, and why.
var mustNotLink = []struct{ program, part, why string }{
	{"cmd/hexspot", "hexspot/gateway/broker", "a hotspot runs no broker"},
	{"cmd/hexspot", "hexspot/internal/", "a hotspot has no journal and no store of the network"},
	{"cmd/hexspot", "hexspot/cmd/internal/network", "that joins the network's parts"},
	{"cmd/hexspot", "hexspot/cmd/internal/demo", "the demo is the network's"},
	{"cmd/hexspot", "hexspot/hardware/emulator", "a hotspot drives a real chip"},
	{"cmd/hexspot", "hexspot/rewards", "a hotspot works out no rewards"},
	{"cmd/hexspot", "github.com/mochi-mqtt/", "a hotspot runs no broker"},
	{"cmd/hexspot", "github.com/nats-io/", "a hotspot has no journal"},
	{"cmd/hexspot", "github.com/ethereum/", "a hotspot is no chain client"},
	{"cmd/hexspot", "github.com/decred/", "owners sign elsewhere: a hotspot has no account"},
	{"cmd/hexspot", "hexspot/coverage/wallet", "owners sign elsewhere: a hotspot has no account"},
	{"cmd/hexspot", "github.com/jackc/", "a hotspot keeps no book"},
	{"cmd/hexnet", "github.com/ethereum/", "go-ethereum is what tests are held against"},
	{"cmd/hexspot", "github.com/alecthomas/kong", "it stops the linker's pruning: 3 MB"},
	{"cmd/hexspot", "html/template", "it stops the linker's pruning: 3 MB"},
	{"cmd/hexspot", "text/template", "it stops the linker's pruning: 3 MB"},
	{"cmd/hexspot", "testing", "test code stays in tests"},
	{"cmd/hexnet", "testing", "test code stays in tests"},
}

// linked says which of the dependencies a forbidden part stands for.
func linked(deps []string, part string) string {
	for _, dep := range deps {
		if dep == part || strings.HasPrefix(dep, part+"/") || strings.HasSuffix(part, "/") && strings.HasPrefix(dep, part) {
			return dep
		}
	}
	return ""
}

func TestProgramsLinkNothingForbidden(t *testing.T) {
	deps := map[string][]string{}
	for _, p := range listPackages(t, "-deps", module+"/cmd/...") {
		if ours(p.ImportPath) {
			deps[p.path()] = p.Deps
		}
	}
	for _, rule := range mustNotLink {
		if deps[rule.program] == nil {
			t.Fatalf("there is no program %s", rule.program)
		}
		if dep := linked(deps[rule.program], rule.part); dep != "" {
			t.Errorf("%s links %s: %s", rule.program, dep, rule.why)
		}
	}
}

func TestLinkedFinds(t *testing.T) {
	deps := []string{"fmt", "github.com/nats-io/nats.go", "hexspot/internal/store", "hexspot/rewards"}
	for part, want := range map[string]bool{
		"github.com/nats-io/": true, "hexspot/internal/": true, "hexspot/rewards": true,
		"testing": false, "hexspot/reward": false,
	} {
		if got := linked(deps, part) != ""; got != want {
			t.Errorf("linked(%s) = %v, want %v", part, got, want)
		}
	}
}
