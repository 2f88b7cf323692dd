package gateway

import (
	"encoding/hex"
	"testing"

	"hexspot/radio"
)

func TestIdentity(t *testing.T) {
	phy, _ := hex.DecodeString("40aabbccdd80010001a1b2c3d4deadbeef")
	f := NewFrame(radio.Uplink{
		Gateway: radio.EUI{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}, PHYPayload: phy,
		Timestamp: radio.Timestamp{Session: 0x0102030405060708, Micros: 0x1122334455},
	})
	if got := hex.EncodeToString(f.Context[:]); got != "01020304050607080000001122334455" {
		t.Errorf("context %s", got)
	}
	if f.UplinkID != 0x68f109ce { // sha256sum of EUI, context and payload
		t.Errorf("uplink id %08x, want 68f109ce", f.UplinkID)
	}
}

// TestIdentityDiffers: gateway, session, instant and payload each make another
// uplink of it; how loud it was does not.
func TestIdentityDiffers(t *testing.T) {
	original := NewFrame(uplink(1)).UplinkID
	for _, c := range []struct {
		what   string
		change func(*radio.Uplink)
		same   bool
	}{
		{"gateway", func(u *radio.Uplink) { u.Gateway[0]++ }, false},
		{"session", func(u *radio.Uplink) { u.Timestamp.Session++ }, false},
		{"instant", func(u *radio.Uplink) { u.Timestamp.Micros++ }, false},
		{"payload", func(u *radio.Uplink) { u.PHYPayload[5]++ }, false},
		{"level", func(u *radio.Uplink) { u.RSSI++ }, true},
	} {
		if got := NewFrame(changed(c.change)).UplinkID; (got == original) != c.same {
			t.Errorf("another %s: id %08x, original %08x", c.what, got, original)
		}
	}
}
