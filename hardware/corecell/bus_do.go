package corecell

import (
	"context"
	"errors"
	"fmt"

	"hexspot/hardware"
)

// MaxFrame is the longest SPI frame that Do takes: 4096 bytes of data, the most
// the reference host ever sends at once, behind the four of a read.
const MaxFrame = 4096 + 4

// What one MULTI_SPI carries at most (reference host). A lone frame may be
// longer. An answer is never longer than its request, so it fits as well.
const (
	maxItems = 255
	maxBatch = 4096
)

// ErrOp says that an operation cannot be sent: its frame is empty or longer
// than MaxFrame, In is not as long as Out, or it modifies an SX1261.
var ErrOp = errors.New("operation impossible over a CoreCell bridge")

// Do performs the operations in order, as many in one exchange as fit: 255, and
// 4 kB. The bridge performs all of an exchange even if one of them fails.
// Between exchanges ctx is heeded.
func (b *Bus) Do(ctx context.Context, ops ...hardware.Op) error {
	for i := range ops {
		if err := checkOp(&ops[i]); err != nil {
			return fmt.Errorf("operation %d of %d: %w", i+1, len(ops), err)
		}
	}
	defer b.take()()
	for done := 0; done < len(ops); {
		n := fitting(ops[done:])
		if at, err := b.multiSPI(ctx, ops[done:done+n]); err != nil {
			return fmt.Errorf("operation %d of %d: %w", done+at+1, len(ops), err)
		}
		done += n
	}
	return nil
}

func checkOp(op *hardware.Op) error {
	switch {
	case op.Out == nil && op.Target != hardware.SX1302:
		return fmt.Errorf("%w: read-modify-write of chip %d", ErrOp, op.Target)
	case op.Out != nil && (len(op.Out) == 0 || len(op.Out) > MaxFrame):
		return fmt.Errorf("%w: frame of %d bytes", ErrOp, len(op.Out))
	case op.In != nil && len(op.In) != len(op.Out):
		return fmt.Errorf("%w: %d bytes in for %d out", ErrOp, len(op.In), len(op.Out))
	}
	return nil
}

// fitting counts the operations that fit into one request, at least one.
func fitting(ops []hardware.Op) int {
	size := itemSize(&ops[0])
	for n := 1; n < len(ops); n++ {
		if size += itemSize(&ops[n]); n == maxItems || size > maxBatch {
			return n
		}
	}
	return len(ops)
}

func itemSize(op *hardware.Op) int {
	if op.Out == nil {
		return modifyItemSize
	}
	return frameItemSize + len(op.Out)
}

// itemOf is the item for an operation. The bridge does not mask the value.
func itemOf(id uint8, op *hardware.Op) item {
	if op.Out == nil {
		return item{id: id, kind: kindModify, address: op.Address, mask: op.Mask, value: op.Value & op.Mask}
	}
	return item{id: id, kind: kindFrame, target: op.Target, out: op.Out}
}

// multiSPI performs operations that fit into one request. at says which failed.
func (b *Bus) multiSPI(ctx context.Context, ops []hardware.Op) (at int, err error) {
	frame, err := b.begin(ctx)
	if err != nil {
		return 0, err
	}
	for i := range ops {
		frame = appendItem(frame, itemOf(uint8(i+1), &ops[i]))
	}
	answers, err := b.exchange(cmdMultiSPI, frame, spiTimeout)
	if err != nil {
		return 0, err
	}
	return readAnswers(answers, ops)
}

// readAnswers checks that each operation was performed and fills in what it
// reads. at says which was not.
func readAnswers(answers []byte, ops []hardware.Op) (at int, err error) {
	for i := range ops {
		a, rest, err := parseItemAnswer(answers)
		if err != nil {
			return i, fmt.Errorf("%w: %w", ErrBadAnswer, err)
		}
		if err := checkAnswer(a, itemOf(uint8(i+1), &ops[i])); err != nil {
			return i, err
		}
		copy(ops[i].In, a.in)
		answers = rest
	}
	if len(answers) > 0 {
		return len(ops) - 1, fmt.Errorf("%w: %d bytes after the last operation's", ErrBadAnswer, len(answers))
	}
	return 0, nil
}

// checkAnswer says whether a answers it, and well.
func checkAnswer(a itemAnswer, it item) error {
	switch {
	case a.id != it.id || a.kind != it.kind:
		return fmt.Errorf("%w: item %d of kind %d for %d of kind %d", ErrBadAnswer, a.id, a.kind, it.id, it.kind)
	case a.status != StatusOK:
		return a.status.err()
	case len(a.in) != len(it.out):
		return fmt.Errorf("%w: %d bytes for %d", ErrBadAnswer, len(a.in), len(it.out))
	case it.kind == kindModify && a.new != a.old&^it.mask|it.value:
		return fmt.Errorf("%w: register %04X changed from %02X to %02X", ErrBadAnswer, it.address, a.old, a.new)
	}
	return nil
}
