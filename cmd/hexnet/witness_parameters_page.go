package main

import (
	"fmt"
	"strings"

	"hexspot/witness"
)

// parametersMarkdown is docs/parameters.md.
func parametersMarkdown(sets []*witness.Parameters) string {
	var b strings.Builder
	b.WriteString(parametersIntro)
	for _, p := range sets {
		fmt.Fprintf(&b, "\n## Set `%s`\n\nSHA-256 of the file with these figures: `%x`\n", p.Set.Name, p.Hash())
		b.WriteString("\n| name | value | unit | reason |\n|---|---|---|---|\n")
		for _, f := range p.Table() {
			fmt.Fprintf(&b, "| `%s` | %d | %s | %s |\n", f.Name, f.Value, f.Unit, f.Reason)
		}
	}
	b.WriteString(capsIntro)
	for _, c := range capsOf(sets[0]) {
		fmt.Fprintf(&b, "| %d | `%s` |\n", c.level, strings.Join(c.plans, "`, `"))
	}
	b.WriteString(timingIntro)
	for _, f := range timings() {
		fmt.Fprintf(&b, "| `%s` | %d | %d | %s | %s |\n", f.Name, f.Value, f.demo, f.Unit, f.Reason)
	}
	return b.String()
}

const parametersIntro = `# Parameters

<!-- made by: hexnet witness parameters --markdown > docs/parameters.md -->

What a network may choose, with the defaults of this build and the reason for each. Printed by
` + "`hexnet witness parameters`" + ` (` + "`--set`, `--json`" + `); this page by
` + "`hexnet witness parameters --markdown`" + `. A network's own are the file ` + "`parameters.json`" + ` of each epoch; its
anchors state the SHA-256 of that file. What each figure is used for: [rules.md](rules.md).
`

const capsIntro = `
## Plans

The highest EIRP of a beacon, 0.01 dBm: the lower of what the region allows devices and gateways, because a beacon is a
frame of a device sent by a gateway. Both sets have all plans.

| EIRP | plans |
|---|---|
`

const timingIntro = `
## Timing

Stated by each anchor but for the last one, which is the network's own affair.

| name | default | demo | unit | reason |
|---|---|---|---|---|
`
