package mqtt

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"
)

// stopLimit is how long a hotspot may take to stop, whatever its broker does.
const stopLimit = 2 * time.Second

// TestStopsInTime stops the client and its forwarder in every state that a broker
// can bring them to. The clock is synctest's: the limit is exact.
func TestStopsInTime(t *testing.T) {
	for _, c := range []struct {
		name string
		manners
	}{
		{"healthy", manners{}},
		{"refuses connections", manners{refuse: true}},
		{"connection hangs", manners{hang: true}},
		{"no CONNACK", manners{silent: true}},
		{"deaf after CONNACK", manners{deafAtOnce: true}},
		{"no PUBACK", manners{noAck: true}},
		{"stops reading", manners{deafAfter: 3}},
		{"hangs up", manners{cutAfter: 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				broker := newPipeBroker(t)
				broker.behave(c.manners)
				f, stop := overPipes(t, broker, Config{StatsInterval: Duration(time.Second)})
				for i := range 100 {
					f.Offer(numbered(i))
				}
				time.Sleep(2500 * time.Millisecond)
				synctest.Wait()
				begin := time.Now()
				stop()
				if took := time.Since(begin); took > stopLimit {
					t.Errorf("took %v, want at most %v", took, stopLimit)
				}
			})
		})
	}
}

// TestBackoff counts the tries of an hour without a broker and their pauses.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := newPipeBroker(t)
		broker.behave(manners{refuse: true})
		overPipes(t, broker, Config{})
		time.Sleep(time.Hour)
		dials := broker.asked()
		if len(dials) < 45 || len(dials) > 85 {
			t.Errorf("%d tries in an hour, want one a minute after the first few", len(dials))
		}
		for i := 1; i < len(dials); i++ {
			pause := dials[i].Sub(dials[i-1])
			if least := minPause * 3 / 4; pause < least || pause > maxPause*5/4 {
				t.Errorf("pause %d is %v", i, pause)
			}
		}
	})
}

// TestBackoffOfShortSessions: a broker that hangs up at once is not stormed.
func TestBackoffOfShortSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := newPipeBroker(t)
		broker.behave(manners{cutAfter: 1})
		f, _ := overPipes(t, broker, Config{})
		f.Offer(numbered(0))
		time.Sleep(time.Hour)
		if n := len(broker.asked()); n < 45 || n > 85 {
			t.Errorf("%d connections in an hour, want about one a minute", n)
		}
	})
}

// TestReturnsAtOnce: after a long session one lost connection costs no pause,
// even if paho is just waiting to write.
func TestReturnsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := newPipeBroker(t)
		broker.behave(manners{cutAfter: 10})
		f, _ := overPipes(t, broker, Config{})
		time.Sleep(time.Minute)
		broker.behave(manners{})
		begin := time.Now()
		for i := range 40 {
			f.Offer(numbered(i))
		}
		synctest.Wait()
		if c := f.Counters(); c.Acked != 40 || !time.Now().Equal(begin) {
			t.Errorf("after %v: %+v, want all acknowledged at once", time.Since(begin), c)
		}
	})
}

// TestSameBytesAgain: what no PUBACK came for is sent again unchanged, in order,
// and what one came for is not.
func TestSameBytesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := newPipeBroker(t)
		broker.behave(manners{cutAfter: 10})
		f, _ := overPipes(t, broker, Config{})
		for i := range 10 {
			f.Offer(numbered(i))
		}
		time.Sleep(100 * time.Millisecond)
		first := broker.heard()
		acked := int(f.Counters().Acked)
		broker.behave(manners{})
		time.Sleep(time.Minute)
		again := broker.heard()[len(first):]
		if len(first) != 10 || acked > 9 || len(again) != 10-acked {
			t.Fatalf("%d sent, %d acknowledged, %d sent again", len(first), acked, len(again))
		}
		for i, payload := range again {
			if !bytes.Equal(payload, first[acked+i]) {
				t.Errorf("frame %d came again as other bytes", acked+i)
			}
		}
	})
}

// TestSilentBroker: a broker that acknowledges nothing is left and tried again.
func TestSilentBroker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := newPipeBroker(t)
		broker.behave(manners{noAck: true})
		f, _ := overPipes(t, broker, Config{})
		f.Offer(numbered(0))
		synctest.Wait()
		broker.behave(manners{})
		time.Sleep(2 * time.Minute)
		if c := f.Counters(); c.Acked != 1 || c.Sent != 2 {
			t.Errorf("%+v, want the frame sent twice and acknowledged", c)
		}
		if n := len(broker.asked()); n != 2 {
			t.Errorf("%d connections, want 2", n)
		}
	})
}

// TestDeafBroker: a broker that stops reading, so that writes block, is left too.
// Without pings: a second writer would wait for a mutex of the pipe, which
// synctest's clock takes for work.
func TestDeafBroker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := newPipeBroker(t)
		broker.behave(manners{deafAfter: 3})
		f, _ := overPipes(t, broker, Config{KeepAlive: Duration(time.Hour)})
		for i := range 100 {
			f.Offer(numbered(i))
		}
		synctest.Wait()
		broker.behave(manners{})
		time.Sleep(2 * time.Minute)
		if c := f.Counters(); c.Acked != 100 || c.Queued != 0 {
			t.Errorf("%+v, want 100 acknowledged", c)
		}
	})
}

// TestIdle: pings keep an idle connection, nothing else does.
func TestIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := newPipeBroker(t)
		_, stop := overPipes(t, broker, Config{StatsInterval: Duration(24 * time.Hour)})
		time.Sleep(10 * time.Hour)
		if n := len(broker.asked()); n != 1 {
			t.Errorf("%d connections, want 1", n)
		}
		stop()
		if n := broker.goodbyes(); n != 1 {
			t.Errorf("%d DISCONNECT packets, want 1", n)
		}
	})
}
