package hotspot

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"hexspot/gateway/spool"
	"hexspot/radio"
	"hexspot/witness"
)

// Bounds of what is under way.
const (
	mostUnkept = 64               // records that the disk has not taken yet
	mostFlying = 16               // records sent and not answered
	flyingFor  = 10 * time.Second // then an answer is not waited for any more
	lookPause  = 10 * time.Second // between looks for a record that is due again
	sendRate   = 8                // records a second; networks take 10 of a station
	sendBurst  = 64               // at once; networks take 100
)

// records signs records, keeps them on disk and sends them until they are answered.
type records struct {
	parts    *CoverageParts
	openings []witness.Slot // on disk
	unkept   []unkept       // oldest first
	failed   bool           // the disk takes nothing, which was told
	tried    time.Time      // when unkept records were last tried
	flying   map[radio.RecordID]published
	look     time.Time // for the next record to send
	pace     *rate.Limiter
	lost     uint64
}

// published is a record on its way.
type published struct {
	at  time.Time
	sum [sha256.Size]byte // of what was published
}

// unkept is a record that the disk has not taken.
type unkept struct {
	id   radio.RecordID
	body []byte
}

func openingKey(k witness.Slot) []byte { return binary.BigEndian.AppendUint64(nil, uint64(k)) }

// sign makes the record of a body.
func (r *records) sign(kind radio.Kind, body []byte) (unkept, error) {
	s, err := radio.Sign(r.parts.Signer, r.parts.Network, kind, body)
	if err != nil {
		return unkept{}, err
	}
	return unkept{s.ID(r.parts.Network), s.Append(nil)}, nil
}

// keep signs a record and puts it on disk. The record is there already if another one
// has its id: only the signature differs.
func (r *records) keep(ctx context.Context, kind radio.Kind, body []byte) error {
	u, err := r.sign(kind, body)
	if err != nil {
		return err
	}
	return r.put(ctx, u)
}

func (r *records) put(ctx context.Context, u unkept) error {
	err := r.parts.Reports.Put(ctx, u.id[:], u.body, time.Now())
	if errors.Is(err, spool.ErrTaken) {
		err = nil
	}
	if err == nil {
		r.look = time.Time{}
	}
	return err
}

// keepSurely is keep for what has happened: what the disk does not take is tried
// again.
func (r *records) keepSurely(ctx context.Context, kind radio.Kind, body []byte) {
	u, err := r.sign(kind, body)
	if err != nil {
		r.lost++
		r.parts.Log.Error("a report cannot be signed", "kind", kind, "error", err)
		return
	}
	r.unkept = append(r.unkept, u)
	if n := len(r.unkept) - mostUnkept; n > 0 {
		r.unkept = slices.Delete(r.unkept, 0, n)
		r.lost += uint64(n)
	}
	r.tried = time.Time{}
	r.retry(ctx)
}

// retry puts on disk what it has not taken so far.
func (r *records) retry(ctx context.Context) {
	if len(r.unkept) == 0 || time.Since(r.tried) < lookPause {
		return
	}
	r.tried = time.Now()
	for len(r.unkept) > 0 {
		if err := r.put(ctx, r.unkept[0]); err != nil {
			if !r.failed {
				r.parts.Log.Warn("reports cannot be kept on disk, will try again", "error", err)
			}
			r.failed = true
			return
		}
		r.unkept = slices.Delete(r.unkept, 0, 1)
	}
	r.tried, r.failed = time.Time{}, false
}

// hasten sends everything that waits: there is a new session.
func (r *records) hasten(ctx context.Context) {
	clear(r.flying)
	r.look = time.Time{}
	if err := r.parts.Reports.Hasten(ctx); err != nil {
		r.parts.Log.Warn("reports wait longer than they need to", "error", err)
	}
}

// send sends the records that are due, a few at a time.
func (r *records) send(ctx context.Context) {
	now := time.Now()
	for id, p := range r.flying {
		if now.Sub(p.at) >= flyingFor {
			delete(r.flying, id)
		}
	}
	for r.parts.Link.Online() && len(r.flying) < mostFlying && !now.Before(r.look) {
		if !r.pace.AllowN(now, 1) {
			r.look = now.Add(time.Second / sendRate)
			return
		}
		record, ok, err := r.parts.Reports.Next(ctx, now)
		if err != nil {
			r.parts.Log.Debug("no report can be read from disk", "error", err)
		}
		if err != nil || !ok {
			r.look = now.Add(lookPause)
			return
		}
		r.sendOne(ctx, record)
	}
}

func (r *records) sendOne(ctx context.Context, record spool.Record) {
	s, err := radio.ParseSigned(record.Body)
	if err == nil && len(record.Key) != len(radio.RecordID{}) {
		err = errors.New("its key is no record id")
	}
	if err != nil {
		refused := r.parts.Reports.Refuse(ctx, record.Key, "unreadable", time.Now())
		r.parts.Log.Error("a report on disk cannot be read", "error", errors.Join(err, refused))
		return
	}
	r.flying[radio.RecordID(record.Key)] = published{time.Now(), sha256.Sum256(record.Body)}
	r.parts.Link.Report(string(s.Kind), record.Body)
}

// published finds the record of a payload on its way.
func (r *records) published(sum [sha256.Size]byte) (radio.RecordID, bool) {
	for id, p := range r.flying {
		if p.sum == sum {
			return id, true
		}
	}
	return radio.RecordID{}, false
}
