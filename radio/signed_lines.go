package radio

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// ParseSignedLines reads records as people hand them on: one a line, as base64 for URLs
// without padding, also those of appeals. It verifies nothing. The error says which line.
func ParseSignedLines(text string) (list []Signed, err error) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		b, err := base64.RawURLEncoding.Strict().DecodeString(strings.TrimRight(line, "\r\n"))
		var s Signed
		if err == nil {
			s, err = ParseExhibit(b)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		list = append(list, s)
	}
	return list, nil
}
