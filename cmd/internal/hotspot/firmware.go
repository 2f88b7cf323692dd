package hotspot

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"hexspot/hardware/sx1302"
)

// The files of a firmware directory, raw images of 8192 bytes.
const (
	AGCFile = "agc_sx1250.bin"
	ARBFile = "arb.bin"
)

// maxFirmwareFile bounds what is read as an image; the public HAL's text files
// have some 50 kB.
const maxFirmwareFile = 1 << 20

// LoadFirmware reads both images from a directory that `hexspot firmware import`
// has written.
func LoadFirmware(dir string) (sx1302.Firmware, error) {
	agc, err := ReadImage(filepath.Join(dir, AGCFile))
	if err != nil {
		return sx1302.Firmware{}, importHint(err)
	}
	arb, err := ReadImage(filepath.Join(dir, ARBFile))
	if err != nil {
		return sx1302.Firmware{}, importHint(err)
	}
	return sx1302.Firmware{AGC: agc, ARB: arb}, nil
}

func importHint(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: import the images first with 'hexspot firmware import DIR --out DIR'", err)
	}
	return err
}

// ReadImage reads one image, raw or as the public HAL's text.
func ReadImage(path string) (sx1302.Image, error) {
	file, err := os.Open(path)
	if err != nil {
		return sx1302.Image{}, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFirmwareFile+1))
	if err != nil {
		return sx1302.Image{}, err
	}
	if len(data) > maxFirmwareFile {
		return sx1302.Image{}, fmt.Errorf("%s: larger than any firmware image", path)
	}
	image, err := sx1302.ParseFirmware(data)
	if err != nil {
		return sx1302.Image{}, fmt.Errorf("%s: %w", path, err)
	}
	return image, nil
}
