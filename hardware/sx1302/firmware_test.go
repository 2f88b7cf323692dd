package sx1302

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

// varText writes an image as the public HAL's files are written.
func varText(program []byte) string {
	var b strings.Builder
	b.WriteString("/* a comment */\nstatic const uint8_t agc_firmware_sx1250[MCU_FW_SIZE] = {\n")
	for i, v := range program {
		fmt.Fprintf(&b, "0x%02X, ", v)
		if i%16 == 15 {
			b.WriteString("\n")
		}
	}
	return strings.TrimSuffix(b.String(), ", \n") + " \n};\n"
}

func TestParseFirmware(t *testing.T) {
	program := SyntheticImage(1)
	text := varText(program)
	for name, data := range map[string]string{
		"raw":                string(program),
		"text":               text,
		"one-digit numbers":  strings.ReplaceAll(text, "0x0", "0x"),
		"lower case":         strings.ToLower(text),
		"a comma at the end": strings.Replace(text, " \n}", ",\r\n}", 1),
		"no line ends":       strings.ReplaceAll(text, "\n", " "),
		"other things after": text + "const int x[] = { 1, 2 };",
	} {
		image, err := ParseFirmware([]byte(data))
		if err != nil || !bytes.Equal(image.Bytes(), program) || image.SHA256() != sha256.Sum256(program) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseFirmwareRefuses(t *testing.T) {
	program := SyntheticImage(1)
	text := varText(program)
	damaged := bytes.Clone(program)
	damaged[2*77] ^= 0x08
	for _, c := range []struct{ name, data, want string }{
		{"nothing", "", "neither 8192 bytes nor an array"},
		{"raw, one byte short", strings.Repeat("\x00", ProgramSize-1), "neither 8192 bytes nor an array"},
		{"no opening brace", strings.Replace(text, "{", "", 1), "neither"},
		{"no closing brace", strings.Replace(text, "}", "", 1), "neither"},
		{"braces the wrong way round", "} {", "neither"},
		{"a number short", strings.Replace(text, ", ", "", 1), "8191 numbers: want 8192"},
		{"a number too many", strings.Replace(text, "}", ", 0x00}", 1), "8193 numbers: want 8192"},
		{"two commas", strings.Replace(text, ", ", ",,", 1), "8193 numbers"},
		{"not a byte", strings.Replace(text, "0x", "0x1", 1), "number 1: \"0x1"},
		{"decimal", strings.Replace(text, "0x", "", 1), "number 1"},
		{"negative", strings.Replace(text, "0x", "0x-", 1), "number 1"},
		{"empty number", strings.Replace(text, "0x", " , 0x", 1), "8193 numbers"},
		{"no digits", "{" + strings.Repeat("0x,", 8192) + "}", "number 1"},
		{"no array of bytes", strings.Replace(text, "0x", "0x000000", 1), "number 1"},
		{"damaged", string(damaged), "word 77"},
		{"damaged text", varText(damaged), "word 77"},
		{"zeros", string(make([]byte, ProgramSize)), "nothing but zeros"},
		{"huge", "{" + strings.Repeat(" ", maxFirmwareText) + "}", "too many"},
	} {
		if _, err := ParseFirmware([]byte(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// Any single bit but the top one of a word is caught.
func TestParityCatchesOneBit(t *testing.T) {
	program := SyntheticImage(3)
	for bit := range 16 {
		damaged := bytes.Clone(program)
		damaged[100+bit/8] ^= 1 << (bit % 8)
		if _, err := ParseFirmware(damaged); (err == nil) != (bit == 15) {
			t.Errorf("bit %d: %v", bit, err)
		}
	}
}

func TestImagesAreTheCallers(t *testing.T) {
	program := SyntheticImage(1)
	image, err := ParseFirmware(program)
	if err != nil {
		t.Fatal(err)
	}
	program[0] ^= 0xFF
	image.Bytes()[1] ^= 0xFF
	if !bytes.Equal(image.Bytes(), SyntheticImage(1)) {
		t.Error("changed from outside")
	}
	if !(Image{}).IsZero() || image.IsZero() || (Firmware{AGC: image}).Complete() || (Firmware{ARB: image}).Complete() {
		t.Error("which image is one")
	}
}

func TestSyntheticImages(t *testing.T) {
	one, two := SyntheticImage(1), SyntheticImage(2)
	if bytes.Equal(one, two) || !bytes.Equal(one, SyntheticImage(1)) || len(one) != 8192 {
		t.Error("a seed is not an image")
	}
	ones := 0
	for i := 0; i < len(one); i += 2 {
		ones += int(binary.LittleEndian.Uint16(one[i:]) >> 14 & 1)
	}
	if ones < 1800 || ones > 2300 {
		t.Errorf("bit 14 is set in %d of 4096 words", ones)
	}
}

func FuzzParseFirmware(f *testing.F) {
	program := SyntheticImage(1)
	f.Add(program)
	f.Add([]byte(varText(program)))
	f.Add([]byte("{ 0x00, 0x1 }"))
	f.Add([]byte("{}}{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		image, err := ParseFirmware(data)
		if err != nil {
			if !image.IsZero() {
				t.Error("an image with an error")
			}
			return
		}
		again, err := ParseFirmware([]byte(varText(image.Bytes())))
		if err != nil || again.SHA256() != image.SHA256() {
			t.Errorf("its text: %v", err)
		}
	})
}
