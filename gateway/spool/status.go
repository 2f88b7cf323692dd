package spool

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// Queue is what waits, and what is kept, of one destination or kind.
type Queue struct {
	Name    string // of the destination, or the kind
	Records bool   // else frames

	Waiting, Acknowledged, Refused int
	Bytes                          int64     // of what waits
	Oldest                         time.Time // of what waits; zero: nothing, or not known
}

// Status is what is in a spool.
type Status struct {
	FileBytes int64 // taken on the disk
	Queues    []Queue
}

// Look reads the status of a spool, which may be in use. It changes nothing.
func Look(ctx context.Context, path string) (status Status, err error) {
	if status.FileBytes, err = fileBytes(path); err != nil {
		return Status{}, err
	}
	db, err := connect(path, "ro")
	if err != nil {
		return Status{}, fmt.Errorf("opening the spool %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if status.Queues, err = queues(ctx, db); err != nil {
		return Status{}, fmt.Errorf("reading the spool %s: %w", path, err)
	}
	return status, nil
}

// fileBytes counts the file, which must be there, and its log, which may be.
func fileBytes(path string) (int64, error) {
	file, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	size := file.Size()
	if wal, err := os.Stat(path + "-wal"); err == nil {
		size += wal.Size()
	}
	return size, nil
}

func queues(ctx context.Context, db *sql.DB) (list []Queue, err error) {
	rows, err := db.QueryContext(ctx, `SELECT name, coalesce(sum(state = 0), 0), coalesce(sum(state = 1), 0), coalesce(sum(state = 2), 0),
		coalesce(sum(CASE WHEN state = 0 THEN length(body) END), 0), coalesce(min(CASE WHEN state = 0 AND at > 0 THEN at END), 0)
		FROM queue LEFT JOIN item ON item.queue = queue.id GROUP BY queue.id ORDER BY name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var q Queue
		var oldest int64
		if err := rows.Scan(&q.Name, &q.Waiting, &q.Acknowledged, &q.Refused, &q.Bytes, &oldest); err != nil {
			return nil, err
		}
		if oldest > 0 {
			q.Oldest = time.UnixMilli(oldest).UTC()
		}
		q.Records = strings.HasPrefix(q.Name, recordsPrefix)
		q.Name = strings.TrimPrefix(strings.TrimPrefix(q.Name, framesPrefix), recordsPrefix)
		list = append(list, q)
	}
	return list, rows.Err()
}
