package hotspot

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hexspot/witness/log"
)

// mostAlike is how many files with evidence have one name but for a number: of the logs of
// an epoch, one for each ingest.
const mostAlike = 32

// accuse writes evidence down and gives its path. What others have the name of stays.
func (n noteDir) accuse(e log.Evidence) (string, error) {
	if err := os.MkdirAll(string(n), 0o755); err != nil {
		return "", err
	}
	text := e.Encode()
	stem, ending := strings.CutSuffix(e.FileName(), evidenceEnding)
	for i := 1; ending && i <= mostAlike; i++ {
		name := stem + evidenceEnding
		if i > 1 {
			name = fmt.Sprintf("%s-%d%s", stem, i, evidenceEnding)
		}
		there, err := n.load(name, log.MaxEvidence+1)
		switch {
		case errors.Is(err, os.ErrNotExist):
			return n.path(name), ReplaceFile(n.path(name), text, proofMode)
		case err == nil && bytes.Equal(there, text):
			return n.path(name), nil
		}
	}
	return "", fmt.Errorf("%s has too many files %s", string(n), e.FileName())
}

const (
	evidenceBeginning = "evidence-"
	evidenceEnding    = ".json"
	mostProofs        = 1024 // files that a start reads
)

// proof is evidence and where it is.
type proof struct {
	path     string
	evidence log.Evidence
}

// proofs gives the evidence that was kept, the latest epochs first. What cannot be read
// is named in the error.
func (n noteDir) proofs() (list []proof, err error) {
	entries, err := os.ReadDir(string(n))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	entries = slices.DeleteFunc(entries, func(e os.DirEntry) bool {
		return !strings.HasPrefix(e.Name(), evidenceBeginning) || filepath.Ext(e.Name()) != evidenceEnding
	})
	for _, entry := range entries[:min(len(entries), mostProofs)] {
		b, fault := n.load(entry.Name(), log.MaxEvidence+1)
		if fault != nil {
			err = errors.Join(err, fault)
			continue
		}
		e, fault := log.KeptEvidence(b)
		if fault != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", n.path(entry.Name()), fault))
			continue
		}
		list = append(list, proof{n.path(entry.Name()), e})
	}
	slices.SortStableFunc(list, func(a, b proof) int {
		return cmp.Compare(b.evidence.Log().Epoch, a.evidence.Log().Epoch)
	})
	return list, err
}
