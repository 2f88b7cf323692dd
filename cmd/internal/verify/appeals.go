package verify

import (
	"context"
	"io"
	"slices"
	"sync"

	"hexspot/radio"
	"hexspot/rewards"
	"hexspot/witness"
)

// appeals are those that an epoch received, and what weights took in it. No more of a station
// than are judged are kept, and evidence only where there is something to appeal
// against; it waits on disk.
type appeals struct {
	mu      sync.Mutex
	first   map[radio.Station]firstAppeals
	scratch scratch
	judged  []witness.JudgedAppeal
	held    witness.Held
}

// takeAppeal takes an appeal that was received in the epoch. Its own signature is looked at,
// so that nobody takes another's place; those of the evidence when it is judged.
func (r *run) takeAppeal(h *harvest, record Record) error {
	if record.Stamp < 0 || record.Stamp >= maxTime {
		return DropRange
	}
	if r.in.Timing.Epoch(r.in.Timing.SlotAt(record.Stamp)) != r.in.Epoch {
		h.elsewhere++
		return nil
	}
	file, err := witness.ParseAppealFile(record.Message)
	if err != nil {
		return DropEncoding
	}
	h.signed++
	appeal, err := file.Open(r.in.Network)
	if err != nil {
		return DropSignature
	}
	h.records++
	station := file.Record.Station
	if _, below := r.in.Before.Provisions[appeal.Subject(station)]; !below {
		if n, seen := r.stations.Find(station); !seen || int(n) >= len(r.sites) {
			return DropAppeal
		}
		file = witness.AppealFile{Record: file.Record}
	}
	item := appealItem{record.Stamp, file.Append(nil)}
	r.appeals.mu.Lock()
	fresh := r.appeals.enter(station, item.arrival(file.Record.ID(r.in.Network)))
	r.appeals.mu.Unlock()
	if !fresh {
		return DropAppeal
	}
	return r.appeals.scratch.put(item.parts())
}

// judgeAppeals judges appeals as far as evidence goes, and shows the book of links what
// those that pass bring.
func (r *run) judgeAppeals(ctx context.Context) error {
	if r.p.ProvisionalEpochs == 0 { // a set without weights has nothing to appeal against
		return nil
	}
	kept := r.appeals.kept()
	err := r.eachPart(ctx, func(part int) error {
		b, err := r.appeals.scratch.read(part)
		if err != nil {
			return err
		}
		drops := Drops{}
		for item, err := range appealItems(b) {
			if err != nil {
				return err
			}
			if !kept.take(item) {
				drops[DropAppeal]++
			} else if err := r.judgeAppeal(item); err != nil {
				drops[DropSignature]++
			}
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.summary.Drops.add(drops)
		return nil
	})
	witness.SortAppeals(r.appeals.judged)
	return err
}

// judgeAppeal judges one; the error says that its evidence is not what it names.
func (r *run) judgeAppeal(item appealItem) error {
	file, err := witness.ParseAppealFile(item.message)
	if err != nil {
		return err
	}
	appeal, err := witness.ParseAppeal(file.Record.Body)
	if err != nil {
		return err
	}
	if _, below := r.in.Before.Provisions[appeal.Subject(file.Record.Station)]; below {
		if _, err = file.Verify(r.in.Network); err != nil {
			return err
		}
	}
	facts := r.appealWorld().Facts(file, appeal, item.at)
	judged := r.p.JudgeAppeal(&facts)
	r.appeals.mu.Lock()
	defer r.appeals.mu.Unlock()
	if judged.Valid() {
		r.recent.links.ShowEvidence(&facts)
	}
	r.appeals.judged = append(r.appeals.judged, judged)
	return nil
}

func (r *run) appealWorld() *witness.AppealWorld {
	return &witness.AppealWorld{
		Network: r.in.Network, Timing: r.in.Timing, Parameters: r.p, Epoch: r.in.Epoch, Before: r.in.Before.Provisions, Events: r.eventsBefore,
		Site: func(s radio.Station) witness.SiteFacts { return r.site(s, r.in.Epoch) },
	}
}

// concludeAppeals holds the weights that follow against the last rule. Who is to be given
// what was held must have an account.
func (r *run) concludeAppeals() {
	for i := range r.appeals.judged {
		r.appeals.judged[i].Conclude(r.weights)
	}
	for _, p := range r.in.Before.Provisions {
		for s := range p.Held {
			r.stations.Number(s)
		}
	}
	r.appeals.held = witness.Held{}
}

// hold notes what weights below one half took of a beacon and its selected witnesses.
func (r *run) hold(beaconer radio.Station, selected []radio.Station, weights []uint64, shares, most rewards.EventShares) {
	if len(weights) == 0 || slices.Min(weights) >= witness.Provisional {
		return
	}
	loss := witness.Loss{Beacon: most.Beaconer - shares.Beaconer, Witnesses: make([]uint64, len(selected))}
	for i := range selected {
		loss.Witnesses[i] = most.Witnesses[i] - shares.Witnesses[i]
	}
	r.appeals.mu.Lock()
	defer r.appeals.mu.Unlock()
	r.appeals.held.Take(r.weights, beaconer, selected, loss)
}

// writeProvisions settles the weights below one half, and pays what is released.
func (r *run) writeProvisions(w io.Writer, paid accounts) error {
	out := r.in.Before.Provisions.Settle(r.p, r.in.Epoch, r.weights, r.appeals.held, witness.AcceptedSubjects(r.appeals.judged))
	r.outcomes = witness.OutcomesOf(r.appeals.judged, &out)
	for s, more := range out.Released {
		paid.with(r.stations.Number(s), func(a *account) {
			a.beacon += more.Beacon
			a.witness += more.Witness
		})
	}
	_, err := w.Write(out.After.AppendText(nil))
	return err
}
