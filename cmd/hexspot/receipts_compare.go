package main

import (
	"errors"
	"fmt"

	"hexspot/witness/log"
)

func compareCheckpoints(args []string, std streams) error {
	set := flags("receipts compare CHECKPOINT CHECKPOINT",
		"Compares two checkpoints of one log. Of one size they must be equal; of two sizes, the log's\n"+
			"consistency proof must lead from the smaller to the larger. If the log shows two faces, the\n"+
			"evidence is written to a file that anyone can verify.",
		"hexspot receipts compare seen.note final.note --proof consistency.json", std)
	var whose trust
	proofFile := set.String("proof", "", "`FILE` with the log's consistency proof (JSON)")
	out := set.String("out", ".", "`DIR` to write evidence to")
	whose.flags(set)
	paths, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(paths) != 2 {
		return fmt.Errorf("%w: name two checkpoints", errUsage)
	}
	a, err := whose.note(paths[0])
	if err != nil {
		return err
	}
	b, err := whose.note(paths[1])
	if err != nil {
		return err
	}
	proof, err := readProof(*proofFile)
	if err != nil {
		return err
	}
	return compared(log.Compare(a, b, proof), a, b, *out, std)
}

func compared(err error, a, b log.Note, dir string, std streams) error {
	var fault *log.Fault
	if errors.As(err, &fault) {
		if err := writeEvidence(std.out, dir, []log.Evidence{fault.Evidence}); err != nil {
			return err
		}
		return fmt.Errorf("%w: the log shows two faces", errEvidence)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "one growing log, of %d and %d records: %s\n", a.Checkpoint().Size, b.Checkpoint().Size, a.Checkpoint().Name)
	return err
}

func readProof(path string) (log.Consistency, error) {
	if path == "" {
		return log.Consistency{}, nil
	}
	b, err := readBounded(path)
	if err != nil {
		return log.Consistency{}, err
	}
	proof, err := log.ParseConsistency(b)
	if err != nil {
		return log.Consistency{}, fmt.Errorf("%s: %w", path, err)
	}
	return proof, nil
}

func verifyEvidence(args []string, std streams) error {
	set := flags("receipts verify EVIDENCE",
		"Verifies evidence that somebody gives: the signatures in it and that the statements contradict\n"+
			"each other. Exit code 3 says that it does prove a broken promise, 1 that it proves nothing.",
		"hexspot receipts verify evidence-replaced-21225-41.json --network 1c3c5d6a746bba36", std)
	var whose trust
	whose.flags(set)
	paths, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(paths) != 1 {
		return fmt.Errorf("%w: name one file with evidence", errUsage)
	}
	stations, err := whose.stations()
	if err != nil {
		return err
	}
	b, err := readBounded(paths[0])
	if err != nil {
		return err
	}
	e, err := log.ParseEvidence(b, stations...)
	if err == nil {
		err = whose.of(e.Log().Network)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", paths[0], err)
	}
	fmt.Fprintf(std.out, "%-11s%s\n%-11s%s\n", "log", e.Log(), e.Kind, e)
	if c := e.Condition(); c != "" {
		fmt.Fprintf(std.out, "%-11sonly if %s\n", "", c)
	}
	return fmt.Errorf("%w: %s broke its promise", errEvidence, e.Log().Ingest)
}
