package main

import (
	"errors"
	"fmt"
	"math"
	"os"

	"hexspot/cmd/internal/receptions"
	"hexspot/radio"
)

// witnessCommand has the tools about proof of coverage.
type witnessCommand struct {
	Explain     explainCommand     `cmd:"" help:"Why a report counts or does not, why a station got what it got, and what would change it."`
	Appeal      appealCommand      `cmd:"" help:"Check and send appeals against weights."`
	Audit       auditCommand       `cmd:"" help:"Appoint a station whose reports are evidence for appeals."`
	Verify      verifyCommand      `cmd:"" help:"Verify an epoch again, from the records, and compare with what is published."`
	Parameters  parametersCommand  `cmd:"" help:"Print the parameters of both sets of rules, each with its reason."`
	JudgeRecord judgeRecordCommand `cmd:"" help:"Put recorded receptions of devices through the physical rules of both rule sets."`
}

// judgeRecordCommand uses no data directory.
type judgeRecordCommand struct {
	Files []string `arg:"" type:"existingfile" help:"Receptions as newline-delimited JSON in the form of the CampusIoT datasets, gzip'd or plain."`
	EIRP  float64  `help:"Of every device, dBm." name:"eirp" default:"16"`
	Gain  float64  `help:"Of every hotspot's antenna, dBi." default:"3"`
}

// Run reads the records and prints the shares.
func (j judgeRecordCommand) Run(std streams) error {
	if err := j.check(); err != nil {
		return usageError{err}
	}
	study, err := receptions.NewStudy(receptions.Assumptions{EIRP: radio.LevelOf(j.EIRP), Gain: radio.RatioOf(j.Gain)})
	if err != nil {
		return err
	}
	for _, path := range j.Files {
		if err := addRecord(study, path); err != nil {
			return fmt.Errorf("reading %s: %w", path, err)
		}
	}
	if study.Empty() {
		return errors.New("there is no reception in what was read: want one JSON object a line, as the CampusIoT datasets have them (docs/real-receptions.md)")
	}
	if err := study.Judge(); err != nil {
		return fmt.Errorf("judging receptions: %w", err)
	}
	return study.WriteText(std.out)
}

// check bounds what is assumed: no device or antenna is beyond.
func (j judgeRecordCommand) check() error {
	if err := inHundredths("--eirp", j.EIRP, -40, 40); err != nil {
		return err
	}
	return inHundredths("--gain", j.Gain, -20, 40)
}

// inHundredths refuses a figure out of range, or finer than 0.01.
func inHundredths(name string, x, least, most float64) error {
	switch hundred := x * 100; {
	case !(x >= least && x <= most):
		return fmt.Errorf("%s %v: want %v to %v", name, x, least, most)
	case math.Abs(hundred-math.Round(hundred)) > 1e-6:
		return fmt.Errorf("%s %v: want steps of 0.01", name, x)
	}
	return nil
}

func addRecord(study *receptions.Study, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = receptions.Read(file, study.Add)
	return err
}
