// Package verify makes verdicts of journaled records: it gathers them into cases with the
// facts that witness.Judge wants, judges an epoch in two passes over parts of it that
// fit into memory, and writes the result as files whose bytes follow from the records
// alone. Docket does the gathering in memory, for live use.
//
// It reads no configuration, and a clock only to say how long it took. What it is given,
// records above all, may be hostile: every report ends in one verdict or in a Drop with
// a name.
package verify
