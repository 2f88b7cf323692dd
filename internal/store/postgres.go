package store

import (
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// migrationLock is the number of the advisory lock that migrations hold.
const migrationLock = "SELECT pg_advisory_xact_lock(1751480432)"

const postgresIsBook = "SELECT count(to_regclass('migration'))"

// maxConnections bounds what one process takes of a server that others use, too.
const maxConnections = 8

func openPostgres(url string, _ bool) (*Book, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("postgres: the URL is wrong") // the library's error shows parts of it
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(maxConnections)
	return &Book{write: db, read: db, engine: engine{
		migrations: "postgres", isBook: postgresIsBook, lock: migrationLock, duplicate: postgresDuplicate,
	}}, nil
}

// uniqueViolation is PostgreSQL's code for a key that is there (its manual, appendix A).
const uniqueViolation = "23505"

func postgresDuplicate(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == uniqueViolation
}
