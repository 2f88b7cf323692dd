package radio

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var frames = []struct {
	what string
	phy  string
	want Frame
}{
	{"unconfirmed up", "40aabbccdd80010001a1b2c3d4deadbeef", Frame{
		Kind: FrameDataUp, MType: MTypeUnconfirmedDataUp, DevAddr: DevAddr{0xdd, 0xcc, 0xbb, 0xaa}, FCnt: 1, FPort: 1, HasFPort: true,
	}},
	{"confirmed up with FOpts, no port", "80010203040134120211223344", Frame{
		Kind: FrameDataUp, MType: MTypeConfirmedDataUp, DevAddr: DevAddr{4, 3, 2, 1}, FCnt: 0x1234,
	}},
	{"port without payload", "4001020304000100e011223344", Frame{
		Kind: FrameDataUp, MType: MTypeUnconfirmedDataUp, DevAddr: DevAddr{4, 3, 2, 1}, FCnt: 1, FPort: 224, HasFPort: true,
	}},
	{"port 0", "400102030400ffff000211223344", Frame{
		Kind: FrameDataUp, MType: MTypeUnconfirmedDataUp, DevAddr: DevAddr{4, 3, 2, 1}, FCnt: 65535, HasFPort: true,
	}},
	{"shortest data", "600102030420050011223344", Frame{
		Kind: FrameDataDown, MType: MTypeUnconfirmedDataDown, DevAddr: DevAddr{4, 3, 2, 1}, FCnt: 5,
	}},
	{"confirmed down", "a00102030420050011223344", Frame{
		Kind: FrameDataDown, MType: MTypeConfirmedDataDown, DevAddr: DevAddr{4, 3, 2, 1}, FCnt: 5,
	}},
	{"join request", "00" + "0807060504030201" + "1817161514131211" + "3412" + "11223344", Frame{
		Kind: FrameJoinRequest, MType: MTypeJoinRequest,
		JoinEUI: EUI{1, 2, 3, 4, 5, 6, 7, 8}, DevEUI: EUI{0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18},
	}},
	{"rejoin 0", "c000" + "030201" + "1817161514131211" + "0100" + "11223344", Frame{
		Kind: FrameRejoinRequest, MType: MTypeRejoinRequest, DevEUI: EUI{0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18},
	}},
	{"rejoin 2", "c002" + "030201" + "1817161514131211" + "0100" + "11223344", Frame{
		Kind: FrameRejoinRequest, MType: MTypeRejoinRequest, RejoinType: 2,
		DevEUI: EUI{0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18},
	}},
	{"rejoin 1", "c001" + "0807060504030201" + "1817161514131211" + "0100" + "11223344", Frame{
		Kind: FrameRejoinRequest, MType: MTypeRejoinRequest, RejoinType: 1,
		JoinEUI: EUI{1, 2, 3, 4, 5, 6, 7, 8}, DevEUI: EUI{0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18},
	}},
	{"join accept", "20" + strings.Repeat("5a", 16), Frame{Kind: FrameJoinAccept, MType: MTypeJoinAccept}},
	{"join accept with channels", "20" + strings.Repeat("5a", 32), Frame{Kind: FrameJoinAccept, MType: MTypeJoinAccept}},
	{"beacon", "e001" + strings.Repeat("5a", 22), Frame{Kind: FrameProprietary, MType: MTypeProprietary}},
	{"one proprietary byte", "e0", Frame{Kind: FrameProprietary, MType: MTypeProprietary}},
	{"proprietary of another major version", "e3", Frame{Kind: FrameProprietary, MType: MTypeProprietary}},
	{"longest", "40010203040001000a" + strings.Repeat("5a", 246), Frame{
		Kind: FrameDataUp, MType: MTypeUnconfirmedDataUp, DevAddr: DevAddr{4, 3, 2, 1}, FCnt: 1, FPort: 10, HasFPort: true,
	}},
}

func TestClassify(t *testing.T) {
	for _, c := range frames {
		if diff := cmp.Diff(c.want, Classify(unhex(t, c.phy))); diff != "" {
			t.Errorf("%s: %s", c.what, diff)
		}
	}
}

