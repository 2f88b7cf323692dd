package hardware

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// shortRun is the shortest run of one byte written as such; longestRun keeps a
// hostile trace small in memory.
const (
	shortRun   = 8
	longestRun = 1 << 16
)

// runs writes bytes in hex, runs of one byte as AB*300, joined by +.
func runs(b []byte) string {
	var text strings.Builder
	join := func(from int) {
		if from > 0 {
			text.WriteByte('+')
		}
	}
	for from := 0; from < len(b); {
		if n := runLength(b[from:]); n >= shortRun {
			join(from)
			fmt.Fprintf(&text, "%02X*%d", b[from], n)
			from += n
			continue
		}
		end := from
		for end < len(b) && runLength(b[end:]) < shortRun {
			end++
		}
		join(from)
		fmt.Fprintf(&text, "%X", b[from:end])
		from = end
	}
	return text.String()
}

// runLength counts how often the first byte of b is repeated, itself included.
func runLength(b []byte) int {
	n := 1
	for n < len(b) && n < longestRun && b[n] == b[0] {
		n++
	}
	return n
}

// parseRuns reads what runs writes. It never returns nil without an error.
func parseRuns(text string) ([]byte, error) {
	all := []byte{}
	if text == "" {
		return nil, errLine
	}
	for part := range strings.SplitSeq(text, "+") {
		digits, count, repeated := strings.Cut(part, "*")
		b, err := hex.DecodeString(digits)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errLine, err)
		}
		n := uint64(1)
		if repeated {
			if n, err = strconv.ParseUint(count, 10, 17); err != nil || n > longestRun || len(b) != 1 {
				return nil, errLine
			}
		}
		for range n {
			all = append(all, b...)
		}
	}
	return all, nil
}
