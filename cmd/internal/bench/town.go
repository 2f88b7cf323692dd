package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"time"
)

// The town that is measured.
const (
	townHotspots = 100
	townDevices  = 2000
	townTime     = 30 * time.Second
)

// townCost is what hexnet demo says of the town.
type townCost struct {
	Cores     float64 `json:"cpu_cores"`
	Memory    int64   `json:"memory_bytes"`
	Downlinks struct {
		Accepted int `json:"accepted"`
		Emitted  int `json:"emitted"`
	} `json:"downlinks"`
	Uplinks struct {
		Matched int `json:"matched"`
	} `json:"uplinks_received"`
	Problems []string `json:"problems"`
}

// measureTown runs the demo as a process. One that does not pass is measured all the
// same: on a busy machine downlinks are missed, and that is said.
func measureTown(ctx context.Context, hexnet string, progress io.Writer) (townCost, error) {
	fmt.Fprintf(progress, "a town of %d hotspots and %d devices\n", townHotspots, townDevices)
	c := exec.CommandContext(ctx, hexnet, "demo", "--hotspots", strconv.Itoa(townHotspots), "--devices", strconv.Itoa(townDevices),
		"--for", townTime.String(), "--listen", "", "--summary", "json", "--no-coverage")
	var out bytes.Buffer
	c.Stdout, c.Stderr, c.WaitDelay = &out, io.Discard, stopTimeout
	ended := c.Run()
	var found townCost
	if err := json.Unmarshal(out.Bytes(), &found); err != nil {
		return townCost{}, fmt.Errorf("the town: %w", errors.Join(ended, err))
	}
	return found, nil
}
