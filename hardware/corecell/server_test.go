package corecell

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// unhex reads bytes written as hex with spaces; "00*5" is five zeros.
func unhex(t testing.TB, text string) []byte {
	t.Helper()
	var all []byte
	for word := range strings.FieldsSeq(text) {
		digits, times, repeated := strings.Cut(word, "*")
		b, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatalf("%q: %v", word, err)
		}
		n := 1
		if repeated {
			n = 0
			for _, digit := range times {
				n = n*10 + int(digit-'0')
			}
		}
		all = append(all, bytes.Repeat(b, n)...)
	}
	return all
}

// What the firmware answers, byte by byte (com_usb.c and device.c).
func TestServerAnswers(t *testing.T) {
	for _, c := range []struct {
		name, request, answer string
		chip                  *chip
	}{
		{name: "PING", request: "2A 0000 00",
			answer: "2A 0015 40 68657873706F740001020304 5630312E30302E3030"},
		{name: "PING with payload", request: "2A 0001 00 00", answer: "2A 0000 FF"},
		{name: "STATUS", request: "01 0000 01", answer: "01 0006 41 00000000 092E", chip: &chip{celsius: 23.5}},
		{name: "STATUS below zero", request: "01 0000 01", answer: "01 0006 41 00000000 FB1E", chip: &chip{celsius: -12.5}},
		{name: "STATUS without sensor", request: "01 0000 01", answer: "01 0006 41 00000000 FFFF", chip: &chip{noSensor: true}},
		{name: "STATUS with payload", request: "01 0001 01 00", answer: "01 0000 FF"},
		{name: "BOOTLOADER", request: "07 0000 02", answer: "07 0000 42"},
		{name: "BOOTLOADER with payload", request: "07 0001 02 00", answer: "07 0000 FF"},
		{name: "RESET", request: "08 0001 03 00", answer: "08 0001 43 00"},
		{name: "RESET of unknown type", request: "08 0001 03 01", answer: "08 0001 43 01"},
		{name: "RESET without type", request: "08 0000 03", answer: "08 0000 FF"},
		{name: "WRITE_GPIO", request: "09 0003 04 000101", answer: "09 0001 44 00"},
		{name: "WRITE_GPIO of last pin", request: "09 0003 04 070F00", answer: "09 0001 44 00"},
		{name: "WRITE_GPIO port", request: "09 0003 04 080101", answer: "09 0001 44 01"},
		{name: "WRITE_GPIO pin", request: "09 0003 04 001001", answer: "09 0001 44 01"},
		{name: "WRITE_GPIO state", request: "09 0003 04 000102", answer: "09 0001 44 01"},
		{name: "WRITE_GPIO refused", request: "09 0003 04 000101", answer: "09 0001 44 01", chip: &chip{refuse: true}},
		{name: "WRITE_GPIO too short", request: "09 0002 04 0001", answer: "09 0000 FF"},
		{name: "unknown command", request: "55 0002 06 0000", answer: "55 0000 FF"},
		{name: "an answer as request", request: "55 0000 45", answer: "55 0000 FF"},
		{name: "payload over the limit", request: "11 1069 05 010203", answer: "11 0000 FF"},
		{name: "two requests at once", request: "01 0001 03 01 02 0001 03 01", answer: "01 0001 43 01 02 0001 43 01"},

		{name: "MULTI_SPI of nothing", request: "03 0000 05", answer: "03 0000 45"},
		{name: "MULTI_SPI of 4194", request: "03 1062 05 00 01 01 105D 00*4189",
			answer: "03 1062 45 00 01 00 105D FF*4189"},
		{name: "MULTI_SPI of 4195", request: "03 1063 05 00 01 01 105E 00*4190", answer: "03 0000 45"},
		{name: "MULTI_SPI of 4200", request: "03 1068 05 00 01 01 1063 00*4195", answer: "03 0000 45"},
		{name: "write and read back",
			request: "04 0013 05 01 01 00 0004 00D605AB 02 01 00 0005 0056050000",
			answer:  "04 0013 45 01 01 00 0004 00000000 02 01 00 0005 00000000AB"},
		{name: "SX1261", request: "04 0007 05 FF 01 01 0002 C000", answer: "04 0007 45 FF 01 00 0002 3FFF"},
		{name: "unknown chip", request: "04 0007 05 01 01 02 0002 C000", answer: "04 0005 45 01 01 02 0000"},
		{name: "empty frame", request: "04 0005 05 01 01 00 0000", answer: "04 0005 45 01 01 01 0000"},
		{name: "SX1261 busy, SX1302 goes on", request: "04 000E 05 01 01 01 0002 C000 02 01 00 0002 0000",
			answer: "04 000C 45 01 01 03 0000 02 01 00 0002 0000", chip: &chip{status: [2]Status{0, StatusTimeout}}},
		{name: "modify, value not masked", request: "05 000C 05 01 02 5601 F0 5A 02 02 5601 0F 05",
			answer: "05 000A 45 01 02 00 00 5A 02 02 00 5A 55"},
		{name: "modify fails", request: "05 0006 05 01 02 5601 F0 50", answer: "05 0003 45 01 02 01",
			chip: &chip{status: [2]Status{StatusTimeout, 0}}},
		{name: "unknown item, then another", request: "06 0008 05 01 07 02 02 5601 FF 12",
			answer: "06 0008 45 01 07 02 02 02 00 00 12"},
		{name: "frame cut short", request: "06 0006 05 01 01 00 0005 00", answer: "06 0005 45 01 01 02 0000"},
		{name: "modify cut short", request: "06 0003 05 01 02 56", answer: "06 0003 45 01 02 02"},
		{name: "item cut short", request: "06 0001 05 09", answer: "06 0003 45 09 00 02"},
		{name: "unknown items that outgrow an answer", request: "06 0AF0 05 0103*1400", answer: "06 0000 FF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the uptime stands still
				if c.chip == nil {
					c.chip = newChip()
				}
				s := &server{device: c.chip, id: testID, reboot: func(bool) error { return nil }}
				s.powerUp()
				var answer bytes.Buffer
				if err := s.receive(&answer, unhex(t, c.request)); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(hex.Dump(unhex(t, c.answer)), hex.Dump(answer.Bytes())); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// hosted is a Serve at the far end of a pipe, within a synctest bubble.
func hosted(t *testing.T, device Device, options ...ServeOption) (host net.Conn, served chan error) {
	t.Helper()
	host, far := net.Pipe()
	served = make(chan error, 1)
	go func() { served <- Serve(t.Context(), far, device, testID, options...); far.Close() }()
	t.Cleanup(func() { host.Close() })
	return host, served
}

func receive(t *testing.T, r io.Reader, want string) {
	t.Helper()
	expected := unhex(t, want)
	got := make([]byte, len(expected))
	if _, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, expected) {
		t.Errorf("got % X (%v), want % X", got, err, expected)
	}
}

func TestServeDropsHalfRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host, _ := hosted(t, newChip())
		write := func(text string) { host.Write(unhex(t, text)) }

		write("01 0003 04 00")
		time.Sleep(silence) // not longer: the rest is still welcome
		write("01 01")
		receive(t, host, "01 0001 44 00")

		write("02 0003 04 00")
		time.Sleep(silence + time.Millisecond)
		write("03 0000 02")
		receive(t, host, "03 0000 42")
	})
}

