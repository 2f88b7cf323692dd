package main

import (
	"fmt"
	"os"

	"hexspot/cmd/internal/network"
	"hexspot/radio"
	"hexspot/witness"
)

// input reads a line that `site sign` printed: the argument itself, or standard
// input for "-".
func input(text string, std streams) ([]byte, error) {
	if text == "-" {
		line, err := readLine(std.in)
		if err != nil {
			return nil, err
		}
		text = line
	}
	encoded, err := network.ParseSiteText(text)
	if _, missing := os.Stat(text); err != nil && missing == nil {
		err = fmt.Errorf("%s is a file: give what is in it, with - < %s", text, text)
	}
	return encoded, err
}

// inputRecord reads the station's half.
func inputRecord(text string, std streams) (radio.Signed, error) {
	encoded, err := input(text, std)
	if err != nil {
		return radio.Signed{}, err
	}
	record, err := radio.ParseSigned(encoded)
	if err == nil && record.Kind != radio.KindSite {
		return record, fmt.Errorf("no site: this is a signed record of kind %s; want the line that 'hexspot site sign' prints", record.Kind)
	}
	if err == nil {
		return record, nil
	}
	if _, whole := witness.ParseSiteChange(encoded); whole == nil {
		return record, errOwnerSigned
	}
	return record, fmt.Errorf("no site: want the line that 'hexspot site sign' prints: %w", err)
}

var errOwnerSigned = fmt.Errorf("the owner has signed this already: it is for 'hexnet site apply', or POST /v1/sites; 'hexnet site sign' takes the line that 'hexspot site sign' prints")

// inputChange reads a whole change.
func inputChange(text string, std streams) (witness.SiteChange, error) {
	encoded, err := input(text, std)
	if err != nil {
		return witness.SiteChange{}, err
	}
	change, err := witness.ParseSiteChange(encoded)
	if err == nil {
		return change, nil
	}
	switch record, half := radio.ParseSigned(encoded); {
	case half == nil && record.Kind == radio.KindSite:
		return change, fmt.Errorf("the owner has not signed: this is the station's half; give it to 'hexnet site sign', and what that prints to 'hexnet site apply'")
	case half == nil:
		return change, fmt.Errorf("no site change: this is a signed record of kind %s; want the line that 'hexnet site sign' prints", record.Kind)
	}
	return change, fmt.Errorf("no site change: want the line that 'hexnet site sign' prints: %w", err)
}
