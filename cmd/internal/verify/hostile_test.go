package verify

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hexspot/radio"
	"hexspot/witness"
)

// spoilt are an epoch's records as a journal of ill fortune has them: some again with
// another time, some too late, some damaged, some not what they say.
func spoilt(t *rapid.T, c *country, records []Record) []Record {
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	epoch := witness.Millis(c.timing.EpochSlots) * c.timing.Slot
	var list []Record
	for _, r := range records {
		again := r
		if r.Kind == kindAnchor || r.Kind == kindValue {
			list = append(list, r)
			continue
		}
		switch random.IntN(40) {
		case 0:
			again.Stamp += witness.Millis(random.IntN(5_000)) - 2_500
			list = append(list, again)
		case 1:
			r.Stamp += epoch
		case 2:
			r.Message = bytes.Clone(r.Message)
			r.Message[random.IntN(len(r.Message))] ^= 1 << random.IntN(8)
		case 3:
			r.Kind = []string{kindBeacon, kindWitness, kindDiscovery, "receipt", ""}[random.IntN(5)]
		case 4:
			r.Stamp = []witness.Millis{-1, 1 << 53, 0}[random.IntN(3)]
		case 5:
			r.Message = r.Message[:random.IntN(len(r.Message))]
		}
		list = append(list, r)
	}
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// TestEveryReportEndsOnce verifies spoilt records in two ways, by parts and in a docket:
// the same verdicts, and as many reports come out as went in.
func TestEveryReportEndsOnce(t *testing.T) {
	c := mustCountry(t)
	checks := 0
	rapid.Check(t, func(rt *rapid.T) {
		if checks++; checks > 3 { // each takes a good part of a second
			return
		}
		records := slices.Concat(spoilt(rt, c, c.records[0]), spoilt(rt, c, c.records[1]))
		in := c.inputs(1, records)
		in.Memory = rapid.SampledFrom([]int64{1, 0}).Draw(rt, "memory")
		s, dir := mustEpoch(t, in)
		d, reports := c.docketOf(t, in.Epoch, records)
		cases, err := d.Cases()
		if err != nil {
			rt.Fatal(err)
		}
		e := witness.FrozenEpoch{Parameters: in.Parameters[0], Length: int64(c.timing.EpochSlots) * int64(c.timing.Slot), Before: in.Before.State, Cases: cases}
		verdicts, _, err := e.Judge(1)
		if err != nil {
			rt.Fatal(err)
		}
		if got, want := mustRead(t, dir, verdictsName), witness.AppendVerdicts(nil, in.Parameters[0].Set, verdicts); !bytes.Equal(got, want) {
			rt.Fatal(firstDifference(got, want))
		}
		if got := s.Reports() + s.Drops[DropAgain] + s.Drops[DropCopies] + s.Drops[DropTags] + s.Drops[DropFrame]; got != reports {
			rt.Fatalf("%d reports came out, %d went in: %+v", got, reports, s)
		}
		if s.Late == 0 || s.Drops[DropAgain] == 0 || s.Drops[DropSignature] == 0 || s.Drops[DropEncoding] == 0 || s.Drops[DropKind] == 0 || s.Drops[DropRange] == 0 {
			rt.Fatalf("the records are not spoilt enough: %+v", s)
		}
	})
}

// docketOf puts the records of an epoch into a docket, and counts the reports of sound ones.
func (c *country) docketOf(t testing.TB, e witness.Epoch, records []Record) (d *Docket, reports int64) {
	t.Helper()
	d = NewDocket(c.facts(t))
	for _, r := range records {
		p, err := d.reading.parse(r)
		if err == nil && d.reading.epoch(&p) != e {
			continue
		}
		if err == nil && p.signed.Verify(c.network) == nil {
			reports += max(1, int64(len(p.batch.Observations)))
		}
		var drop Drop
		if err := d.Add(r); err != nil && !errors.As(err, &drop) {
			t.Fatal(err)
		}
	}
	return d, reports
}

// FuzzDocket feeds a docket with bodies of all shapes, signed and not, and judges what
// comes of it.
func FuzzDocket(f *testing.F) {
	c := mustCountry(f)
	for _, r := range c.records[0] {
		if signed, err := radio.ParseSigned(r.Message); err == nil && len(r.Message)%31 == 0 {
			f.Add(r.Kind, int64(r.Stamp), signed.Body, true)
			f.Add(r.Kind, int64(r.Stamp), r.Message, false)
		}
	}
	f.Add(kindValue, int64(1), []byte{10, 0}, false)
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	facts, p := c.facts(f), c.judged[0].Parameters
	anchors := slices.DeleteFunc(slices.Clone(c.records[0]), func(r Record) bool { return r.Kind != kindAnchor })
	f.Fuzz(func(t *testing.T, kind string, stamp int64, body []byte, sign bool) {
		d := NewDocket(facts)
		for _, r := range anchors {
			_ = d.Add(r)
		}
		r := Record{kind, witness.Millis(stamp), body}
		if signed, err := radio.Sign(key, c.network, radio.Kind(kind), body); sign && err == nil {
			r.Message = signed.Append(nil)
		}
		err := d.Add(r)
		cases, failed := d.Cases()
		if failed != nil {
			t.Fatal(failed)
		}
		reports := 0
		for i := range cases {
			v := witness.Judge(&cases[i], p)
			reports += len(v.Beacons) + len(v.Witnesses)
			witness.NewLinkBook(p).Add(&cases[i], &v)
		}
		if err != nil && reports > 0 || err == nil && reports == 0 && len(d.Drops()) == 0 && kind != kindAnchor && kind != kindValue {
			t.Fatalf("%v, and %d reports were judged, dropped %v", err, reports, d.Drops())
		}
	})
}
