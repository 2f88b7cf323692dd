package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"hexspot/cmd/internal/network"
	"hexspot/coverage"
	"hexspot/coverage/wallet"
	"hexspot/radio"
	"hexspot/witness"
)

type siteSign struct {
	Record          string `arg:"" help:"What 'hexspot site sign' printed, or - for the first line of standard input."`
	Former          string `help:"The account that gives the station up, if it gets another owner; it must be in the wallet." placeholder:"ACCOUNT"`
	TypedData       bool   `help:"Print what another wallet is to sign (eth_signTypedData_v4), and sign nothing."`
	OwnerSignature  string `help:"The owner's signature, made by another wallet." placeholder:"HEX"`
	FormerSignature string `help:"The signature of the account that gives the station up, made by another wallet." placeholder:"HEX"`
	networkFlag
	passphraseFlags
}

// Help has the examples.
func (siteSign) Help() string {
	return `Says on standard error what is signed, and prints the change with all its signatures on one line, for
'hexnet site apply'. The owner that the station names must be an account of the wallet.

Examples:
  hexnet site sign CiEBTu...                                  # a new station, or a move
  hexnet site sign --former 0x7e5f... CiEBTu...               # it gets another owner; both accounts are here
  hexnet site sign --typed-data CiEBTu... > for-my-wallet.json
  hexnet site sign --owner-signature 0xa2731e... CiEBTu...`
}

// Run signs a site.
func (s siteSign) Run(ctx context.Context, c *commands, std streams) error {
	id, err := s.id(ctx, c)
	if err != nil {
		return err
	}
	record, terms, err := s.terms(std, id)
	if err != nil {
		return err
	}
	if s.TypedData {
		return writeJSON(std.out, wallet.Typed(id, terms))
	}
	fmt.Fprint(std.err, describe(terms, id))
	signer := siteSigner{folder: network.Data(c.Data).Wallet(), digest: wallet.Digest(id, terms), std: std, flags: s.passphraseFlags}
	change := witness.SiteChange{Record: record}
	if change.Owner, err = signer.sign(terms.Site.Owner, s.OwnerSignature); err != nil {
		return err
	}
	if s.Former != "" || s.FormerSignature != "" {
		if change.Former, err = s.signFormer(signer); err != nil {
			return err
		}
	}
	if _, err := network.VerifySite(change, id, witness.MillisOf(time.Now())); err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, network.SiteText(change.Append(nil)))
	return err
}

func (s siteSign) terms(std streams, id radio.Network) (radio.Signed, coverage.Terms, error) {
	record, err := inputRecord(s.Record, std)
	if err != nil {
		return radio.Signed{}, coverage.Terms{}, err
	}
	terms, err := network.SiteTerms(record, id)
	return record, terms, err
}

func (s siteSign) signFormer(signer siteSigner) (*witness.AccountSignature, error) {
	var account coverage.Account
	if s.FormerSignature == "" {
		var err error
		if account, err = coverage.ParseAccount(s.Former); err != nil {
			return nil, err
		}
	}
	signature, err := signer.sign(account, s.FormerSignature)
	return &signature, err
}

// siteSigner signs with accounts of a wallet.
type siteSigner struct {
	folder wallet.Folder
	digest [32]byte
	std    streams
	flags  passphraseFlags
}

// sign gives the signature of an account, or the one that another wallet has made.
func (s siteSigner) sign(account coverage.Account, made string) (witness.AccountSignature, error) {
	if made != "" {
		return parseAccountSignature(made)
	}
	passphrase, err := s.flags.read(s.std, "Passphrase of "+account.String()+": ")
	if err != nil {
		return witness.AccountSignature{}, err
	}
	key, err := s.folder.Load(account, passphrase)
	if err != nil {
		return witness.AccountSignature{}, err
	}
	signature, err := key.Sign(s.digest)
	return witness.AccountSignature(signature), err
}

func parseAccountSignature(text string) (witness.AccountSignature, error) {
	b, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil || len(b) != wallet.SignatureSize {
		return witness.AccountSignature{}, errors.New("no account's signature: want 130 hexadecimal digits")
	}
	return witness.AccountSignature(b), nil
}

// describe says what is signed, for whoever signs.
func describe(t coverage.Terms, id radio.Network) string {
	s := t.Site
	return fmt.Sprintf("network   %v\nstation   %v\nowner     %v\ncell      %v (resolution %d)\ngain      %.2f dBi\nloss      %v\nclass     %s\nplan      %s\nchange    %d\ngood until %s\n",
		id, t.Station, s.Owner, s.Cell, s.Cell.Resolution(), s.Gain.Float(), s.Loss, s.Class(), s.Plan, t.Nonce,
		witness.Millis(t.Deadline).Time().Format(time.RFC3339))
}
