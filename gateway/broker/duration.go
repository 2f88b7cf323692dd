package broker

import "hexspot/gateway"

// Duration is a time.Duration that is text in TOML, "30s".
type Duration = gateway.Duration
