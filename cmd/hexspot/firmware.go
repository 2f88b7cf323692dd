package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"hexspot/cmd/internal/hotspot"
	"hexspot/hardware/sx1302"
)

func firmware(ctx context.Context, args []string, std streams) error {
	if len(args) > 0 && args[0] == "import" {
		return importFirmware(ctx, args[1:], std)
	}
	set := flags("firmware import DIR|FILE...", "Imports the concentrator's firmware images; see 'hexspot firmware import --help'.",
		"hexspot firmware import sx1302_hal/libloragw/src --out /var/lib/hexspot/firmware", std)
	if _, err := parse(set, args); err != nil {
		return err
	}
	return fmt.Errorf("%w: the only thing to do with firmware is 'import'", errUsage)
}

func importFirmware(_ context.Context, args []string, std streams) error {
	set := flags("firmware import DIR|FILE...",
		"Reads the AGC and ARB images from the public HAL's .var files (agc_fw_sx1250.var, arb_fw.var) or from raw\n"+
			"images of 8192 bytes, checks size and parity, prints the SHA-256 of each, and writes them where\n"+
			"'hexspot run' finds them. The images are Semtech's and not part of hexspot.",
		"hexspot firmware import sx1302_hal/libloragw/src --out /var/lib/hexspot/firmware\n"+
			"hexspot firmware import agc_fw_sx1250.var arb_fw.var --out firmware", std)
	out := set.String("out", hotspot.DefaultFirmware, "`DIR` to write to, made if it is not there")
	sources, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(sources) == 0 {
		return fmt.Errorf("%w: name the directory or the files to import", errUsage)
	}
	found, err := findImages(sources)
	if err != nil {
		return err
	}
	return writeImages(found, *out, std.out)
}

// imageKinds are the images that a hotspot needs, with what in the name of a file
// tells them.
var imageKinds = []struct{ what, file, mark string }{
	{"AGC", hotspot.AGCFile, "agc"},
	{"ARB", hotspot.ARBFile, "arb"},
}

// otherRadio marks images for boards with other radios than the SX1250, or for
// another use.
var otherRadio = []string{"sx1257", "sx1255", "sx125x", "cal_fw"}

// foundImage is one image and where it was.
type foundImage struct {
	image sx1302.Image
	path  string
}

// findImages looks for one image of each kind.
func findImages(sources []string) ([]foundImage, error) {
	found := make([]foundImage, len(imageKinds))
	for _, source := range sources {
		paths, err := candidates(source)
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			if err := takeImage(found, path); err != nil {
				return nil, err
			}
		}
	}
	for i, kind := range imageKinds {
		if found[i].path == "" {
			return nil, fmt.Errorf("no %s image found in %s: want a file whose name holds %q, such as agc_fw_sx1250.var or arb_fw.var",
				kind.what, strings.Join(sources, ", "), kind.mark)
		}
	}
	return found, nil
}

// candidates are a file itself, or the files of a directory that may be images.
func candidates(source string) ([]string, error) {
	info, err := os.Stat(source)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{source}, nil
	}
	var paths []string
	entries, err := os.ReadDir(source)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if kindOf(e.Name()) >= 0 && mayBeImage(e) {
			paths = append(paths, filepath.Join(source, e.Name()))
		}
	}
	return paths, nil
}

// mayBeImage keeps the source code that lies beside the images out of it.
func mayBeImage(e fs.DirEntry) bool {
	info, err := e.Info()
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	ending := filepath.Ext(e.Name())
	return ending == ".var" || ending == ".bin" || info.Size() == sx1302.ProgramSize
}

// kindOf tells an image by its file's name: an index of imageKinds, -1 if by none.
func kindOf(path string) int {
	name := strings.ToLower(filepath.Base(path))
	for _, other := range otherRadio {
		if strings.Contains(name, other) {
			return -1
		}
	}
	for i, kind := range imageKinds {
		if strings.Contains(name, kind.mark) {
			return i
		}
	}
	return -1
}

func takeImage(found []foundImage, path string) error {
	kind := kindOf(path)
	if kind < 0 {
		return fmt.Errorf("%s: the name tells neither an AGC image for SX1250 radios nor an ARB image", path)
	}
	if found[kind].path != "" {
		return fmt.Errorf("two %s images: %s and %s", imageKinds[kind].what, found[kind].path, path)
	}
	image, err := hotspot.ReadImage(path)
	if err != nil {
		return err
	}
	found[kind] = foundImage{image, path}
	return nil
}

// writeImages writes each image so that a crash leaves the old one or the new one.
func writeImages(found []foundImage, dir string, out io.Writer) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for i, f := range found {
		path := filepath.Join(dir, imageKinds[i].file)
		if err := hotspot.ReplaceFile(path, f.image.Bytes(), 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", path, err)
		}
		fmt.Fprintf(out, "%s  sha256 %x  %s -> %s\n", imageKinds[i].what, f.image.SHA256(), f.path, path)
	}
	return nil
}
