package hotspot

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"time"

	"hexspot/radio"
	"hexspot/witness"
)

// Appealing is a station's appeal, to be made from what is in its spool and what others have
// given it.
type Appealing struct {
	Spool   string // path; it may be in use
	Network string // 16 hexadecimal digits; empty: the only one that the spool has reports to
	Signer  crypto.Signer
	Epoch   witness.Epoch  // in which the weight was published
	Partner radio.Station  // of the link; zero: the station's own weight
	Since   time.Time      // frames that were answered earlier are left out
	Others  []radio.Signed // records and receipts of others: drivers' or an auditor's
}

// ErrNobodyHeard says that no frame of the station is in what others have given.
var ErrNobodyHeard = errors.New("nobody heard a frame of this station that the network has answered: there is no evidence")

// File makes the appeal: the station's frames that the others heard, what they heard of
// them, and their positions, with all receipts. What is about other stations' frames is left out.
func (a Appealing) File(ctx context.Context) (witness.AppealFile, error) {
	id, err := reportedTo(ctx, a.Spool, a.Network)
	if err != nil {
		return witness.AppealFile{}, err
	}
	own, err := ReadRecords(ctx, a.Spool, id.String(), []radio.Kind{radio.KindBeacon, radio.KindDiscovery, radio.KindWitness}, a.Since)
	if err != nil {
		return witness.AppealFile{}, err
	}
	evidence := evidenceOf(own, a.Others)
	if !slices.ContainsFunc(evidence, func(s radio.Signed) bool { return s.Kind == radio.KindWitness }) {
		return witness.AppealFile{}, ErrNobodyHeard
	}
	file, body, err := witness.NewAppealFile(id, a.Epoch, a.Partner, evidence)
	if err != nil {
		return witness.AppealFile{}, fmt.Errorf("an appeal with %d records: %w", len(evidence), err)
	}
	file.Record, err = radio.Sign(a.Signer, id, radio.KindAppeal, body.Append(nil))
	return file, err
}

// evidenceOf leaves of a station's own records and others' those frames that somebody reports to
// have sent and somebody else to have heard, and all that is neither.
func evidenceOf(own, others []radio.Signed) []radio.Signed {
	ownHeard, theirsHeard := heardTags(own), heardTags(others)
	ownSent, theirsSent := sentTags(own), sentTags(others)
	var evidence []radio.Signed
	add := func(list []radio.Signed, sentHeard, heardSent map[witness.Tag]bool) {
		for _, s := range list {
			if isAbout(s, sentHeard, heardSent) {
				evidence = append(evidence, s)
			}
		}
	}
	add(own, theirsHeard, theirsSent)
	add(others, ownHeard, ownSent)
	return evidence
}

// isAbout says whether a record is of a frame that the other side has heard, or has heard one
// that it has sent. Records of other kinds are.
func isAbout(s radio.Signed, heard, sent map[witness.Tag]bool) bool {
	isIn := func(tags []witness.Tag, set map[witness.Tag]bool) bool {
		return slices.ContainsFunc(tags, func(t witness.Tag) bool { return set[t] })
	}
	switch s.Kind {
	case radio.KindBeacon, radio.KindDiscovery:
		return isIn(tagsSent(s), heard)
	case radio.KindWitness:
		return isIn(tagsHeard(s), sent)
	}
	return true
}

func sentTags(list []radio.Signed) map[witness.Tag]bool { return tagsBy(list, tagsSent) }

func heardTags(list []radio.Signed) map[witness.Tag]bool { return tagsBy(list, tagsHeard) }

func tagsBy(list []radio.Signed, of func(radio.Signed) []witness.Tag) map[witness.Tag]bool {
	tags := map[witness.Tag]bool{}
	for _, s := range list {
		for _, t := range of(s) {
			tags[t] = true
		}
	}
	return tags
}

// tagsSent is the tag of the frame that a record reports to have been sent, if it is such.
func tagsSent(s radio.Signed) []witness.Tag {
	switch s.Kind {
	case radio.KindBeacon:
		if b, err := witness.ParseBeacon(s.Body); err == nil {
			return []witness.Tag{witness.TagOf(b.Signature)}
		}
	case radio.KindDiscovery:
		if d, err := witness.ParseDiscovery(s.Body); err == nil {
			return []witness.Tag{d.Random}
		}
	}
	return nil
}

// tagsHeard are those of the frames that a record reports to have been heard.
func tagsHeard(s radio.Signed) (tags []witness.Tag) {
	if s.Kind != radio.KindWitness {
		return nil
	}
	b, err := witness.ParseBatch(s.Body)
	if err != nil {
		return nil
	}
	for i := range b.Observations {
		tags = append(tags, b.Observations[i].Frame.Tag)
	}
	return tags
}
