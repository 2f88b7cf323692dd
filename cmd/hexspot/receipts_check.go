package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"hexspot/radio"
	"hexspot/witness/log"
)

// bundleFiles are the files of a bundle that a check reads.
type bundleFiles struct{ checkpoint, log, records, mark string }

func checkReceipts(args []string, std streams) error {
	set := flags("receipts check FILE|DIR...",
		"Looks for the record of each receipt in the log that an epoch's bundle states, and in the bundle.\n"+
			"Receipts come from files, or from the files *.receipts of a directory. Evidence of what is missing\n"+
			"is written to a file of its own, which anyone can verify. Formats: docs/receipts.md.",
		"hexspot receipts check /var/lib/hexspot/receipts --checkpoint final.note --log log.ids\n"+
			"hexspot receipts check 21225.receipts --checkpoint final.note --log log.ids --records records.ids --out evidence", std)
	var files bundleFiles
	var whose trust
	set.StringVar(&files.checkpoint, "checkpoint", "", "`FILE` with the log's final checkpoint, a signed note")
	set.StringVar(&files.log, "log", "", "`FILE` with the record ids of the log in its order, 32 bytes each")
	set.StringVar(&files.records, "records", "", "`FILE` with the ids of the records that the bundle carries, 32 bytes each")
	set.StringVar(&files.mark, "high-water", "", "`FILE` with the ingest's last high-water mark of the epoch, a signed record")
	out := set.String("out", ".", outUsage)
	whose.flags(set)
	sources, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(sources) == 0 || files.checkpoint == "" || files.log == "" {
		return fmt.Errorf("%w: name the receipts, --checkpoint and --log", errUsage)
	}
	return files.check(sources, &whose, *out, std.out)
}

func (f bundleFiles) check(sources []string, whose *trust, dir string, out io.Writer) (err error) {
	var bundle log.Bundle
	if bundle.Final, err = whose.note(f.checkpoint); err != nil {
		return err
	}
	c := bundle.Final.Checkpoint()
	if bundle.Mark, err = readMark(f.mark, c.Name); err != nil {
		return err
	}
	held, err := readReceipts(sources, c.Network)
	if err != nil {
		return err
	}
	if held, err = whose.keepTrusted(held, c.Name, out); err != nil {
		return err
	}
	closeAll, err := f.openLists(&bundle)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeAll()) }()
	findings, err := log.Check(bundle, held)
	if err != nil {
		return err
	}
	return report(bundle, findings, log.Conflicts(held), dir, out)
}

// report prints what was found, and gives errEvidence if anything is wrong.
func report(b log.Bundle, findings []log.Finding, evidence []log.Evidence, dir string, out io.Writer) error {
	count := map[log.Outcome]int{}
	for _, f := range findings {
		count[f.Outcome]++
		if f.Evidence != nil {
			evidence = append(evidence, *f.Evidence)
		}
	}
	c := b.Final.Checkpoint()
	fmt.Fprintf(out, "log        %s\ncheckpoint %d records, root %s, %d co-signatures\n", c.Name, c.Size, c.Root, len(b.Final.Cosigners()))
	fmt.Fprintf(out, "receipts   %d: %d included, %d missing, %d of other logs\n", len(findings), count[log.Included], count[log.Missing], count[log.OtherLog])
	if b.Records == nil {
		fmt.Fprintln(out, "bundle     not looked at: --records would tell whether it carries the records")
	}
	if len(evidence) == 0 {
		return nil
	}
	return writeEvidence(out, dir, evidence)
}

