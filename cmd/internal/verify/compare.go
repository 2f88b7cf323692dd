package verify

import (
	"bytes"
	"maps"
	"slices"
)

// Compare names the files in which two results differ, by their manifests; none: they
// are the same, byte for byte.
func Compare(a, b string) ([]string, error) {
	differ := map[string]bool{}
	var lists [2]map[string]hexHash
	for i, dir := range [...]string{a, b} {
		m, err := readManifest(dir)
		if err != nil {
			return nil, err
		}
		lists[i] = map[string]hexHash{}
		for _, e := range m {
			lists[i][e.Name] = e.Hash
		}
	}
	for i, list := range lists {
		for name, sum := range list {
			if !bytes.Equal(sum, lists[1-i][name]) {
				differ[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(differ)), nil
}
