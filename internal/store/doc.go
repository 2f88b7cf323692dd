// Package store is the network's book: what a network must not forget, in SQL.
// The registry of sites, and which chains of entropy were anchored.
//
// A book is a SQLite file or a PostgreSQL database; both run the same statements
// and the same conformance tests, and differ in how they are opened and in their
// migrations. What is accepted is decided by package coverage; a book keeps it, all
// or nothing, and checks what it reads back.
package store
