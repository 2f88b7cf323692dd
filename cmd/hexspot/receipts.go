package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"hexspot/cmd/internal/hotspot"
	"hexspot/radio"
	"hexspot/witness/log"
)

const receiptsSynopsis = "Lists and exports the receipts that the hotspot keeps, and checks receipts, checkpoints and evidence offline: each subcommand has its own --help.\n" +
	"Exit code: 0 all is well, 1 a file cannot be read or verified, 2 wrong usage, 3 a broken promise was found or verified."

func receipts(ctx context.Context, args []string, std streams) error {
	if len(args) > 0 {
		switch args[0] {
		case "list":
			return listReceipts(ctx, args[1:], std)
		case "export":
			return exportReceipts(ctx, args[1:], std)
		case "check":
			return checkReceipts(args[1:], std)
		case "compare":
			return compareCheckpoints(args[1:], std)
		case "verify":
			return verifyEvidence(args[1:], std)
		}
	}
	set := flags("receipts list|export|check|compare|verify", receiptsSynopsis, "hexspot receipts list\nhexspot receipts export --out receipts/all.receipts\n"+
		"hexspot receipts check receipts/ --checkpoint final.note --log log.ids --high-water last.mark\n"+
		"hexspot receipts compare seen.note final.note --proof consistency.json\nhexspot receipts verify evidence-replaced-21225-41.json", std)
	if _, err := parse(set, args); err != nil {
		return err
	}
	return fmt.Errorf("%w: say what to do with receipts: list, export, check, compare or verify", errUsage)
}

// trust is whose statements count: the network's own key always, others by name.
type trust struct{ network, ingests string }

func (t *trust) flags(set *flag.FlagSet) {
	set.StringVar(&t.network, "network", "", "`NETWORK` that the files must be of, 16 hexadecimal digits (default: the one that they name)")
	set.StringVar(&t.ingests, "ingest", "", "`IDS` of the ingests that the network's anchor names, separated by commas; the network's own key needs none")
}

func (t *trust) stations() ([]radio.Station, error) {
	var stations []radio.Station
	for text := range strings.SplitSeq(t.ingests, ",") {
		if text == "" {
			continue
		}
		s, err := radio.ParseStation(text)
		if err != nil {
			return nil, fmt.Errorf("%w: --ingest: %v", errUsage, err)
		}
		stations = append(stations, s)
	}
	return stations, nil
}

// trusts says whether an ingest is one of those, or the one of a checkpoint that was taken.
func (t *trust) trusts(s radio.Station, of log.Name) (bool, error) {
	stations, err := t.stations()
	return s == of.Ingest || s.Network() == of.Network || slices.Contains(stations, s), err
}

// of checks that a network is the one that was asked for.
func (t *trust) of(network radio.Network) error {
	if t.network == "" || t.network == network.String() {
		return nil
	}
	if _, err := radio.ParseNetwork(t.network); err != nil {
		return fmt.Errorf("%w: --network: %v", errUsage, err)
	}
	return fmt.Errorf("of network %s, want %s", network, t.network)
}

// note reads a checkpoint of somebody who is trusted.
func (t *trust) note(path string) (log.Note, error) {
	n, err := t.readNote(path)
	if err != nil && !errors.Is(err, errUsage) {
		return log.Note{}, fmt.Errorf("%s: %w", path, err)
	}
	return n, err
}

func (t *trust) readNote(path string) (log.Note, error) {
	b, err := readBounded(path)
	if err != nil {
		return log.Note{}, err
	}
	n, err := log.ParseNote(b)
	if err != nil {
		return log.Note{}, err
	}
	network := n.Checkpoint().Network
	if err := t.of(network); err != nil {
		return log.Note{}, err
	}
	stations, err := t.stations()
	if err != nil {
		return log.Note{}, err
	}
	return n, n.Authorize(network, stations...)
}

// maxReceipts bounds a file that is read whole: some 100,000 receipts.
const maxReceipts = 16 << 20

func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, maxReceipts+1))
	if err == nil && len(b) > maxReceipts {
		err = fmt.Errorf("more than %d bytes", maxReceipts)
	}
	return b, err
}

// writeEvidence says what each proves and writes it to a file of its own. The error is
// errEvidence, also if a file cannot be written: a promise was broken all the same.
func writeEvidence(out io.Writer, dir string, found []log.Evidence) error {
	var faults []error
	for _, e := range found {
		fmt.Fprintf(out, "%-11s%s\n", e.Kind, e)
		if c := e.Condition(); c != "" {
			fmt.Fprintf(out, "%-11sit convinces who sees that %s\n", "", c)
		}
		path, err := hotspot.KeepEvidence(dir, e)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		fmt.Fprintf(out, "%-11s%s\n", "evidence", path)
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("%w, and %d of %d files cannot be written (--out DIR names another place): %v", errEvidence, len(faults), len(found), err)
	}
	return fmt.Errorf("%w: %d files in %s", errEvidence, len(found), dir)
}
