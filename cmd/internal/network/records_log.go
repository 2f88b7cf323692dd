package network

import (
	"crypto"
	"errors"
	"fmt"

	"hexspot/hardware/keys"
	"hexspot/witness"
	"hexspot/witness/log"
)

// Records are the logs of record ids of a network that is stopped.
type Records struct {
	*log.Book
	Signer crypto.Signer // the network's key, which signs for them
	files  *logs
}

// Records opens all logs that there are.
func (d Data) Records(t witness.Timing) (*Records, error) {
	key, err := keys.Load(d.path(keyFile))
	if err != nil {
		return nil, fmt.Errorf("the network key: %w", err)
	}
	files, err := openLogs(d.path(logsDir))
	if err != nil {
		return nil, fmt.Errorf("the log: %w", err)
	}
	book, err := log.OpenBook(files, key.Station().Network(), key.Station(), t, 0)
	if err != nil {
		return nil, errors.Join(err, files.Close())
	}
	return &Records{book, key.Signer(), files}, nil
}

// Close closes the logs and lets the network have them.
func (r *Records) Close() error { return errors.Join(r.Book.Close(), r.files.Close()) }
