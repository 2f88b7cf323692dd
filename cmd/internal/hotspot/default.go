package hotspot

import _ "embed"

// DefaultText is the commented default configuration. Decoded, it equals the
// zero Config but for what it spells out.
//
//go:embed hexspot.toml
var DefaultText string
