package hotspot

import (
	"crypto/sha256"
	"log/slog"
	"time"

	"hexspot/radio"
	"hexspot/witness"
)

// submission has the network enter the site, if the file of the site is a whole change, with
// the owner's signature: it is sent until the network has answered.
type submission struct {
	sum     [sha256.Size]byte // of the change that is or was sent
	sent    time.Time
	settled bool // the network has answered for good
	taken   bool
	from    witness.Epoch
	refused witness.Refusal
}

// submitPause is how long an answer is waited for.
const submitPause = time.Minute

// submit sends the change of a site, if there is one.
func (s *submission) submit(site *Site, link Link) {
	if site == nil || site.Change == nil {
		*s = submission{}
		return
	}
	if sum := sha256.Sum256(site.Change); sum != s.sum {
		*s = submission{sum: sum}
	}
	if s.settled || !link.Online() || time.Since(s.sent) < submitPause {
		return
	}
	s.sent = time.Now()
	link.Report(string(radio.KindSite), site.Change)
}

// answered takes an answer, false if it is not about the change. The network gives the same
// one again on the same change, so it is told once.
func (s *submission) answered(payload []byte, log *slog.Logger) bool {
	if s.sent.IsZero() {
		return false
	}
	if taken, err := witness.ParseSiteTaken(payload); err == nil && taken.Report == s.sum {
		if !s.taken {
			log.Info("the network has the site", "change", taken.Nonce, "from_epoch", taken.From)
		}
		s.settled, s.taken, s.from, s.refused = true, true, taken.From, witness.Refusal{}
		return true
	}
	refusal, err := witness.ParseRefusal(payload)
	if err != nil || refusal.Report != s.sum {
		return false
	}
	if s.refused.Reason != refusal.Reason {
		log.Warn("the network does not enter the site", "reason", refusal.Reason, "text", refusal.Text)
	}
	s.settled, s.refused = !refusal.Reason.Again(), refusal
	return true
}

// add tells what became of the change, as far as the registry has not told more.
func (s *submission) add(r *RegistryStatus) {
	r.Refused, r.RefusedText = string(s.refused.Reason), s.refused.Text
	if s.taken && r.State == RegistryNotKnown {
		from := s.from // the status is read without the lock
		r.State, r.From = RegistryHas, &from
	}
}
