package network

import (
	"context"

	"hexspot/internal/store"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/ingest"
	"hexspot/witness/log"
	"hexspot/witness/logdir"
)

// logs are the files of the logs, as a Book wants them.
type logs struct{ *logdir.Dir }

func openLogs(path string) (*logs, error) {
	dir, err := logdir.Open(path)
	if err != nil {
		return nil, err
	}
	return &logs{dir}, nil
}

// Open opens a file.
func (l *logs) Open(name string) (log.File, error) {
	file, err := l.OpenFile(name)
	if err != nil {
		return nil, err
	}
	return file, nil
}

// recordBook is a Book as an ingest wants it.
type recordBook struct{ book *log.Book }

func (b recordBook) Find(r ingest.Report) (witness.Receipt, bool, error) {
	return b.book.Find(arrivalOf(r))
}

func (b recordBook) Place(reports []ingest.Report) ([]witness.Receipt, error) {
	arrivals := make([]log.Arrival, len(reports))
	for i, r := range reports {
		arrivals[i] = arrivalOf(r)
	}
	return b.book.Place(arrivals)
}

func arrivalOf(r ingest.Report) log.Arrival {
	return log.Arrival{Record: r.ID, Own: r.Own, Received: r.Received}
}

// registered is the registry as an ingest wants it.
type registered struct{ registry store.Registry }

// Known takes a site that begins with the next epoch for one, too.
func (r registered) Known(ctx context.Context, s radio.Station, epoch witness.Epoch) (bool, error) {
	_, known, err := r.registry.Site(ctx, s, uint64(epoch)+1)
	return known, err
}
