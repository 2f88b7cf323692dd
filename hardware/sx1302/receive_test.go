package sx1302

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"hexspot/hardware"
	"hexspot/radio"
)

const testSession = 0x1234

// europeRX is the receive side of EU868 with a CoreCell's RSSI figures.
func europeRX() rxSetup {
	s := rxSetup{gateway: radio.EUI{0, 1, 2, 3, 4, 5, 6, 7}, bitRate: 50_000}
	radios := [2]radio.Hertz{867_500_000, 868_500_000}
	plan := [...]struct {
		chain     uint8
		offset    radio.Hertz
		bandwidth radio.Hertz
	}{
		{1, -400_000, 125_000}, {1, -200_000, 125_000}, {1, 0, 125_000},
		{0, -400_000, 125_000}, {0, -200_000, 125_000}, {0, 0, 125_000}, {0, 200_000, 125_000}, {0, 400_000, 125_000},
		{1, -200_000, 250_000}, {1, 300_000, 0},
	}
	for i, c := range plan {
		s.channels[i] = rxChannel{
			frequency: radios[c.chain] + c.offset, intermediate: c.offset, chain: c.chain, bandwidth: c.bandwidth,
		}
	}
	for i := range s.chains {
		s.chains[i] = rxChain{rssiOffset: -215.4, curve: rssiCurve{0, 0, 20.41, 2162.56, 0}}
	}
	return s
}

func newTestReceiver(t testing.TB, chip *fakeChip, setup rxSetup) *receiver {
	t.Helper()
	chip.t = t
	r, err := newReceiver(chip, setup, testSession)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustPoll(t testing.TB, r *receiver) reception {
	t.Helper()
	p, err := r.poll(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPollsTooFarApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newTestReceiver(t, &fakeChip{}, europeRX())
		for range 5 { // longer than a turn of the counter
			time.Sleep(longestGap)
			mustPoll(t, r)
		}
		time.Sleep(longestGap + 1)
		_, err := r.poll(t.Context())
		if stall := new(StallError); !errors.As(err, &stall) || !strings.Contains(stall.Cause, "nobody read it for 1m0s") {
			t.Errorf("%v", err)
		}
	})
}

func TestReceiveEveryKindOfChannel(t *testing.T) {
	const second = 32_000_000
	chip := &fakeChip{counter: 2 * second, pps: second}
	setup := europeRX()
	host := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	setup.now = func() time.Time { return host }
	r := newTestReceiver(t, chip, setup)

	multi := aPacket("seventeen bytes!!")
	multi.FrequencyError, multi.Ticks = 8389, second
	service := changed(multi, func(p *Packet) { p.Channel, p.Modem, p.SF, p.SNR = 8, 16, 7, -37 })
	fsk := changed(multi, func(p *Packet) { p.Channel, p.Modem, p.RSSI, p.PayloadCRC = 9, 17, 40, 0 })
	chip.buffer = fifoOf(multi, service, fsk)

	got := mustPoll(t, r)
	stamp := func(micros int) radio.Timestamp { // the first reading counts from one turn on
		return radio.Timestamp{Session: testSession, Micros: uint64(1<<27 + 1_000_000 + micros)}
	}
	at := func(micros int) time.Time {
		return host.Add(-time.Second + time.Duration(micros)*time.Microsecond)
	}
	payload := []byte("seventeen bytes!!")
	want := []radio.Uplink{
		{
			Frequency: 868_500_000, Modulation: radio.LoRa{SF: 9, Bandwidth: 125_000, CodeRate: 1}, CRC: radio.CRCOK,
			Channel: 2, RFChain: 1, RSSI: -9438, SignalRSSI: -9638, HasSignalRSSI: true, SNR: 750,
			FrequencyOffset: -1000, Timestamp: stamp(-1978), ReceivedAt: at(-1978),
		},
		{
			Frequency: 868_300_000, Modulation: radio.LoRa{SF: 7, Bandwidth: 250_000, CodeRate: 1}, CRC: radio.CRCOK,
			Channel: 8, RFChain: 1, RSSI: -9438, SignalRSSI: -9638, HasSignalRSSI: true, SNR: -925,
			FrequencyOffset: -2000 + 200_000 - 199_707, Timestamp: stamp(-230), ReceivedAt: at(-230),
		},
		{
			Frequency: 868_800_000, Modulation: radio.FSK{BitRate: 50_000}, CRC: radio.CRCOK,
			Channel: 9, RFChain: 1, RSSI: -9717, Timestamp: stamp(-7), ReceivedAt: at(-7),
		},
	}
	for i := range want {
		want[i].Gateway, want[i].PHYPayload = setup.gateway, payload
	}
	if diff := cmp.Diff(want, got.uplinks); diff != "" {
		t.Errorf("uplinks (-want +got):\n%s", diff)
	}
	if got.counter != 2*second || got.pps != second || got.now.Micros != 1<<27+2_000_000 {
		t.Errorf("counter %d, PPS %d, now %v", got.counter, got.pps, got.now)
	}
	if got.counts.Packets != 3 || got.counts.DroppedBytes() != 0 {
		t.Errorf("%+v", got.counts)
	}
}