func TestServeUptime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host, _ := hosted(t, newChip())
		synctest.Wait()
		time.Sleep(50*24*time.Hour + 1234*time.Millisecond) // 32 bits wrap after 49.7 days
		host.Write(unhex(t, "01 0000 01"))
		receive(t, host, "01 0006 41 017DFCD2 092E")
		host.Write(unhex(t, "01 0001 03 00"))
		receive(t, host, "01 0001 43 00")
		host.Write(unhex(t, "01 0000 01"))
		receive(t, host, "01 0006 41 00000000 092E")
	})
}

func TestServeReboots(t *testing.T) {
	for _, c := range []struct {
		request    string
		bootloader bool
	}{{"01 0000 02", true}, {"01 0001 03 00", false}} {
		synctest.Test(t, func(t *testing.T) {
			chip, left := newChip(), errors.New("left the bus")
			host, served := hosted(t, chip, OnReboot(func(bootloader bool) error {
				if bootloader != c.bootloader {
					t.Errorf("%s: bootloader %t", c.request, bootloader)
				}
				return left
			}))
			host.Write(unhex(t, c.request))
			io.Copy(io.Discard, host)
			if err := <-served; err != left {
				t.Errorf("%s: Serve ended with %v", c.request, err)
			}
			if diff := cmp.Diff(append(poweredUp, poweredUp...), chip.levels, cmp.AllowUnexported(level{})); diff != "" {
				t.Errorf("%s: pins: %s", c.request, diff)
			}
		})
	}
}

func TestServeEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host, far := net.Pipe()
		defer host.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := Serve(ctx, far, newChip(), testID); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("at the end of its context Serve ended with %v", err)
		}
		host.Close()
		if err := Serve(t.Context(), far, newChip(), testID); !errors.Is(err, io.EOF) {
			t.Errorf("without a host Serve ended with %v", err)
		}
	})
}
