package spi

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"hexspot/hardware"
)

// fakeKernel takes ioctls in the kernel's place. It is an SX1302 of plain memory
// with a receive FIFO that counts.
type fakeKernel struct {
	t        *testing.T
	device   *spidev
	settings map[uintptr]uint32
	frames   [][]byte
	structs  [][]byte // of the transfers, addresses blanked
	memory   [addresses]byte
	fifo     byte
	err      error
	short    int // bytes to report too few
}

func newFake(t *testing.T) *fakeKernel {
	t.Helper()
	k := &fakeKernel{t: t, settings: map[uintptr]uint32{}}
	var err error
	if k.device, err = openSpidev("/dev/null", k.ioctl); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.device.file.Close() })
	return k
}

func (k *fakeKernel) ioctl(_, request uintptr, arg unsafe.Pointer) (int, error) {
	switch request {
	case iocMode, iocBits:
		k.settings[request] = uint32(*(*uint8)(arg))
	case iocMaxSpeed:
		k.settings[request] = *(*uint32)(arg)
	case iocMessage:
		if k.err != nil {
			return 0, k.err
		}
		return k.message((*transfer)(arg)) - k.short, nil
	default:
		k.t.Errorf("unknown ioctl %08X", request)
	}
	return 0, nil
}

// message does what the kernel does with the addresses, and the chip with the frame.
func (k *fakeKernel) message(m *transfer) int {
	if m.out != uint64(uintptr(unsafe.Pointer(&k.device.out))) || m.in != uint64(uintptr(unsafe.Pointer(&k.device.in))) {
		k.t.Error("the transfer points elsewhere")
	}
	raw := bytes.Clone(unsafe.Slice((*byte)(unsafe.Pointer(m)), unsafe.Sizeof(*m)))
	clear(raw[:16])
	k.structs = append(k.structs, raw)
	out, in := k.device.out[:m.length], k.device.in[:m.length]
	k.frames = append(k.frames, bytes.Clone(out))
	k.chip(out, in)
	return int(m.length)
}

func (k *fakeKernel) chip(out, in []byte) {
	for i := range in {
		in[i] = 0xEE
	}
	if len(out) <= writeHeader || out[0] != 0 {
		return
	}
	address := int(out[1]&^writeBit)<<8 | int(out[2])
	switch {
	case out[1]&writeBit != 0:
		copy(k.memory[address:], out[writeHeader:])
	case address == fifo:
		for i := readHeader; i < len(in); i++ {
			in[i] = k.fifo
			k.fifo++
		}
	default:
		copy(in[readHeader:], k.memory[address:])
	}
}

// ioctl numbers by the kernel's formula: direction, size, type 'k', number.
func TestIoctlNumbers(t *testing.T) {
	write := func(number, size uintptr) uintptr { return 1<<30 | size<<16 | 'k'<<8 | number }
	for name, c := range map[string]struct{ got, want uintptr }{
		"message": {iocMessage, write(0, unsafe.Sizeof(transfer{}))},
		"mode":    {iocMode, write(1, 1)},
		"bits":    {iocBits, write(3, 1)},
		"speed":   {iocMaxSpeed, write(4, 4)},
	} {
		if c.got != c.want {
			t.Errorf("%s: %08X, want %08X", name, c.got, c.want)
		}
	}
}

// The layout of struct spi_ioc_transfer is the same for every word size; this
// test runs on 32 and 64 bits.
func TestTransferLayout(t *testing.T) {
	m := transfer{
		out: 0x0102030405060708, in: 0x1112131415161718, length: 0x21222324, speed: 0x31323334,
		delay: 0x4142, bits: 0x51, csChange: 0x52, outLines: 0x53, inLines: 0x54, wordDelay: 0x55,
	}
	var want []byte
	want = binary.NativeEndian.AppendUint64(want, m.out)
	want = binary.NativeEndian.AppendUint64(want, m.in)
	want = binary.NativeEndian.AppendUint32(want, m.length)
	want = binary.NativeEndian.AppendUint32(want, m.speed)
	want = binary.NativeEndian.AppendUint16(want, m.delay)
	want = append(want, 0x51, 0x52, 0x53, 0x54, 0x55, 0)
	if len(want) != 32 {
		t.Fatalf("the test's struct is %d bytes long", len(want))
	}
	got := unsafe.Slice((*byte)(unsafe.Pointer(&m)), unsafe.Sizeof(m))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestConfigure(t *testing.T) {
	k := newFake(t)
	want := map[uintptr]uint32{iocMode: 0, iocBits: 8, iocMaxSpeed: 2_000_000}
	if diff := cmp.Diff(want, k.settings); diff != "" {
		t.Error(diff)
	}
	_, err := openSpidev("/dev/null", func(_, request uintptr, _ unsafe.Pointer) (int, error) {
		if request == iocBits {
			return 0, unix.EINVAL
		}
		return 0, nil
	})
	if !errors.Is(err, unix.EINVAL) {
		t.Errorf("refused word size: %v", err)
	}
}

func TestExchange(t *testing.T) {
	k := newFake(t)
	k.memory[0x5606] = 0x12
	back, err := k.device.exchange([]byte{0, 0x56, 0x06, 0, 0})
	if err != nil || !bytes.Equal(back, []byte{0xEE, 0xEE, 0xEE, 0xEE, 0x12}) {
		t.Errorf("% X, %v", back, err)
	}
	var want []byte // a transfer of 5 bytes at 2 MHz, 8 bits, everything else 0
	want = append(want, make([]byte, 16)...)
	want = binary.NativeEndian.AppendUint32(want, 5)
	want = binary.NativeEndian.AppendUint32(want, 2_000_000)
	want = append(want, 0, 0, 8, 0, 0, 0, 0, 0)
	if diff := cmp.Diff([][]byte{want}, k.structs); diff != "" {
		t.Error(diff)
	}
}

func TestExchangeFails(t *testing.T) {
	k := newFake(t)
	k.short = 1
	if _, err := k.device.exchange(make([]byte, 5)); err == nil {
		t.Error("a short transfer passes")
	}
	k.short = 0
	for _, c := range []struct {
		err  error
		gone bool
	}{{unix.ESHUTDOWN, true}, {unix.ENODEV, true}, {unix.ENXIO, true}, {unix.EIO, false}, {unix.ETIMEDOUT, false}} {
		k.err = c.err
		_, err := k.device.exchange(make([]byte, 5))
		if !errors.Is(err, c.err) || errors.Is(err, hardware.ErrGone) != c.gone {
			t.Errorf("%v: %v", c.err, err)
		}
	}
}

// What the kernel says to an ioctl that is not for it comes through.
func TestKernel(t *testing.T) {
	if _, err := openSpidev("/dev/null", kernel); !errors.Is(err, unix.ENOTTY) {
		t.Errorf("configuring /dev/null: %v", err)
	}
}
