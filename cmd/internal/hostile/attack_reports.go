package hostile

import (
	"context"
	"crypto/rand"

	"hexspot/radio"
	"hexspot/witness"
)

// made is what an attacker reports: a payload, below that name.
type made struct {
	kind    string
	payload []byte
}

// fewMade is how many different ones an attacker sends in turn: to sign costs it more than
// to send.
const fewMade = 64

// fewOf makes a few for each session, and gives them in turn.
func fewOf(one func(*attacker) made) func(*attacker) func() made {
	return func(a *attacker) func() made {
		few := make([]made, fewMade)
		for i := range few {
			few[i] = one(a)
		}
		next := 0
		return func() made {
			next = (next + 1) % len(few)
			return few[next]
		}
	}
}

// reports sends what it is given as fast as the network reads, and hears the answers.
func reports(begin func(*attacker) func() made) func(context.Context, *attacker) {
	return func(ctx context.Context, a *attacker) {
		next := begin(a)
		s, ok := a.enter(ctx, a.own())
		if !ok {
			return
		}
		defer s.Close()
		heard := s.listen(ctx)
		defer func() { <-heard }()
		defer s.Close()
		err := s.subscribe(a.topic("ack"))
		for err == nil && ctx.Err() == nil {
			m := next()
			err = s.publish(a.topic("up/"+m.kind), 1, false, m.payload)
		}
	}
}

// listen hears until the connection ends, then closes what it returns.
func (s *session) listen(ctx context.Context) <-chan struct{} {
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		s.lost(ctx, s.hear())
	}()
	return heard
}

const beaconKind = string(radio.KindBeacon)

func noRecord(*attacker) made {
	b := make([]byte, 200)
	_, _ = rand.Read(b) // never fails
	return made{beaconKind, b}
}

func tooLarge(*attacker) made { return made{beaconKind, make([]byte, radio.MaxSigned+1)} }

// good is a record that is to be taken.
func (a *attacker) good() []byte {
	now := present()
	return a.sign(a.Network, radio.KindBeacon, a.beacon(a.Timing.SlotAt(now), now))
}

func forged(a *attacker) made {
	b := a.good()
	b[len(b)-1] ^= 1
	return made{beaconKind, b}
}

func ofOthers(a *attacker) made {
	return made{beaconKind, a.Records[int(a.number.Add(1))%len(a.Records)]}
}

// theSame is a record of the present epoch, for as long as that lasts.
func theSame(a *attacker) made {
	now := present()
	from, _ := a.Timing.Slots(a.Timing.Epoch(a.Timing.SlotAt(now)))
	b := witness.Beacon{Slot: from, OnAir: witness.OnAir{Frequency: 868_100_000, SF: 10, Sent: a.Timing.Start(from)}}
	return made{beaconKind, a.sign(a.Network, radio.KindBeacon, b.Append(nil))}
}

func ofTheFuture(a *attacker) made {
	at := present() + 100*witness.ClockSlack
	return made{beaconKind, a.sign(a.Network, radio.KindBeacon, a.beacon(a.Timing.SlotAt(at), at))}
}

func ofLongAgo(a *attacker) made {
	return made{beaconKind, a.sign(a.Network, radio.KindBeacon, a.beacon(1000, a.Timing.Start(1000)))}
}

func outOfRange(a *attacker) made {
	b := witness.Beacon{Slot: a.Timing.SlotAt(present()), OnAir: witness.OnAir{Frequency: 1, SF: 10, Counter: a.number.Add(1)}}
	return made{beaconKind, a.sign(a.Network, radio.KindBeacon, b.Append(nil))}
}

func ofAnotherKind(a *attacker) made { return made{string(radio.KindWitness), a.good()} }

// tooMany are good, and each is new.
func tooMany(a *attacker) func() made {
	return func() made { return made{beaconKind, a.good()} }
}

// deaf reports what is refused at length and never reads an answer.
func deaf(ctx context.Context, a *attacker) {
	s, ok := a.enter(ctx, a.own())
	if !ok {
		return
	}
	defer s.Close()
	err := s.subscribe(a.topic("ack"))
	for err == nil && ctx.Err() == nil {
		err = s.publish(a.topic("up/"+beaconKind), 1, false, make([]byte, radio.MaxSigned+1))
	}
	s.lost(ctx, err)
}
