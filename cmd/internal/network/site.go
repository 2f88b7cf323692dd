package network

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"hexspot/coverage"
	"hexspot/coverage/wallet"
	"hexspot/internal/store"
	"hexspot/radio"
	"hexspot/witness"
)

// Errors of a site change that a caller answers differently.
var (
	ErrDeadline  = errors.New("the deadline has passed")
	ErrSignature = errors.New("a signature is not that of whom it should be")
)

// SiteTerms are what a station has signed, in that network.
func SiteTerms(record radio.Signed, network radio.Network) (coverage.Terms, error) {
	if record.Kind != radio.KindSite {
		return coverage.Terms{}, fmt.Errorf("a record of kind %s, want %s", record.Kind, radio.KindSite)
	}
	if err := record.Verify(network); err != nil {
		return coverage.Terms{}, fmt.Errorf("%w: the station's: %w", ErrSignature, err)
	}
	body, err := witness.ParseSite(record.Body)
	if err != nil {
		return coverage.Terms{}, err
	}
	return body.Terms(record.Station)
}

// VerifySite checks the signatures of a change, the station's and those of its
// accounts, and gives what a registry takes. The registry says whether it is the
// next one of the station and whether its owner so far has signed.
func VerifySite(c witness.SiteChange, network radio.Network, now witness.Millis) (coverage.Change, error) {
	terms, err := SiteTerms(c.Record, network)
	if err == nil && int64(now) >= terms.Deadline {
		err = ErrDeadline
	}
	if err != nil {
		return coverage.Change{}, fmt.Errorf("site change: %w", err)
	}
	by, err := signers(c, wallet.Digest(network, terms), terms.Site.Owner)
	if err != nil {
		return coverage.Change{}, fmt.Errorf("site change of %v: %w", terms.Station, err)
	}
	return coverage.Change{Station: terms.Station, Nonce: terms.Nonce, By: by, Site: terms.Site}, nil
}

// signers checks that the new owner has signed and says who gives the station up or
// keeps it.
func signers(c witness.SiteChange, digest [32]byte, owner coverage.Account) (coverage.Account, error) {
	signer, err := recoverAccount(digest, c.Owner)
	if err == nil && signer != owner {
		err = fmt.Errorf("%w: %v has signed for the owner %v", ErrSignature, signer, owner)
	}
	if err != nil || c.Former == nil {
		return owner, err
	}
	former, err := recoverAccount(digest, *c.Former)
	if err == nil && former == owner {
		err = fmt.Errorf("%w: the owner stays, so it signs once", ErrSignature)
	}
	return former, err
}

// recoverAccount is who has signed; a signature that is not in its one form is nobody's.
func recoverAccount(digest [32]byte, s witness.AccountSignature) (coverage.Account, error) {
	account, err := wallet.Recover(digest, wallet.Signature(s))
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return account, err
}

// ApplySite checks a change and enters it in the epoch of that time. One that was entered
// already, the same bytes, is entered, whatever the time.
func ApplySite(ctx context.Context, book *store.Book, c witness.SiteChange, network radio.Network, timing witness.Timing, now witness.Millis) (Entry, error) {
	payload := c.Append(nil)
	change, err := VerifySite(c, network, now)
	if errors.Is(err, ErrSignature) { // it may be entered, and is of another network
		return Entry{}, err
	}
	if err != nil {
		return entered(ctx, book, c, payload, err)
	}
	from, err := enterIn(ctx, book, change, timing.Epoch(timing.SlotAt(now)), payload)
	if reasonOf(err, "") != "" {
		return entered(ctx, book, c, payload, err)
	}
	return Entry{Change: change, From: from}, err
}

// SiteText is a record or a change on one line: base64 for URLs, without padding.
func SiteText(encoded []byte) string { return base64.RawURLEncoding.EncodeToString(encoded) }

// ParseSiteText reads what SiteText or `hexspot site sign` wrote, with spaces around
// it or not.
func ParseSiteText(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	if len(text) > base64.RawURLEncoding.EncodedLen(witness.MaxSiteChange) {
		return nil, errors.New("no site: the text is too long")
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return nil, errors.New("no site: want the one line that 'site sign' prints")
	}
	return b, nil
}