func TestServiceChannelWithImplicitHeader(t *testing.T) {
	setup := europeRX()
	setup.implicit = &implicitHeader{hasCRC: true, codeRate: radio.CodeRate4_7}
	p := changed(aPacket("x"), func(p *Packet) { p.Channel, p.Modem, p.HasCRC, p.CodeRate = 8, 16, false, 0 })
	r := newTestReceiver(t, &fakeChip{buffer: fifoOf(p, changed(p, func(p *Packet) { p.Channel, p.Modem = 1, 1 }))}, setup)
	got := mustPoll(t, r).uplinks
	want := radio.LoRa{SF: 9, Bandwidth: 250_000, CodeRate: radio.CodeRate4_7, ImplicitHeader: true}
	if got[0].Modulation != want || got[0].CRC != radio.CRCOK {
		t.Errorf("service channel: %+v, CRC %v", got[0].Modulation, got[0].CRC)
	}
	if other := got[1].Modulation.(radio.LoRa); other.ImplicitHeader || !other.NoCRC || got[1].CRC != radio.CRCNone {
		t.Errorf("another channel: %+v, CRC %v", other, got[1].CRC)
	}
}

func TestCRCStatus(t *testing.T) {
	good := aPacket("payload")
	for _, c := range []struct {
		name     string
		packet   Packet
		want     radio.CRCStatus
		mismatch int
	}{
		{"good", good, radio.CRCOK, 0},
		{"none", changed(good, func(p *Packet) { p.HasCRC = false; p.PayloadCRC = 0 }), radio.CRCNone, 0},
		{"bad", changed(good, func(p *Packet) { p.CRCError = true }), radio.CRCBad, 0},
		{"the modem errs", changed(good, func(p *Packet) { p.PayloadCRC ^= 1 }), radio.CRCBad, 1},
		{"no payload to compute", changed(aPacket(""), func(p *Packet) { p.PayloadCRC = 7 }), radio.CRCOK, 0},
		{"FSK computes otherwise", changed(good, func(p *Packet) { p.Channel, p.Modem, p.PayloadCRC = 9, 17, 7 }), radio.CRCOK, 0},
		{"bad FSK", changed(good, func(p *Packet) { p.Channel, p.Modem, p.CRCError = 9, 17, true }), radio.CRCBad, 0},
	} {
		r := newTestReceiver(t, &fakeChip{buffer: fifoOf(c.packet)}, europeRX())
		got := mustPoll(t, r)
		if got.uplinks[0].CRC != c.want || got.counts.CRCMismatch != c.mismatch {
			t.Errorf("%s: %v, %+v", c.name, got.uplinks[0].CRC, got.counts)
		}
	}
}

