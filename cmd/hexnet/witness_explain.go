package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"

	"hexspot/cmd/internal/answers"
	"hexspot/cmd/internal/network"
	"hexspot/cmd/internal/web"
	"hexspot/radio"
	"hexspot/witness"
)

// explainCommand tells an owner why.
type explainCommand struct {
	What     string  `arg:"" help:"The id of a record (64 digits, as receipts have it), or a station's text id." name:"report|station"`
	Epoch    *uint64 `help:"In which epoch. Default: the newest that is verified, of a record the newest that has it." placeholder:"N"`
	Verdicts string  `help:"Directory with a directory for each verified epoch. Default: verdicts in the data directory." type:"path" placeholder:"DIR"`
	Book     string  `help:"The book of sites, which says when a first site begins: sqlite:PATH or postgres://HOST/DATABASE. Default: book.db in the data directory, if it is there and --verdicts is not given." env:"HEXNET_BOOK" placeholder:"URL"`
	JSON     bool    `help:"Print JSON."`
}

// Help has the examples.
func (explainCommand) Help() string {
	return `Of a report: every rule with its value, limit and margin, which one decided, and what would make it pass.
Of a station: what it got in the epoch, or the one cause why it got nothing and what to do about
it; its clues and the weights of its links; what is provisional and what that holds.

Only what is frozen and verified is shown. What still runs, a station sees itself: 'hexspot status'.

Examples:
  hexnet witness explain spot1qx...
  hexnet witness explain spot1qx... --epoch 20785 --json
  hexnet witness explain 5f2b...

With --json what is not there is an object with refused, cause and cure, as by HTTP; the exit code is 1 all the same.`
}

// explained is an answer in both forms.
type explained interface {
	WriteText(io.Writer) error
	JSON() any
}

// Run looks it up.
func (e explainCommand) Run(ctx context.Context, c *commands, std streams) error {
	book, end, err := e.book(ctx, network.Data(c.Data), warnings(std.err))
	if err != nil {
		return err
	}
	answer, err := e.look(ctx, book)
	err = errors.Join(err, end())
	if refusal, none := answers.RefusalOf(err); none {
		if missing := noVerdicts(cmp.Or(e.Verdicts, network.Data(c.Data).Verdicts())); missing != nil {
			err = missing
			errors.As(missing, &refusal)
		}
		if e.JSON {
			err = errors.Join(err, writeJSON(std.out, refusal))
		}
	}
	if err != nil {
		return err
	}
	if e.JSON {
		return writeJSON(std.out, answer.JSON())
	}
	return answer.WriteText(std.out)
}

func writeJSON(w io.Writer, v any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(v)
}

// book is what is answered from.
func (e explainCommand) book(ctx context.Context, data network.Data, log *slog.Logger) (*answers.Book, func() error, error) {
	if e.Verdicts == "" && e.Book == "" {
		return data.Answers(ctx, log)
	}
	book := answers.NewBook(cmp.Or(e.Verdicts, data.Verdicts()))
	if e.Book == "" {
		return book, func() error { return nil }, nil
	}
	end, err := data.KnowSites(ctx, book, e.Book)
	return book, end, toldOfBooks(err)
}

// noVerdicts says that a directory has no verified epoch, nil if it has one.
func noVerdicts(dir string) error {
	list, err := answers.NewBook(dir).Epochs()
	if _, missing := os.Stat(dir); missing != nil {
		return noneVerified(fmt.Sprintf("the verdicts: %v", missing), "name the data directory of hexnet serve with --data, or a directory of verified epochs with --verdicts")
	}
	if err == nil && len(list) == 0 {
		return noneVerified(fmt.Sprintf("no epoch is verified in %s yet", dir), "an epoch is verified some hours after its end")
	}
	return err
}

// noneVerified is for people its text, for programs the refusal in it.
func noneVerified(cause, cure string) error {
	return fmt.Errorf("%w: %s", web.Refusal{Status: http.StatusNotFound, Refused: "no_verdicts", Cause: cause, Cure: cure}, cure)
}

func (e explainCommand) look(ctx context.Context, book *answers.Book) (explained, error) {
	var epoch *witness.Epoch
	if e.Epoch != nil {
		epoch = (*witness.Epoch)(e.Epoch)
	}
	if id, err := answers.ParseID(e.What); err == nil {
		answer, err := book.Report(ctx, id, epoch)
		return &answer, err
	}
	station, err := radio.ParseStation(e.What)
	if err != nil {
		return nil, usageError{fmt.Errorf("%.80q is neither the id of a record nor a station: %w", e.What, err)}
	}
	answer, err := book.Station(ctx, station, epoch)
	return &answer, err
}
