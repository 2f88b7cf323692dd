package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"hexspot/cmd/internal/hotspot"
	"hexspot/hardware/keys"
	"hexspot/radio"
)

const appealSynopsis = "Makes an appeal of this station from what others heard of it, gives evidence for another station's appeal, or\n" +
	"signs what 'hexnet witness appeal' has made ready. Each has its own --help; docs/answers.md has the steps."

func appealCommand(ctx context.Context, args []string, std streams) error {
	if len(args) > 0 {
		switch args[0] {
		case "file":
			return appealFile(ctx, args[1:], std)
		case "records":
			return appealRecords(ctx, args[1:], std)
		case "sign":
			return appealSign(args[1:], std)
		}
	}
	set := flags("appeal file|records|sign", appealSynopsis, "hexspot appeal file --epoch 20785 driver1.txt driver2.txt | curl --data-binary @- https://network.example/v1/witness/appeals\n"+
		"hexspot appeal records --kind witness --since 24h > heard.txt\n"+
		"hexspot appeal sign --network 1c3c5d6a746bba36 ready.txt > signed.txt", std)
	if _, err := parse(set, args); err != nil {
		return err
	}
	return fmt.Errorf("%w: say what to do: file, records or sign", errUsage)
}

func appealFile(ctx context.Context, args []string, std streams) error {
	set := flags("appeal file", "Makes and signs an appeal against the weight of this station, or of a link of it, and prints it as one line for the\n"+
		"network. The files are what drivers' and auditors' hotspots printed by 'hexspot appeal records' and 'hexspot appeal sign',\n"+
		"and the operator's by 'hexnet witness audit'. Of these and of the spool only what is evidence is taken. The hotspot may be running.",
		"hexspot appeal file --epoch 20785 driver1.txt driver2.txt | curl --data-binary @- https://network.example/v1/witness/appeals", std)
	var a hotspot.Appealing
	set.StringVar(&a.Spool, "spool", hotspot.DefaultSpool, "spool `FILE`, path in [spool] of the configuration")
	set.StringVar(&a.Network, "network", "", "`NETWORK` that is appealed to, 16 hexadecimal digits; needed if there are several")
	file := set.String("file", hotspot.DefaultKey, "key `FILE` of the station")
	since := set.Duration("since", 7*24*time.Hour, "how far back the station's own frames are looked for, `LONG`; 30 days are kept")
	set.Uint64Var((*uint64)(&a.Epoch), "epoch", 0, "`NUMBER` of an epoch in which the weight was published")
	set.Func("partner", "`STATION` at the other end, if it is about a link and not about the station's own weight", func(text string) (err error) {
		a.Partner, err = radio.ParseStation(text)
		return err
	})
	files, err := parse(set, args)
	if err != nil {
		return err
	}
	if a.Epoch == 0 || len(files) == 0 {
		return fmt.Errorf("%w: want --epoch and files with evidence", errUsage)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		list, err := radio.ParseSignedLines(string(text))
		if err != nil {
			return fmt.Errorf("%s, %w", path, err)
		}
		a.Others = append(a.Others, list...)
	}
	key, err := keys.Load(*file)
	if err != nil {
		return err
	}
	a.Signer, a.Since = key.Signer(), time.Now().Add(-*since)
	appeal, err := a.File(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, base64.RawURLEncoding.EncodeToString(appeal.Append(nil)))
	return err
}

func appealRecords(ctx context.Context, args []string, std streams) error {
	set := flags("appeal records", "Prints reports of this hotspot that the network has answered, one a line with its receipt on the next, as evidence for an\n"+
		"appeal: its own, or that of a station whose frames it heard. The hotspot may be running.",
		"hexspot appeal records --kind witness --since 24h > heard.txt", std)
	path := set.String("spool", hotspot.DefaultSpool, "spool `FILE`, path in [spool] of the configuration")
	network := set.String("network", "", "`NETWORK` that they were sent to, 16 hexadecimal digits; needed if there are several")
	since := set.Duration("since", 7*24*time.Hour, "how far back, `LONG`; 30 days are kept")
	kinds := []radio.Kind{radio.KindBeacon, radio.KindDiscovery, radio.KindWitness}
	set.Func("kind", "`KINDS` of records, of beacon, discovery and witness (default all three)", func(text string) error {
		var chosen []radio.Kind
		for word := range strings.SplitSeq(text, ",") {
			if !slices.Contains(kinds, radio.Kind(word)) {
				return fmt.Errorf("no reports are of kind %q: want beacon, discovery or witness", word)
			}
			chosen = append(chosen, radio.Kind(word))
		}
		kinds = chosen
		return nil
	})
	if err := parseOnly(set, args); err != nil {
		return err
	}
	list, err := hotspot.ReadRecords(ctx, *path, *network, kinds, time.Now().Add(-*since))
	if err != nil {
		return err
	}
	if len(list) == 0 {
		fmt.Fprintf(std.err, "hexspot: no such report was answered in the last %v: look farther back with --since\n", *since)
	}
	return printRecords(std.out, list...)
}

func printRecords(w io.Writer, list ...radio.Signed) error {
	for _, s := range list {
		if _, err := fmt.Fprintln(w, base64.RawURLEncoding.EncodeToString(s.Append(nil))); err != nil {
			return err
		}
	}
	return nil
}

func appealSign(args []string, std streams) error {
	set := flags("appeal sign", "Signs positions or an appeal that 'hexnet witness appeal' has made ready, each line of the file, and prints\n"+
		"the records, one a line. The owner vouches for what they say: look at it before.",
		"hexspot appeal sign --network 1c3c5d6a746bba36 ready.txt > signed.txt", std)
	file := set.String("file", hotspot.DefaultKey, "key `FILE` of the station")
	name := set.String("network", "", "network, 16 hexadecimal `DIGITS`")
	files, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(files) != 1 {
		return fmt.Errorf("%w: want one file", errUsage)
	}
	network, err := radio.ParseNetwork(*name)
	if err != nil {
		return err
	}
	key, err := keys.Load(*file)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(text)) == "" {
		return fmt.Errorf("%s is empty: %w", files[0], errNotReady)
	}
	for line := range strings.Lines(string(text)) {
		kind, body, err := readyLine(strings.TrimSpace(line))
		if err != nil {
			return err
		}
		record, err := radio.Sign(key.Signer(), network, kind, body)
		if err != nil {
			return err
		}
		if err := printRecords(std.out, record); err != nil {
			return err
		}
	}
	return nil
}

// readyLine reads "positions BODY" or "appeal BODY". No other kind is signed on demand; a
// body that is none harms nobody: whoever reads the record refuses it.
func readyLine(line string) (radio.Kind, []byte, error) {
	word, text, _ := strings.Cut(line, " ")
	kind := radio.Kind(word)
	if kind != radio.KindPositions && kind != radio.KindAppeal {
		return "", nil, errNotReady
	}
	body, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return "", nil, errNotReady
	}
	return kind, body, nil
}

var errNotReady = errors.New("not what 'hexnet witness appeal' has made ready")