// keepTrusted leaves out receipts of strangers, and says how many: whatever they say binds nobody.
func (t *trust) keepTrusted(held []log.Receipt, of log.Name, out io.Writer) ([]log.Receipt, error) {
	var kept, strange []log.Receipt
	for _, r := range held {
		ok, err := t.trusts(r.Log.Ingest, of)
		if err != nil {
			return nil, err
		}
		if ok {
			kept = append(kept, r)
		} else {
			strange = append(strange, r)
		}
	}
	if len(kept) == 0 {
		return nil, fmt.Errorf("none of the %d receipts is of the network's own key, the checkpoint's ingest or one that --ingest names", len(held))
	}
	if len(strange) > 0 {
		fmt.Fprintf(out, "strangers  %d receipts are not looked at, the first is of %s: name it with --ingest if the network's anchor does\n", len(strange), strange[0].Log.Ingest)
	}
	return kept, nil
}

// readMark reads a log's high-water mark, nil if no file is named.
func readMark(path string, name log.Name) (*log.HighWater, error) {
	if path == "" {
		return nil, nil
	}
	b, err := readBounded(path)
	if err != nil {
		return nil, err
	}
	// The checkpoint's ingest is trusted already; no other's mark will do.
	mark, err := log.ParseHighWater(b, name.Network, name.Ingest)
	if err == nil && mark.Log != name {
		err = fmt.Errorf("a mark of %s, want %s", mark.Log, name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &mark, nil
}

// openLists opens the lists of ids, which are read piece by piece.
func (f bundleFiles) openLists(b *log.Bundle) (closeAll func() error, err error) {
	ids, closeIDs, has, err := openList(f.log)
	if err != nil {
		return nil, err
	}
	if size := b.Final.Checkpoint().Size; has < size {
		return nil, errors.Join(fmt.Errorf("%s has %d ids, the checkpoint is of %d records: %d are missing; get all of them, "+
			"GET /v1/log/%d/ids of the network gives some at a time (docs/api.md)", f.log, has, size, size-has, b.Final.Checkpoint().Epoch), closeIDs())
	}
	b.Log = ids
	if f.records == "" {
		return closeIDs, nil
	}
	records, closeRecords, count, err := openList(f.records)
	if err != nil {
		return nil, errors.Join(err, closeIDs())
	}
	b.Records, b.Count = records, count
	return func() error { return errors.Join(closeIDs(), closeRecords()) }, nil
}

func openList(path string) (log.List, func() error, uint64, error) {
	file, err := os.Open(path)
	if err != nil {
		return log.List{}, nil, 0, err
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return log.List{}, nil, 0, errors.Join(err, file.Close())
	}
	list, count, err := log.NewList(file, size)
	if err != nil {
		return log.List{}, nil, 0, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
	}
	return list, file.Close, count, nil
}

// outUsage is of the flag that says where evidence goes.
const outUsage = "`DIR` to write evidence to, made if it is not there"

// readReceipts reads and verifies receipts of a network. Who signed each is looked at
// later: a hotspot has receipts of several ingests.
func readReceipts(sources []string, network radio.Network) ([]log.Receipt, error) {
	var held []log.Receipt
	for _, source := range sources {
		paths, err := receiptFiles(source)
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			if held, err = appendReceipts(held, path, network); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	if len(held) == 0 {
		return nil, errors.New("there are no receipts: want files, or a directory with files *.receipts")
	}
	return held, nil
}

func receiptFiles(source string) ([]string, error) {
	info, err := os.Stat(source)
	if err != nil || !info.IsDir() {
		return []string{source}, err
	}
	entries, err := os.ReadDir(source)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".receipts" {
			paths = append(paths, filepath.Join(source, e.Name()))
		}
	}
	return paths, nil
}

func appendReceipts(held []log.Receipt, path string, network radio.Network) ([]log.Receipt, error) {
	b, err := readBounded(path)
	if err != nil {
		return nil, err
	}
	records, err := log.SplitReceipts(b)
	if err != nil {
		return nil, err
	}
	for i, record := range records {
		s, err := radio.ParseSigned(record)
		if err != nil {
			return nil, fmt.Errorf("receipt %d: %w", i+1, err)
		}
		r, err := log.ParseReceipt(record, network, s.Station)
		if err != nil {
			return nil, fmt.Errorf("receipt %d: %w", i+1, err)
		}
		held = append(held, r)
	}
	return held, nil
}
