package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"hexspot/cmd/internal/hotspot"
	"hexspot/hardware/keys"
	"hexspot/radio"
	"hexspot/witness"
)

const appealSynopsis = "Gathers evidence and signs an appeal against a weight of this station or of one of its links.\n" +
	"Each prints lines that the next one reads; docs/answers.md says what is evidence for what."

func appealCommand(ctx context.Context, args []string, std streams) error {
	if len(args) > 0 {
		switch args[0] {
		case "records":
			return appealRecords(ctx, args[1:], std)
		case "positions":
			return appealPositions(args[1:], std)
		case "sign":
			return appealSign(args[1:], std)
		}
	}
	set := flags("appeal records|positions|sign", appealSynopsis, "hexspot appeal records --kind beacon,discovery --since 48h > own.txt\n"+
		"hexspot appeal positions --network 1c3c5d6a746bba36 track.csv > positions.txt\n"+
		"hexspot appeal sign --network 1c3c5d6a746bba36 --epoch 20785 own.txt driver1.txt driver2.txt > appeal.txt\n"+
		"curl --data-binary @appeal.txt http://network.example:8085/v1/witness/appeals", std)
	if _, err := parse(set, args); err != nil {
		return err
	}
	return fmt.Errorf("%w: say what to do: records, positions or sign", errUsage)
}

func appealRecords(ctx context.Context, args []string, std streams) error {
	set := flags("appeal records", "Prints reports of this hotspot that the network has answered, one a line, as evidence for an appeal: its own,\n"+
		"or that of a station whose frames it heard. The hotspot may be running.",
		"hexspot appeal records --kind witness --since 24h > heard.txt", std)
	path := set.String("spool", hotspot.DefaultSpool, "spool `FILE`, path in [spool] of the configuration")
	network := set.String("network", "", "`NETWORK` that they were sent to, 16 hexadecimal digits; needed if there are several")
	since := set.Duration("since", 7*24*time.Hour, "how far back, `LONG`; 30 days are kept")
	kinds := []radio.Kind{radio.KindBeacon, radio.KindDiscovery, radio.KindWitness}
	set.Func("kind", "`KINDS` of records, of beacon, discovery and witness (default all three)", func(text string) error {
		kinds = nil
		for word := range strings.SplitSeq(text, ",") {
			kinds = append(kinds, radio.Kind(word))
		}
		return nil
	})
	if err := parseOnly(set, args); err != nil {
		return err
	}
	list, err := hotspot.ReadRecords(ctx, *path, *network, kinds, time.Now().Add(-*since))
	if err != nil {
		return err
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

// signerFlags say whose signature it is, and for which network.
type signerFlags struct{ key, network string }

func (s *signerFlags) add(set *flag.FlagSet) {
	set.StringVar(&s.key, "file", hotspot.DefaultKey, "key `FILE` of the station")
	set.StringVar(&s.network, "network", "", "network, 16 hexadecimal `DIGITS`")
}

// sign signs a body.
func (s *signerFlags) sign(kind radio.Kind, body []byte) (radio.Signed, error) {
	network, err := radio.ParseNetwork(s.network)
	if err != nil {
		return radio.Signed{}, err
	}
	key, err := keys.Load(s.key)
	if err != nil {
		return radio.Signed{}, err
	}
	return radio.Sign(key.Signer(), network, kind, body)
}

func appealSign(args []string, std streams) error {
	set := flags("appeal sign", "Signs an appeal with the records in the files as evidence, and prints it on one line. The network adds the entropy\n"+
		"that it takes to check them. Send it to POST /v1/witness/appeals; the outcome is published with the epoch.",
		"hexspot appeal sign --network 1c3c5d6a746bba36 --epoch 20785 own.txt driver1.txt driver2.txt > appeal.txt", std)
	var s signerFlags
	s.add(set)
	epoch := set.Uint64("epoch", 0, "`EPOCH` in which the weight was published")
	partner := set.String("partner", "", "`STATION` at the other end, if it is about a link and not about the station's own weight")
	files, err := parse(set, args)
	if err != nil {
		return err
	}
	line, err := s.appeal(witness.Epoch(*epoch), *partner, files)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, line)
	return err
}

func (s *signerFlags) appeal(epoch witness.Epoch, partner string, files []string) (string, error) {
	network, err := radio.ParseNetwork(s.network)
	if err != nil {
		return "", err
	}
	var other radio.Station
	if partner != "" {
		if other, err = radio.ParseStation(partner); err != nil {
			return "", err
		}
	}
	evidence, err := readRecords(files)
	if err != nil {
		return "", err
	}
	file, body, err := witness.NewAppealFile(network, epoch, other, evidence)
	if err != nil {
		return "", err
	}
	if file.Record, err = s.sign(radio.KindAppeal, body.Append(nil)); err != nil {
		return "", err
	}
	if _, err := file.Verify(network); err != nil {
		return "", fmt.Errorf("the evidence: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(file.Append(nil)), nil
}

// readRecords reads files of records, one a line.
func readRecords(files []string) (list []radio.Signed, err error) {
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		in := bufio.NewScanner(strings.NewReader(string(text)))
		in.Buffer(nil, base64.RawURLEncoding.EncodedLen(radio.MaxSigned)+1)
		for n := 1; in.Scan(); n++ {
			b, err := base64.RawURLEncoding.Strict().DecodeString(in.Text())
			var s radio.Signed
			if err == nil {
				s, err = radio.ParseSigned(b)
			}
			if err != nil {
				return nil, fmt.Errorf("%s, line %d: %w", path, n, err)
			}
			list = append(list, s)
		}
		if err := in.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return list, nil
}
