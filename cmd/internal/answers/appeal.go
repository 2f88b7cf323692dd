package answers

import (
	"hexspot/radio"
	"hexspot/witness"
)

// IsBelow says whether the newest verified epoch has published a weight below one half of a
// subject, and which epoch that is. ErrUnknown: none is verified.
func (b *Book) IsBelow(s witness.Subject) (bool, witness.Epoch, error) {
	number, err := b.Latest()
	if err != nil {
		return false, 0, err
	}
	e, err := b.at(number)
	if err != nil {
		return false, 0, err
	}
	below, err := b.provisions.of(e)
	return below[string(s.AppendText(nil))], number, err
}

// CheckAppeal judges an appeal as the running epoch's verifier will, as far as that can be
// known: by the sites and the weights of the newest verified epoch, and without the
// last rule, which takes the epoch's own reports.
func (b *Book) CheckAppeal(f witness.AppealFile, network radio.Network, timing witness.Timing) (witness.Explanation, error) {
	appeal, err := f.Verify(network)
	if err != nil {
		return witness.Explanation{}, err
	}
	number, err := b.Latest()
	if err != nil {
		return witness.Explanation{}, err
	}
	e, err := b.at(number)
	if err != nil {
		return witness.Explanation{}, err
	}
	before, err := e.result.Provisions()
	if err != nil {
		return witness.Explanation{}, err
	}
	events, err := e.result.Events()
	if err != nil {
		return witness.Explanation{}, err
	}
	sites, err := e.result.Sites()
	if err != nil {
		return witness.Explanation{}, err
	}
	p := e.result.Parameters()
	world := witness.AppealWorld{
		Network: network, Timing: timing, Parameters: p, Epoch: number + 1, Before: before, Events: events.At,
		Site: func(s radio.Station) witness.SiteFacts {
			if site := sites[s]; site != nil {
				return *site
			}
			return witness.SiteFacts{}
		},
	}
	facts := world.Facts(f, appeal, 0)
	judged := p.JudgeAppeal(&facts)
	x := witness.ExplainAppeal(&judged)
	x.Weighed(before)
	return x, nil
}
