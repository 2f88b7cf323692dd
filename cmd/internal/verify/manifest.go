package verify

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// manifest lists the other files of a directory.
type manifest []entry

// entry is one file.
type entry struct {
	Name string  `json:"name"`
	Size int64   `json:"size"`
	Hash hexHash `json:"sha256"`
}

// hexHash is a SHA-256, 64 digits in JSON.
type hexHash []byte

// MarshalText gives hexadecimal digits.
func (h hexHash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

// UnmarshalText reads hexadecimal digits.
func (h *hexHash) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// appendJSON appends a JSON list with one file a line, by name.
func (m manifest) appendJSON(b []byte) []byte {
	sorted := slices.SortedFunc(slices.Values(m), func(a, b entry) int { return cmp.Compare(a.Name, b.Name) })
	b = append(b, "[\n"...)
	for i, e := range sorted {
		line, err := json.Marshal(e)
		if err != nil {
			panic(err) // strings and integers always encode
		}
		b = append(b, line...)
		if i < len(sorted)-1 {
			b = append(b, ',')
		}
		b = append(b, '\n')
	}
	return append(b, "]\n"...)
}

func parseManifest(text []byte) (manifest, error) {
	var m manifest
	err := json.Unmarshal(text, &m)
	if err == nil && !bytes.Equal(m.appendJSON(nil), text) {
		err = errors.New("not in canonical form")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", manifestName, err)
	}
	return m, nil
}
