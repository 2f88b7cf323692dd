package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"hexspot/cmd/internal/answers"
	"hexspot/cmd/internal/network"
	"hexspot/hardware/keys"
	"hexspot/radio"
	"hexspot/witness"
)

// appealCommand has what there is to do for an appeal but the signing, which is the
// station's.
type appealCommand struct {
	Positions appealPositions `cmd:"" help:"Make a track ready for the hotspot to sign."`
	Name      appealName      `cmd:"" help:"Make an appeal with its evidence ready for the hotspot to sign."`
	Check     appealCheck     `cmd:"" help:"Say what the rules about evidence would make of a signed one."`
	Submit    appealSubmit    `cmd:"" help:"Send a signed one to the network."`
}

// appealFile is a signed appeal and its evidence.
type appealFile struct {
	Signed   string   `arg:"" help:"File with what 'hexspot appeal sign' printed." type:"existingfile"`
	Evidence []string `arg:"" help:"The files that the appeal was made from." type:"existingfile"`
	networkFlag
}

func (a appealFile) pack(ctx context.Context, c *commands) (witness.AppealFile, radio.Network, error) {
	id, err := a.id(ctx, c)
	if err != nil {
		return witness.AppealFile{}, id, err
	}
	file, err := packAppeal(id, a.Signed, a.Evidence)
	return file, id, err
}

type appealCheck struct {
	appealFile
	Verdicts string `help:"Directory with a directory for each verified epoch. Default: verdicts in the data directory." type:"path" placeholder:"DIR"`
}

// Help has the examples.
func (appealCheck) Help() string {
	return `Puts the appeal through the rules as the verifier will, with the sites and weights of the newest verified epoch.
The last rule, the weight that follows, takes the running epoch's reports and is not asked.
Evidence of an epoch that is not verified yet does not count here.

Examples:
  hexnet witness appeal check signed.txt own.txt driver1.txt driver2.txt`
}

// Run checks an appeal.
func (a appealCheck) Run(ctx context.Context, c *commands, std streams) error {
	if a.Verdicts == "" {
		a.Verdicts = network.Data(c.Data).Verdicts()
	}
	file, id, err := a.pack(ctx, c)
	if err != nil {
		return err
	}
	terms, err := network.VerifiedTerms(a.Verdicts)
	if errors.Is(err, network.ErrNoTerms) {
		err = noVerdicts(a.Verdicts)
	}
	if err != nil {
		return err
	}
	book := answers.NewBook(a.Verdicts)
	if err := book.Complete(&file, id, terms.Timing, nil); err != nil {
		return err
	}
	e, err := book.CheckAppeal(file, id, terms.Timing)
	if err != nil {
		return err
	}
	return e.WriteText(std.out)
}

type appealSubmit struct {
	appealFile
	API string `help:"Where the network answers HTTP (default ${default})." name:"api" default:"http://127.0.0.1:8085" placeholder:"URL"`
}

// Help has the examples.
func (appealSubmit) Help() string {
	return `The network says in which epoch's verdicts the outcome will be.

Examples:
  hexnet witness appeal submit signed.txt own.txt driver1.txt driver2.txt --network 1c3c5d6a746bba36 --api https://network.example`
}

// submitTimeout is for the whole exchange.
const submitTimeout = 30 * time.Second

// Run sends an appeal and prints what the network answers.
func (a appealSubmit) Run(ctx context.Context, c *commands, std streams) error {
	file, _, err := a.pack(ctx, c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, submitTimeout)
	defer cancel()
	url := strings.TrimSuffix(a.API, "/") + "/v1/witness/appeals"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(file.Append(nil)))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-protobuf")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("sending the appeal: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<16))
	if err != nil {
		return fmt.Errorf("sending the appeal: %w", err)
	}
	if response.StatusCode != http.StatusAccepted {
		return fmt.Errorf("the network does not take the appeal (%s): %s", response.Status, bytes.TrimSpace(text))
	}
	_, err = std.out.Write(text)
	return err
}

// auditCommand appoints a station, with the network's key.
type auditCommand struct {
	Station string `arg:"" help:"The station whose reports of these slots are to count as the network's own."`
	From    uint64 `help:"First slot." required:""`
	To      uint64 `help:"First slot after." required:""`
}

// Help has the examples.
func (auditCommand) Help() string {
	return `Signs, with the network's key in the data directory, that a station audits others: what it hears of a station
near its place, and what that hears of its discovery beacons, is evidence for an appeal without a
second owner. The line goes with the evidence. Whoever is appointed decides about rewards.

Examples:
  hexnet witness audit spot1qx... --from 29930000 --to 29930480 > audit.txt`
}

// Run signs the appointment.
func (a auditCommand) Run(c *commands, std streams) error {
	station, err := radio.ParseStation(a.Station)
	if err != nil {
		return err
	}
	body := witness.Audit{Station: station, From: witness.Slot(a.From), To: witness.Slot(a.To)}
	if err := body.CheckRange(); err != nil {
		return usageError{err}
	}
	key, err := keys.Load(network.Data(c.Data).KeyFile())
	if err != nil {
		return err
	}
	record, err := radio.Sign(key.Signer(), key.Station().Network(), radio.KindAudit, body.Append(nil))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, base64.RawURLEncoding.EncodeToString(record.Append(nil)))
	return err
}