func TestPacketOfAChannelThatIsOff(t *testing.T) {
	setup := europeRX()
	setup.channels[3] = rxChannel{}
	off := changed(aPacket("off"), func(p *Packet) { p.Channel = 3 })
	r := newTestReceiver(t, &fakeChip{buffer: fifoOf(off, aPacket("on"))}, setup)
	got := mustPoll(t, r)
	if len(got.uplinks) != 1 || string(got.uplinks[0].PHYPayload) != "on" || got.counts.OffPlan != 1 {
		t.Errorf("%d uplinks, %+v", len(got.uplinks), got.counts)
	}
}

func TestIdlePollIsOneExchange(t *testing.T) {
	chip := &fakeChip{counter: 5}
	r := newTestReceiver(t, chip, europeRX())
	got := mustPoll(t, r)
	if chip.exchanges != 1 || got.uplinks != nil || got.counter != 5 {
		t.Errorf("%d exchanges, %+v", chip.exchanges, got)
	}
	if mustPoll(t, r).now.IsZero() {
		t.Error("no time")
	}
}

func TestFullBufferIsFetchedInFramesOfOneKilobyte(t *testing.T) {
	var want []string
	chip := &fakeChip{}
	for len(chip.buffer) < RXFIFOSize-2*largestPacket {
		want = append(want, fmt.Sprintf("%d %s", len(want), strings.Repeat("x", 200)))
		chip.buffer = AppendPacket(chip.buffer, aPacket(want[len(want)-1]))
	}
	chip.buffer = append(chip.buffer, make([]byte, RXFIFOSize-len(chip.buffer))...)
	got := mustPoll(t, newTestReceiver(t, chip, europeRX()))
	if diff := cmp.Diff(want, payloads(got.uplinks)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if chip.longest != 1024 || chip.exchanges != 2 {
		t.Errorf("frames of %d bytes, %d exchanges", chip.longest, chip.exchanges)
	}
}

func payloads(uplinks []radio.Uplink) (texts []string) {
	for _, u := range uplinks {
		texts = append(texts, string(u.PHYPayload))
	}
	return texts
}

// The two bytes of the size are not read at one instant: the larger reading holds.
func TestSizeReadTwice(t *testing.T) {
	for _, counts := range [][]uint16{{0, 26}, {26, 0}} {
		r := newTestReceiver(t, &fakeChip{buffer: fifoOf(aPacket("one")), counts: counts}, europeRX())
		if got := mustPoll(t, r); len(got.uplinks) != 1 {
			t.Errorf("sizes %v: %d uplinks", counts, len(got.uplinks))
		}
	}
}

func TestSizeThatCannotBe(t *testing.T) {
	r := newTestReceiver(t, &fakeChip{counts: []uint16{0xFFFF, 0xFFFF}}, europeRX())
	_, err := r.poll(t.Context())
	if err == nil || !strings.Contains(err.Error(), "8191 bytes are waiting") {
		t.Errorf("%v", err)
	}
}

// A size read too small leaves the end of a packet in the chip.
func TestPacketInTwoPolls(t *testing.T) {
	bytes := fifoOf(aPacket("one"), aPacket("two"))
	chip := &fakeChip{buffer: bytes, counts: []uint16{40, 40}}
	r := newTestReceiver(t, chip, europeRX())
	first := mustPoll(t, r)
	second := mustPoll(t, r)
	if diff := cmp.Diff([]string{"one", "two"}, append(payloads(first.uplinks), payloads(second.uplinks)...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEndThatNeverComes(t *testing.T) {
	chip := &fakeChip{buffer: fifoOf(aPacket("one"))[:20]}
	r := newTestReceiver(t, chip, europeRX())
	first, second := mustPoll(t, r), mustPoll(t, r)
	if first.counts.DroppedBytes() != 0 || second.counts.Dropped[DropTruncated] != (Tally{1, 20}) {
		t.Errorf("%+v, then %+v", first.counts, second.counts)
	}
	chip.buffer = fifoOf(aPacket("two"))
	if got := mustPoll(t, r); len(got.uplinks) != 1 || got.counts.DroppedBytes() != 0 {
		t.Errorf("%+v", got.counts)
	}
}

func TestErrorForgetsHalfAPacket(t *testing.T) {
	for failing := 2; failing <= 3; failing++ { // looking, fetching
		whole := fifoOf(aPacket("one"))
		chip := &fakeChip{buffer: whole, failure: hardware.ErrGone}
		r := newTestReceiver(t, chip, europeRX())
		chip.counts = []uint16{20, 20}
		mustPoll(t, r)
		chip.fail = chip.exchanges + failing - 1
		lost, err := r.poll(t.Context())
		if !errors.Is(err, hardware.ErrGone) || lost.counts.DroppedBytes() != 20 {
			t.Fatalf("failing at %d: %+v, %v", failing, lost.counts, err)
		}
		chip.buffer = append(chip.buffer, fifoOf(aPacket("two"))...)
		got := mustPoll(t, r)
		if diff := cmp.Diff([]string{"two"}, payloads(got.uplinks)); diff != "" || got.counts.Dropped[DropGarbage].Bytes != 6 {
			t.Errorf("failing at %d: %+v (-want +got):\n%s", failing, got.counts, diff)
		}
	}
}

func TestCounterReadThrice(t *testing.T) {
	const pps = 7 << 32
	for _, c := range []struct {
		name      string
		torn      []uint64
		want      uint32
		exchanges int
	}{
		{"steady", []uint64{pps | 0x01000005, pps | 0x01000009}, 0x01000005, 1},
		{"high byte of the counter", []uint64{pps | 0x01000000, pps | 0x02000009, pps | 0x02000011}, 0x02000011, 2},
		{"high byte of the latch", []uint64{0x00FFFFFF<<32 | 1, 0x01000000<<32 | 5, 0x01000000<<32 | 9}, 9, 2},
	} {
		chip := &fakeChip{torn: c.torn}
		got := mustPoll(t, newTestReceiver(t, chip, europeRX()))
		if got.counter != c.want || chip.exchanges != c.exchanges {
			t.Errorf("%s: %08x in %d exchanges", c.name, got.counter, chip.exchanges)
		}
	}
}

func TestErrorOfTheThirdReading(t *testing.T) {
	chip := &fakeChip{torn: []uint64{0x01000000, 0x02000000}, fail: 2, failure: hardware.ErrGone}
	_, err := newTestReceiver(t, chip, europeRX()).poll(t.Context())
	if !errors.Is(err, hardware.ErrGone) || !strings.Contains(err.Error(), "reading the counter") {
		t.Error(err)
	}
}

func TestCountsAdd(t *testing.T) {
	var total rxCounts
	one := rxCounts{FIFOReport: FIFOReport{Packets: 1}, OffPlan: 2, CRCMismatch: 3, Twins: 4}
	one.Dropped[DropChecksum] = Tally{5, 6}
	total.Add(one)
	total.Add(one)
	want := rxCounts{FIFOReport: FIFOReport{Packets: 2}, OffPlan: 4, CRCMismatch: 6, Twins: 8}
	want.Dropped[DropChecksum] = Tally{10, 12}
	if total != want {
		t.Errorf("%+v", total)
	}
}

// A frame from before the counter's turn lies before one from after it.
func TestFramesAroundTheTurnOfTheCounter(t *testing.T) {
	chip := &fakeChip{counter: 1<<32 - 10*32_000}
	r := newTestReceiver(t, chip, europeRX())
	before := mustPoll(t, r)
	chip.counter = 5 * 32_000
	chip.buffer = fifoOf(
		changed(aPacket("old"), func(p *Packet) { p.Ticks = 1<<32 - 5*32_000 }),
		changed(aPacket("new"), func(p *Packet) { p.Ticks = 4 * 32_000 }),
	)
	got := mustPoll(t, r)
	elapsed, _ := got.now.Sub(before.now)
	apart, _ := got.uplinks[1].Timestamp.Sub(got.uplinks[0].Timestamp)
	if elapsed != 15*time.Millisecond || apart != 9*time.Millisecond {
		t.Errorf("%v elapsed, frames %v apart", elapsed, apart)
	}
}

// However the chip's buffer is filled between polls, every whole packet comes out,
// once and in order.
func TestReceiveWhateverArrives(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		stream := drawStream(rt)
		chip := &fakeChip{}
		r := newTestReceiver(t, chip, europeRX())
		var got [][]byte
		take := func() {
			for _, u := range mustPoll(t, r).uplinks {
				got = append(got, u.PHYPayload)
			}
		}
		for left := stream; len(left) > 0; take() {
			n := rapid.IntRange(1, len(left)).Draw(rt, "piece")
			chip.buffer, left = append(chip.buffer, left[:n]...), left[n:]
		}
		take()
		var want [][]byte
		for _, b := range judgePlainly(stream) {
			want = append(want, b[9:9+int(b[2])])
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			rt.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// Payloads are the receiver's to give away: neither the next poll nor appending to
// one changes another.
func TestPayloadsAreTheCallers(t *testing.T) {
	chip := &fakeChip{buffer: fifoOf(aPacket("one"), aPacket("two"))}
	r := newTestReceiver(t, chip, europeRX())
	got := mustPoll(t, r).uplinks
	chip.buffer = bytes.Repeat([]byte{0xEE}, 200)
	mustPoll(t, r)
	_ = append(got[0].PHYPayload, "XXX"...)
	if diff := cmp.Diff([]string{"one", "two"}, payloads(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHostClockThatIsNotTrusted(t *testing.T) {
	for name, now := range map[string]func() time.Time{"none": nil, "zero": func() time.Time { return time.Time{} }} {
		setup := europeRX()
		setup.now = now
		r := newTestReceiver(t, &fakeChip{counter: 64_000_000, buffer: fifoOf(aPacket("x"))}, setup)
		if got := mustPoll(t, r).uplinks[0]; !got.ReceivedAt.IsZero() || got.Timestamp.IsZero() {
			t.Errorf("%s: received at %v, %v", name, got.ReceivedAt, got.Timestamp)
		}
	}
}

func TestNewReceiverRefuses(t *testing.T) {
	chip := &fakeChip{t: t}
	if _, err := newReceiver(chip, europeRX(), 0); err == nil {
		t.Error("no session")
	}
	for want, spoil := range map[string]func(*rxSetup){
		"no bit rate":               func(s *rxSetup) { s.bitRate = 0 },
		"channel 3 is on radio 2":   func(s *rxSetup) { s.channels[3].chain = 2 },
		"channel 8: LoRa bandwidth": func(s *rxSetup) { s.channels[8].bandwidth = 0 },
	} {
		setup := europeRX()
		spoil(&setup)
		if _, err := newReceiver(chip, setup, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
	if _, err := newReceiver(chip, rxSetup{}, 1); err != nil {
		t.Errorf("all channels off: %v", err)
	}
}

// BenchmarkReceive polls a chip that has heard eight frames of 23 to 51 bytes.
func BenchmarkReceive(b *testing.B) {
	var buffer []byte
	for i := range 8 {
		buffer = AppendPacket(buffer, changed(aPacket(strings.Repeat("x", 23+4*i)), func(p *Packet) { p.Channel = uint8(i) }))
	}
	chip := &fakeChip{counter: 33_000_000}
	r := newTestReceiver(b, chip, europeRX())
	b.ReportAllocs()
	b.SetBytes(int64(len(buffer)))
	for b.Loop() {
		chip.buffer = buffer
		if len(mustPoll(b, r).uplinks) != 8 {
			b.Fatal("lost some")
		}
	}
}

// BenchmarkIdle polls a chip that has heard nothing.
func BenchmarkIdle(b *testing.B) {
	r := newTestReceiver(b, &fakeChip{}, europeRX())
	b.ReportAllocs()
	for b.Loop() {
		mustPoll(b, r)
	}
}