func TestClassifyInvalid(t *testing.T) {
	cases := []struct {
		what, phy string
		mtype     MType
		reason    string
	}{
		{"empty", "", 0, "0 bytes"},
		{"256 bytes", strings.Repeat("40", 256), 0, "256 bytes"},
		{"256 proprietary bytes", strings.Repeat("e0", 256), 0, "256 bytes"},
		{"header alone", "40", MTypeUnconfirmedDataUp, "5 bytes"},
		{"data too short", "4001020304000111223344", MTypeUnconfirmedDataUp, "7 bytes"},
		{"FOpts beyond the end", "40010203040f010011223344", MTypeUnconfirmedDataUp, "not enough bytes"},
		{"MAC commands twice", "400102030401010002000211223344", MTypeUnconfirmedDataUp, "FPort must not be 0"},
		{"LoRaWAN R2", "41010203040001000111223344", MTypeUnconfirmedDataUp, "major version 1"},
		{"major 3", "43010203040001000111223344", MTypeUnconfirmedDataUp, "major version 3"},
		{"join request too long", "00" + strings.Repeat("5a", 23), MTypeJoinRequest, "18 bytes"},
		{"join request too short", "00" + strings.Repeat("5a", 21), MTypeJoinRequest, "18 bytes"},
		{"join accept of 5 bytes", "205a5a5a5a", MTypeJoinAccept, "join accept of 5 bytes"},
		{"join accept of 18 bytes", "20" + strings.Repeat("5a", 17), MTypeJoinAccept, "join accept of 18 bytes"},
		{"rejoin of no type", "c003" + strings.Repeat("5a", 17), MTypeRejoinRequest, "invalid RejoinType 3"},
		{"rejoin 0 with the length of 1", "c000" + strings.Repeat("5a", 22), MTypeRejoinRequest, "14 bytes"},
		{"rejoin 1 with the length of 0", "c001" + strings.Repeat("5a", 17), MTypeRejoinRequest, "19 bytes"},
	}
	for _, c := range cases {
		got := Classify(unhex(t, c.phy))
		if !strings.Contains(got.Reason, c.reason) {
			t.Errorf("%s: reason %q, want %q", c.what, got.Reason, c.reason)
		}
		if diff := cmp.Diff(Frame{MType: c.mtype, Reason: got.Reason}, got); diff != "" {
			t.Errorf("%s: %s", c.what, diff)
		}
	}
}

func TestFrameWords(t *testing.T) {
	up := map[FrameKind]bool{FrameDataUp: true, FrameJoinRequest: true, FrameRejoinRequest: true}
	for k := FrameInvalid; k <= FrameProprietary; k++ {
		if k.Uplink() != up[k] || k.String() == "" || k.String() == "unknown" {
			t.Errorf("%s: uplink %v", k, k.Uplink())
		}
	}
	if FrameKind(99).String() != "unknown" {
		t.Error(FrameKind(99).String())
	}
	for m := MTypeJoinRequest; m <= MTypeProprietary; m++ {
		if m.Confirmed() != (m == 4 || m == 5) {
			t.Errorf("message type %d: confirmed %v", m, m.Confirmed())
		}
	}
	if got := (DevAddr{0xde, 0xad, 0, 1}).String(); got != "dead0001" {
		t.Error(got)
	}
}

func FuzzClassify(f *testing.F) {
	for _, c := range frames {
		f.Add(unhex(f, c.phy))
	}
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{0x40}, 256))
	f.Fuzz(func(t *testing.T, phy []byte) {
		before := bytes.Clone(phy)
		got := Classify(phy)
		if (got.Kind == FrameInvalid) != (got.Reason != "") {
			t.Errorf("%x: %+v", phy, got)
		}
		if strings.Contains(got.Reason, "cannot be read") {
			t.Errorf("%x: the library panicked: %s", phy, got.Reason)
		}
		if got.Kind == FrameInvalid {
			got.MType, got.Reason = 0, ""
			if got != (Frame{}) {
				t.Errorf("%x: an invalid frame has fields: %+v", phy, got)
			}
		}
		if !bytes.Equal(phy, before) {
			t.Errorf("%x was changed to %x", before, phy)
		}
	})
}
