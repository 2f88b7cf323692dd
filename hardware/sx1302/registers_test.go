package sx1302

import (
	"strings"
	"testing"
)

func TestFieldsDoNotOverlap(t *testing.T) {
	owner := make(map[[2]int]string)
	names := make(map[string]bool)
	for _, f := range Fields() {
		if names[f.Name] {
			t.Errorf("%s is there twice", f.Name)
		}
		names[f.Name] = true
		for bit := f.Bit; bit < f.Bit+f.Width; bit++ {
			place := [2]int{int(f.Address), int(bit)}
			if other, taken := owner[place]; taken {
				t.Errorf("%s and %s share bit %d of %04X", f.Name, other, bit, f.Address)
			}
			owner[place] = f.Name
		}
	}
}

func TestFieldsFit(t *testing.T) {
	for _, f := range Fields() {
		switch {
		case f.Name == "" || strings.Contains(f.Name, "%"):
			t.Errorf("%04X:%d has the name %q", f.Address, f.Bit, f.Name)
		case f.Width == 0 || f.Bit+f.Width > 8:
			t.Errorf("%s: %d bits from bit %d on", f.Name, f.Width, f.Bit)
		case f.Reset > f.Max():
			t.Errorf("%s: reset value %02X is wider than %d bits", f.Name, f.Reset, f.Width)
		case f.Address < 0x5200 || f.Address > 0x61FF:
			t.Errorf("%s: no register at %04X", f.Name, f.Address)
		}
	}
}

// Places typed from the public description, one of each kind of row.
func TestFieldsAreWhereTheyBelong(t *testing.T) {
	want := map[string]Field{
		"COMMON.CLK32_RIF":       {Address: 0x5601, Bit: 4, Width: 1},
		"COMMON.VERSION":         {Address: 0x5606, Width: 8, Reset: 0x10, ReadOnly: true},
		"GPIO.SEL_7":             {Address: 0x564F, Width: 4},
		"RADIO_FE.DEC_DEFAULT_B": {Address: 0x5710, Width: 8},
		"AGC.LNA_LUT_B":          {Address: 0x5786, Width: 4},
		"AGC.MAILBOX_WR_0":       {Address: 0x578C, Width: 8},
		"AGC.MAILBOX_RD_3":       {Address: 0x578D, Width: 8, ReadOnly: true},
		"RX.IF_7_LO":             {Address: 0x580F, Width: 8, Reset: 80},
		"RX.CORR_7_PEAKS_2":      {Address: 0x585C, Bit: 2, Width: 3, Reset: 5},
		"MODEM.SYNC_SF7_12_2":    {Address: 0x588F, Width: 5, Signed: true, Reset: 4},
		"FSK.SYNC_7":             {Address: 0x5B64, Width: 8},
		"ARB.SYNC_OFFSET_ODD_3":  {Address: 0x60A0, Bit: 4, Width: 4},
		"TIME.COUNTER_3":         {Address: 0x6108, Width: 8, ReadOnly: true},
		"TX_A.TIMER_3":           {Address: 0x5204, Width: 8},
		"TX_B.TX_IF_DST":         {Address: 0x5420, Bit: 2, Width: 1},
	}
	for _, f := range Fields() {
		w, ok := want[f.Name]
		if !ok {
			continue
		}
		delete(want, f.Name)
		w.Name = f.Name
		if f != w {
			t.Errorf("%+v, want %+v", f, w)
		}
	}
	for name := range want {
		t.Errorf("%s is missing", name)
	}
}

func TestFieldsComeInOrder(t *testing.T) {
	list := Fields()
	for i := 1; i < len(list); i++ {
		a, b := list[i-1], list[i]
		if a.Address > b.Address || a.Address == b.Address && a.Bit > b.Bit {
			t.Errorf("%s before %s", a.Name, b.Name)
		}
	}
	list[0].Name = "changed"
	if Fields()[0].Name == "changed" {
		t.Error("the caller's change is seen by others")
	}
}
