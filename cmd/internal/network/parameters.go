package network

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"hexspot/witness"
)

// parameterFiles is the directory of the parameter files that anchors of the network state,
// each named by its SHA-256. Nothing is removed from it: an epoch is verified by what was
// anchored, whatever the defaults of the build are that does it.
type parameterFiles string

const parameterEnding = ".json"

func (f parameterFiles) path(hash [32]byte) string {
	return filepath.Join(string(f), hex.EncodeToString(hash[:])+parameterEnding)
}

// keep puts a file there in one step. When it returns, it is on disk.
func (f parameterFiles) keep(file []byte) error {
	path := f.path(sha256.Sum256(file))
	if was, err := os.ReadFile(path); err == nil && bytes.Equal(was, file) {
		return nil
	}
	if err := os.MkdirAll(string(f), 0o755); err != nil {
		return fmt.Errorf("keeping parameters: %w", err)
	}
	err := Data(f).replace(filepath.Base(path), file)
	if err = errors.Join(err, syncDirectory(string(f)), syncDirectory(filepath.Dir(string(f)))); err != nil {
		return fmt.Errorf("keeping parameters: %w", err)
	}
	return nil
}

func syncDirectory(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// read gives the file of a hash, fs.ErrNotExist if it is not there.
func (f parameterFiles) read(hash [32]byte) ([]byte, error) {
	file, err := os.ReadFile(f.path(hash))
	if err == nil && sha256.Sum256(file) != hash {
		err = fmt.Errorf("%s is not the file that its name says", f.path(hash))
	}
	return file, err
}

// hashes are those of the files that are there.
func (f parameterFiles) hashes() (list [][32]byte, err error) {
	entries, err := os.ReadDir(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		if hash, ok := parseParameterName(e.Name()); ok {
			list = append(list, hash)
		}
	}
	return list, err
}

// parseParameterName reads the name of a file: 64 hexadecimal digits and ".json".
func parseParameterName(name string) (hash [32]byte, ok bool) {
	text, ok := strings.CutSuffix(name, parameterEnding)
	if !ok || len(text) != 2*len(hash) || text != strings.ToLower(text) {
		return hash, false
	}
	_, err := hex.Decode(hash[:], []byte(text))
	return hash, err == nil
}

// all are the parameters of the files that this build can read. The faults are those of the
// others: an epoch that needs one of these is not verified, the rest is.
func (f parameterFiles) all() (list []*witness.Parameters, faults, err error) {
	hashes, err := f.hashes()
	if err != nil {
		return nil, nil, fmt.Errorf("the parameter files: %w", err)
	}
	for _, hash := range hashes {
		p, fault := f.parameters(hash)
		if fault != nil {
			faults = errors.Join(faults, fault)
			continue
		}
		list = append(list, p)
	}
	return list, faults, nil
}

func (f parameterFiles) parameters(hash [32]byte) (*witness.Parameters, error) {
	file, err := f.read(hash)
	if err != nil {
		return nil, err
	}
	p, err := witness.ParseParameters(file)
	if err != nil {
		err = fmt.Errorf("%s: %w", f.path(hash), err)
	}
	return p, err
}

// adopt keeps the parameters of verified epochs, too: those of a data directory that a
// build has written that kept no files.
func (f parameterFiles) adopt(r results) error {
	epochs, err := r.epochs()
	for _, e := range epochs {
		file, fault := os.ReadFile(filepath.Join(r.path(e), "parameters.json"))
		if fault == nil {
			fault = f.keep(file)
		}
		err = errors.Join(err, fault)
	}
	return err
}

// openParameterFiles makes sure that what the network anchors from now on is kept.
func openParameterFiles(data Data, p *witness.Parameters, log *slog.Logger) (parameterFiles, error) {
	f := parameterFiles(data.path(parametersDir))
	if err := f.keep(p.Encode()); err != nil {
		return "", err
	}
	if err := f.adopt(results(data.path(verdictsDir))); err != nil {
		log.Error("parameters of verified epochs are not kept", "error", err)
	}
	kept, faults, err := f.all()
	if faults != nil {
		log.Error("this build cannot read all parameters that were anchored", "error", faults)
	}
	for _, p := range kept {
		if unknown := p.Unknown(); len(unknown) > 0 {
			log.Warn("this build does not know all figures that were anchored: it verifies no epoch of theirs", "parameters", fmt.Sprintf("%x", p.Hash()), "figures", unknown)
		}
	}
	return f, err
}
