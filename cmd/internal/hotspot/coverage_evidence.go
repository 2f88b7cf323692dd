package hotspot

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"hexspot/witness/log"
)

// mostAlike is how many files with evidence have one name but for a number: of the logs of
// an epoch, one for each ingest.
const mostAlike = 32

// KeepEvidence writes evidence into a directory, which is made if need be, and gives its path. Other
// evidence of that name stays.
func KeepEvidence(dir string, e log.Evidence) (string, error) {
	return noteDir(dir).accuse(e, noteMode)
}

// accuse writes evidence down and gives its path. What others have the name of stays.
func (n noteDir) accuse(e log.Evidence, mode os.FileMode) (string, error) {
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
			return n.path(name), ReplaceFile(n.path(name), text, mode)
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

// proofs gives the evidence that was kept to take, with its path. What cannot be read is named
// in the error.
func (n noteDir) proofs(take func(path string, e *log.Evidence)) error {
	entries, err := os.ReadDir(string(n))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	read := 0
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasPrefix(name, evidenceBeginning) || !strings.HasSuffix(name, evidenceEnding) {
			continue
		}
		if read++; read > mostProofs {
			return errors.Join(err, fmt.Errorf("%s has more than %d files with evidence", string(n), mostProofs))
		}
		e, fault := n.readProof(name)
		if fault != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", n.path(name), fault))
			continue
		}
		take(n.path(name), &e)
	}
	return err
}

func (n noteDir) readProof(name string) (log.Evidence, error) {
	b, err := n.load(name, log.MaxEvidence+1)
	if err != nil {
		return log.Evidence{}, err
	}
	return log.KeptEvidence(b)
}
