package log

import (
	"errors"
	"fmt"

	"hexspot/witness"
)

// openSealed gives no log if the seal is not sound: a crash cut its writing short.
func (b *Book) openSealed(file File, name Name) (*Log, error) {
	sealFile, err := b.store.Open(fmt.Sprint(name.Epoch, sealEnding))
	if err != nil {
		return nil, fmt.Errorf("opening the seal of %s: %w", name, err)
	}
	l, err := OpenSealed(file, sealFile, name)
	if errors.Is(err, ErrNoSeal) {
		return nil, sealFile.Close()
	}
	return l, err
}

// Seal seals the log of an epoch that is frozen, so that it costs little memory and time to
// open. The last promise must reach to the epoch's freeze: nothing will follow. Place
// goes on meanwhile.
func (b *Book) Seal(epoch witness.Epoch) error {
	b.sealing.Lock()
	defer b.sealing.Unlock()
	l, err := b.frozen(epoch)
	if err != nil {
		return fmt.Errorf("sealing epoch %d: %w", epoch, err)
	}
	if l.sealed() {
		return nil
	}
	file, err := b.store.Open(fmt.Sprint(epoch, sealEnding))
	if err != nil {
		return fmt.Errorf("sealing %s: %w", l.name, err)
	}
	if err := l.Seal(file); err != nil {
		return errors.Join(err, file.Close())
	}
	return nil
}

// Sealed says whether the log of an epoch is sealed.
func (b *Book) Sealed(epoch witness.Epoch) bool {
	l := b.Log(epoch)
	return l != nil && l.sealed()
}

// frozen gives the log of an epoch if nothing will be added to it.
func (b *Book) frozen(epoch witness.Epoch) (*Log, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.logs[epoch]
	if l == nil {
		return nil, errors.New("there is no log")
	}
	if promised, freezes := b.floors[epoch], b.timing.Freezes(epoch); promised < freezes {
		return nil, fmt.Errorf("the high-water mark is %d, the epoch freezes at %d", promised, freezes)
	}
	return l, nil
}
