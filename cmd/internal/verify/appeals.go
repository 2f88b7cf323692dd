package verify

import (
	"bytes"
	"cmp"
	"io"
	"maps"
	"slices"
	"sync"

	"hexspot/radio"
	"hexspot/rewards"
	"hexspot/witness"
)

// appeals are those that an epoch received, and what weights took in it.
type appeals struct {
	mu     sync.Mutex
	files  map[radio.RecordID]received
	judged []witness.JudgedAppeal
	held   witness.Held
}

// received is an appeal whose signatures are right.
type received struct {
	file   witness.AppealFile
	appeal witness.Appeal
	at     witness.Millis
}

// takeAppeal takes an appeal that was received in the epoch. Each record of it carries its
// own signature, so nothing else has to be read for it.
func (r *run) takeAppeal(h *harvest, record Record) error {
	if record.Stamp < 0 || record.Stamp >= maxTime {
		return DropTime
	}
	if r.in.Timing.Epoch(r.in.Timing.SlotAt(record.Stamp)) != r.in.Epoch {
		h.elsewhere++
		return nil
	}
	file, err := witness.ParseAppealFile(record.Message)
	if err != nil {
		return DropEncoding
	}
	appeal, err := file.Verify(r.in.Network)
	if err != nil {
		return DropSignature
	}
	h.records++
	h.signed += int64(1 + len(file.Evidence))
	r.appeals.mu.Lock()
	defer r.appeals.mu.Unlock()
	id := file.Record.ID(r.in.Network)
	if was, ok := r.appeals.files[id]; ok && was.at <= record.Stamp {
		return DropAgain
	}
	if r.appeals.files == nil {
		r.appeals.files = map[radio.RecordID]received{}
	}
	r.appeals.files[id] = received{file, appeal, record.Stamp}
	return nil
}

// admitAppeals judges appeals as far as evidence goes, and shows the book of links what
// those that pass bring.
func (r *run) admitAppeals() {
	world := witness.AppealWorld{
		Network: r.in.Network, Timing: r.in.Timing, Parameters: r.p, Epoch: r.in.Epoch, Before: r.in.Before.Provisions, Events: r.in.Before.State,
		Site: func(s radio.Station) witness.SiteFacts { return r.site(s, r.in.Epoch) },
	}
	if r.p.ProvisionalEpochs == 0 { // a set without weights has nothing to appeal against
		return
	}
	earlier := map[radio.Station]int64{}
	for _, a := range r.byArrival() {
		station := a.file.Record.Station
		facts := world.Facts(a.file, a.appeal, a.at, earlier[station])
		earlier[station]++
		judged := r.p.JudgeAppeal(&facts)
		if judged.Valid() {
			r.recent.links.ShowEvidence(&facts)
		}
		r.appeals.judged = append(r.appeals.judged, judged)
	}
}

// byArrival are the appeals in the order in which they are judged and published.
func (r *run) byArrival() []received {
	return slices.SortedFunc(maps.Values(r.appeals.files), func(a, b received) int {
		x, y := a.file.Record.ID(r.in.Network), b.file.Record.ID(r.in.Network)
		return cmp.Or(cmp.Compare(a.at, b.at), bytes.Compare(x[:], y[:]))
	})
}

// concludeAppeals holds the weights that follow against the last rule. Who is to be given
// what was held must have an account.
func (r *run) concludeAppeals() {
	for i := range r.appeals.judged {
		r.appeals.judged[i].Conclude(r.weights)
	}
	for _, p := range r.in.Before.Provisions {
		for s := range p.Held {
			r.stations.number(s)
		}
	}
	r.appeals.held = witness.Held{}
}

// hold notes what weights below one half took of a beacon and its selected witnesses. The
// beaconer's loss is put down to its links in proportion to what each lacks.
func (r *run) hold(beaconer radio.Station, selected []radio.Station, weights []uint64, shares, most rewards.EventShares) {
	var lacking uint64
	for _, w := range weights {
		lacking += rewards.Whole - w
	}
	if lacking == 0 {
		return
	}
	r.appeals.mu.Lock()
	defer r.appeals.mu.Unlock()
	for i, s := range selected {
		subject, weight := r.weights.Blame(beaconer, s)
		if weight >= witness.Provisional {
			continue
		}
		r.appeals.held.Add(subject, s, witness.Holding{Witness: most.Witnesses[i] - shares.Witnesses[i]})
		r.appeals.held.Add(subject, beaconer, witness.Holding{
			Beacon: (most.Beaconer - shares.Beaconer) * (rewards.Whole - weights[i]) / lacking,
		})
	}
}

// writeProvisions settles the weights below one half, and pays what is released.
func (r *run) writeProvisions(w io.Writer, paid accounts) error {
	out := r.in.Before.Provisions.Settle(r.p, r.in.Epoch, r.weights, r.appeals.held, witness.AcceptedSubjects(r.appeals.judged))
	r.after.Provisions, r.outcomes = out.After, witness.OutcomesOf(r.appeals.judged, &out)
	for s, more := range out.Released {
		paid.with(r.stations.number(s), func(a *account) {
			a.beacon += more.Beacon
			a.witness += more.Witness
		})
	}
	_, err := w.Write(out.After.AppendText(nil))
	return err
}
