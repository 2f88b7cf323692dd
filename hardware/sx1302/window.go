package sx1302

import (
	"cmp"
	"fmt"
	"slices"

	"hexspot/hardware"
)

// setting is a field and the value it is to have.
type setting struct {
	field Field
	value byte
}

// window queues changes of registers whose order does not matter: those between
// two ordering barriers. Fields of one byte become one change, bytes in a row one
// frame. A byte changed twice is sent where it was changed last.
type window struct{ changes []change }

// change is what happens to one byte.
type change struct {
	address     uint16
	mask, value byte
	tooLarge    string // name of a field whose value does not fit
}

// add queues settings.
func (w *window) add(list ...setting) {
	for _, s := range list {
		w.merge(s.change())
	}
}

func (s setting) change() change {
	c := change{address: s.field.Address, mask: s.field.Mask()}
	if s.value > s.field.Max() {
		c.tooLarge = s.field.Name
	}
	c.value = s.value << s.field.Bit & c.mask
	return c
}

func (w *window) merge(c change) {
	i := slices.IndexFunc(w.changes, func(old change) bool { return old.address == c.address })
	if i >= 0 {
		old := w.changes[i]
		w.changes = slices.Delete(w.changes, i, i+1)
		c.value |= old.value &^ c.mask
		c.mask |= old.mask
		c.tooLarge = cmp.Or(c.tooLarge, old.tooLarge)
	}
	w.changes = append(w.changes, c)
}

// ops are the operations for what is queued: a write frame for whole bytes, a
// read-modify-write for a part of one.
func (w *window) ops() ([]hardware.Op, error) {
	var ops []hardware.Op
	var next uint16 // where a write would go on with the last frame
	for _, c := range w.changes {
		switch {
		case c.tooLarge != "":
			return nil, fmt.Errorf("value too large for field %s", c.tooLarge)
		case c.mask != 0xFF:
			ops = append(ops, hardware.Op{Target: hardware.SX1302, Address: c.address, Mask: c.mask, Value: c.value})
			next = 0
		case c.address == next:
			last := &ops[len(ops)-1]
			last.Out = append(last.Out, c.value)
			next++
		default:
			ops = append(ops, writeOp(c.address, c.value))
			next = c.address + 1
		}
	}
	return ops, nil
}
