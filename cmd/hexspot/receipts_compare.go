package main

import (
	"errors"
	"fmt"

	"hexspot/witness/log"
)

func compareCheckpoints(args []string, std streams) error {
	set := flags("receipts compare CHECKPOINT CHECKPOINT",
		"Compares two checkpoints of one log. Of one size they must be equal; of two sizes, the log's\n"+
			"consistency proof must lead from the smaller to the larger, and the log's last high-water mark,\n"+
			"if it is given, must not be of fewer records than either. If the log shows two faces, or was\n"+
			"cut, the evidence is written to a file that anyone can verify.",
		"hexspot receipts compare seen.note final.note --proof consistency.json\nhexspot receipts compare seen.note final.note --high-water last.mark", std)
	var whose trust
	proofFile := set.String("proof", "", "`FILE` with the log's consistency proof (JSON)")
	markFile := set.String("high-water", "", "`FILE` with the log's last high-water mark, a signed record")
	out := set.String("out", ".", outUsage)
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
	mark, err := readMark(*markFile, a.Checkpoint().Name)
	if err != nil {
		return err
	}
	if found := log.CutOff(mark, a, b); found != nil {
		return writeEvidence(std.out, *out, []log.Evidence{*found})
	}
	err = log.Compare(a, b, proof)
	if proof.New.Size == 0 {
		err = wantsProof(err, a.Checkpoint(), b.Checkpoint())
	}
	return compared(err, a, b, *out, std)
}

// wantsProof says where the proof comes from without which two checkpoints cannot be compared,
// and what is left to do if there is none.
func wantsProof(err error, a, b log.Checkpoint) error {
	var fault *log.Fault
	if err == nil || errors.As(err, &fault) || a.Name != b.Name {
		return err
	}
	return fmt.Errorf("a log of %d and one of %d records: one growing log only if it proves it. Give its proof with --proof: GET /v1/log/%d/consistency?from=%d&to=%d of the network (docs/api.md). "+
		"If it has none because its log is smaller now, it was cut: with its last mark, GET /v1/log/%d/high-water, --high-water shows that, and 'hexspot receipts check' does with receipts",
		a.Size, b.Size, a.Epoch, min(a.Size, b.Size), max(a.Size, b.Size), a.Epoch)
}

func compared(err error, a, b log.Note, dir string, std streams) error {
	var fault *log.Fault
	if errors.As(err, &fault) {
		return fmt.Errorf("the log shows two faces: %w", writeEvidence(std.out, dir, []log.Evidence{fault.Evidence}))
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
