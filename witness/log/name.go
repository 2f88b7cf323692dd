package log

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hexspot/radio"
	"hexspot/witness"
)

// Name says which log: there is one for each epoch and ingest key of a network.
type Name struct {
	Network radio.Network
	Epoch   witness.Epoch
	Ingest  radio.Station
}

const originPrefix = "hexspot/1/log/"

// String is the origin line of the log's checkpoints.
func (n Name) String() string {
	return originPrefix + n.Network.String() + "/" + strconv.FormatUint(uint64(n.Epoch), 10) + "/" + n.Ingest.String()
}

// ParseName reads an origin line. There is one spelling for each log.
func ParseName(origin string) (Name, error) {
	n, err := parseName(origin)
	if err != nil {
		return Name{}, fmt.Errorf("log %.120q: %w", origin, err)
	}
	return n, nil
}

func parseName(origin string) (n Name, err error) {
	rest, ok := strings.CutPrefix(origin, originPrefix)
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 3 {
		return Name{}, errors.New("want " + originPrefix + "NETWORK/EPOCH/INGEST")
	}
	if n.Network, err = radio.ParseNetwork(parts[0]); err != nil {
		return Name{}, err
	}
	epoch, err := parseNumber(parts[1], maxEpoch)
	if err != nil {
		return Name{}, fmt.Errorf("epoch: %w", err)
	}
	n.Epoch = witness.Epoch(epoch)
	n.Ingest, err = radio.ParseStation(parts[2])
	return n, err
}

// maxEpoch is the bound of protocol hexspot/1, "Ranges": an epoch has a slot at least.
const maxEpoch = 1<<40 - 1

// parseNumber reads a decimal number in its only spelling.
func parseNumber(text string, most uint64) (uint64, error) {
	v, err := strconv.ParseUint(text, 10, 64)
	if err != nil || strconv.FormatUint(v, 10) != text {
		return 0, fmt.Errorf("%.30q is no plain decimal number", text)
	}
	if v > most {
		return 0, fmt.Errorf("%d is more than %d", v, most)
	}
	return v, nil
}
