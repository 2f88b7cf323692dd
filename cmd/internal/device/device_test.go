package device

import (
	"slices"
	"testing"
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/cmd/internal/otaa"
	"hexspot/radio"
)

// peer is the network of one device, without any server.
type peer struct {
	t       *testing.T
	plan    radio.Plan
	device  *Device
	now     time.Duration
	session otaa.Session
}

func newPeer(t *testing.T, region string, more func(*Config)) *peer {
	t.Helper()
	plan, err := radio.PlanNamed(region)
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Credentials: otaa.CredentialsOf(1, 1), Plan: plan, Rate: fastest(plan), Seed: 1}
	if more != nil {
		more(&c)
	}
	d, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return &peer{t: t, plan: plan, device: d}
}

// fastest is the number of the fastest rate that a device may have.
func fastest(p radio.Plan) int {
	best := 0
	for i, m := range p.Uplink {
		if lora, ok := m.(radio.LoRa); ok && lora.Bandwidth == 125*radio.KHz && lora.SF == 7 {
			best = i
		}
	}
	return best
}

// tick lets time pass until the device does something.
func (p *peer) tick() []Action {
	p.t.Helper()
	for range 1000 {
		p.now = p.device.Next()
		if actions := p.device.Step(p.now, Tick{}); len(actions) > 0 {
			return actions
		}
	}
	p.t.Fatal("the device does nothing")
	return nil
}

// transmit lets time pass until the device sends.
func (p *peer) transmit() (Transmit, []Window) {
	p.t.Helper()
	actions := p.tick()
	sent, ok := actions[0].(Transmit)
	if !ok {
		p.t.Fatalf("%#v", actions)
	}
	var windows []Window
	for _, a := range actions[1:] {
		windows = append(windows, a.(Listen).Window)
	}
	return sent, windows
}

// send lets the device hear a frame in a window.
func (p *peer) send(w Window, payload []byte) []Action {
	p.now = w.Instant + w.Modulation.TimeOnAir(len(payload))
	return p.device.Step(p.now, Heard{Start: w.Instant, Frequency: w.Frequency, Modulation: w.Modulation, Payload: payload})
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// acceptFrame answers a join request.
func (p *peer) acceptFrame(request []byte, change func(*lorawan.JoinAcceptPayload)) []byte {
	p.t.Helper()
	var frame lorawan.PHYPayload
	if err := frame.UnmarshalBinary(request); err != nil {
		p.t.Fatal(err)
	}
	c := p.device.config.Credentials
	if ok, err := frame.ValidateUplinkJoinMIC(c.AppKey); !ok || err != nil {
		p.t.Fatal("the join request's MIC is wrong")
	}
	join := frame.MACPayload.(*lorawan.JoinRequestPayload)
	accept := &lorawan.JoinAcceptPayload{
		JoinNonce: 5, HomeNetID: lorawan.NetID{0, 0, 1}, DevAddr: lorawan.DevAddr{2, 0, 0, 1},
		DLSettings: lorawan.DLSettings{RX2DataRate: uint8(p.plan.RX2.DataRate)}, RXDelay: 3, CFList: otaa.ChannelList(p.plan),
	}
	if change != nil {
		change(accept)
	}
	answer := lorawan.PHYPayload{MHDR: lorawan.MHDR{MType: lorawan.JoinAccept}, MACPayload: accept}
	if err := answer.SetDownlinkJoinMIC(lorawan.JoinRequestType, c.JoinEUI, join.DevNonce, c.AppKey); err != nil {
		p.t.Fatal(err)
	}
	if err := answer.EncryptJoinAcceptPayload(c.AppKey); err != nil {
		p.t.Fatal(err)
	}
	p.session = must(otaa.Derive(c.AppKey, accept.DevAddr, accept.JoinNonce, accept.HomeNetID, join.DevNonce))
	return must(answer.MarshalBinary())
}

func (p *peer) join() {
	p.t.Helper()
	sent, windows := p.transmit()
	p.send(windows[0], p.acceptFrame(sent.Payload, nil))
	if !p.device.Joined() {
		p.t.Fatalf("not joined: %+v", p.device.Counts())
	}
}

// frame makes a downlink of the session.
func (p *peer) frame(kind lorawan.MType, counter uint32, ack bool, data []byte) []byte {
	body := &lorawan.MACPayload{FHDR: lorawan.FHDR{DevAddr: p.session.Address, FCtrl: lorawan.FCtrl{ACK: ack}, FCnt: counter}}
	if data != nil {
		port := uint8(7)
		body.FPort, body.FRMPayload = &port, []lorawan.Payload{&lorawan.DataPayload{Bytes: data}}
	}
	frame := lorawan.PHYPayload{MHDR: lorawan.MHDR{MType: kind}, MACPayload: body}
	if err := frame.EncryptFRMPayload(p.session.App); err != nil {
		p.t.Fatal(err)
	}
	if err := frame.SetDownlinkDataMIC(lorawan.LoRaWAN1_0, 0, p.session.Network); err != nil {
		p.t.Fatal(err)
	}
	return must(frame.MarshalBinary())
}

// TestWindows has the instants, channels and rates of every region's windows, first
// of a join, then of data with an RxDelay of 3 s.
func TestWindows(t *testing.T) {
	for _, plan := range radio.Plans() {
		p := newPeer(t, plan.Name, nil)
		sent, windows := p.transmit()
		checkWindows(t, plan, sent, windows, 5*time.Second)
		p.send(windows[1], p.acceptFrame(sent.Payload, nil))
		sent, windows = p.transmit()
		checkWindows(t, plan, sent, windows, 3*time.Second)
	}
}

func checkWindows(t *testing.T, plan radio.Plan, sent Transmit, windows []Window, delay time.Duration) {
	t.Helper()
	if len(windows) != 2 || sent.End != sent.Start+sent.Modulation.TimeOnAir(len(sent.Payload)) {
		t.Fatalf("%s: %+v, windows %+v", plan.Name, sent, windows)
	}
	f, _ := plan.RX1Frequency(sent.Frequency)
	rx1, rx2 := windows[0], windows[1]
	if rx1.Slot != RX1 || rx1.Instant != sent.End+delay || rx1.Frequency != f || rx1.Modulation.SF != sent.Modulation.SF {
		t.Errorf("%s: RX1 %+v after %+v", plan.Name, rx1, sent)
	}
	second, _ := plan.DataRate(radio.Down, plan.RX2.DataRate)
	if rx2.Slot != RX2 || rx2.Instant != sent.End+delay+time.Second || rx2.Frequency != plan.RX2.Frequency || rx2.Modulation != second {
		t.Errorf("%s: RX2 %+v after %+v", plan.Name, rx2, sent)
	}
	if !rx1.Modulation.InvertIQ || sent.Modulation.InvertIQ {
		t.Errorf("%s: IQ of the two ways is not opposite", plan.Name)
	}
}

func TestWindowEdges(t *testing.T) {
	m := radio.LoRa{SF: 7, Bandwidth: 125 * radio.KHz, InvertIQ: true}
	w := openWindow(RX1, time.Second, 868_100_000, m)
	wrong := m
	wrong.InvertIQ = false
	for name, c := range map[string]struct {
		start time.Duration
		f     radio.Hertz
		m     radio.LoRa
		want  bool
	}{
		"exact":        {time.Second, 868_100_000, m, true},
		"20 us early":  {time.Second - 20*time.Microsecond, 868_100_000, m, true},
		"21 us early":  {time.Second - 21*time.Microsecond, 868_100_000, m, false},
		"6 symbols":    {time.Second + 6*m.SymbolTime(), 868_100_000, m, true},
		"7 symbols":    {time.Second + 7*m.SymbolTime(), 868_100_000, m, false},
		"synthesizer":  {time.Second, 868_099_976, m, true},
		"drifted":      {time.Second, 868_131_250, m, true},
		"too far":      {time.Second, 868_131_251, m, false},
		"next channel": {time.Second, 868_300_000, m, false},
		"uplink IQ":    {time.Second, 868_100_000, wrong, false},
	} {
		if got := w.Hears(c.start, c.f, c.m); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestJoinAgain(t *testing.T) {
	p := newPeer(t, "US915_1", nil)
	var nonces []lorawan.DevNonce
	var starts []time.Duration
	for range 8 {
		sent, _ := p.transmit()
		var frame lorawan.PHYPayload
		if err := frame.UnmarshalBinary(sent.Payload); err != nil {
			t.Fatal(err)
		}
		nonces = append(nonces, frame.MACPayload.(*lorawan.JoinRequestPayload).DevNonce)
		starts = append(starts, sent.Start)
	}
	for i := 1; i < len(nonces); i++ {
		if nonces[i] != nonces[i-1]+1 {
			t.Errorf("nonces %v", nonces)
		}
		least := firstBackOff << min(i-1, backOffSteps) / 2
		if pause := starts[i] - starts[i-1]; pause < least+6*time.Second {
			t.Errorf("request %d after %v, want %v or more", i, pause, least+6*time.Second)
		}
	}
}

// TestRefusedAccepts: none of these begins a session.
func TestRefusedAccepts(t *testing.T) {
	for name, change := range map[string]func(*lorawan.JoinAcceptPayload){
		"RX1 offset":      func(a *lorawan.JoinAcceptPayload) { a.DLSettings.RX1DROffset = 1 },
		"no such rate":    func(a *lorawan.JoinAcceptPayload) { a.DLSettings.RX2DataRate = 15 },
		"foreign channel": func(a *lorawan.JoinAcceptPayload) { a.CFList.Payload.(*lorawan.CFListChannelPayload).Channels[0] = 100 },
	} {
		p := newPeer(t, "EU868", nil)
		sent, windows := p.transmit()
		p.send(windows[0], p.acceptFrame(sent.Payload, change))
		if p.device.Joined() || p.device.Counts().Forged != 1 {
			t.Errorf("%s: %+v", name, p.device.Counts())
		}
	}
}

// TestNobodyWithoutSession: a frame under the zero key is for no one.
func TestNobodyWithoutSession(t *testing.T) {
	p := newPeer(t, "EU868", nil)
	_, windows := p.transmit()
	p.now = p.device.Next()
	p.device.Step(p.now, Tick{}) // back off
	p.send(windows[0], p.frame(lorawan.ConfirmedDataDown, 0, true, []byte("x")))
	if c := p.device.Counts(); c.Foreign != 1 || c.Downlinks != [3]int{} {
		t.Errorf("%+v", c)
	}
}

func TestConfirmedIsRepeated(t *testing.T) {
	p := newPeer(t, "US915_1", func(c *Config) { c.Confirmed = 1 })
	p.join()
	var last Transmit
	for try := range triesMost {
		sent, _ := p.transmit()
		if sent.Message.Repeat != (try > 0) || sent.Message.Counter != 0 {
			t.Errorf("try %d: %+v", try, sent.Message)
		}
		if try > 0 && (sent.Frequency == last.Frequency || string(sent.Payload) != string(last.Payload)) {
			t.Errorf("try %d: not the same frame on another channel", try)
		}
		if pause := sent.Start - last.End; try > 0 && pause < 5*time.Second {
			t.Errorf("try %d after %v", try, pause)
		}
		last = sent
	}
	sent, windows := p.transmit()
	if c := p.device.Counts(); sent.Message.Counter != 1 || c.Unacked != 1 || c.Repeats != triesMost-1 || c.Confirmed != 2 {
		t.Errorf("%+v, %+v", sent.Message, c)
	}
	p.send(windows[1], p.frame(lorawan.UnconfirmedDataDown, 0, true, nil))
	if sent, _ = p.transmit(); sent.Message.Counter != 2 || p.device.Counts().Acked != 1 {
		t.Errorf("after the acknowledgement: %+v", sent.Message)
	}
}

func TestConfirmedDownlinkIsAcknowledged(t *testing.T) {
	p := newPeer(t, "EU868", nil)
	p.join()
	_, windows := p.transmit()
	got := p.send(windows[0], p.frame(lorawan.ConfirmedDataDown, 0, false, []byte("hello")))
	if len(got) != 1 || string(got[0].(Receive).Data) != "hello" || !got[0].(Receive).Confirmed {
		t.Fatalf("%#v", got)
	}
	if sent, _ := p.transmit(); !sent.Message.Ack || sent.Start-p.now > 10*time.Second {
		t.Errorf("%+v at %v", sent.Message, sent.Start)
	}
	if sent, _ := p.transmit(); sent.Message.Ack {
		t.Error("acknowledged twice")
	}
	if c := p.device.Counts(); c.ConfirmedDowns != 1 || c.AcksSent != 1 {
		t.Errorf("%+v", c)
	}
}

func TestSecondWindowStaysShut(t *testing.T) {
	p := newPeer(t, "EU868", nil)
	p.join()
	_, windows := p.transmit()
	p.send(windows[0], p.frame(lorawan.UnconfirmedDataDown, 0, false, []byte{1}))
	p.send(windows[1], p.frame(lorawan.UnconfirmedDataDown, 1, false, []byte{2}))
	if c := p.device.Counts(); c.Downlinks != [3]int{RX1: 2} || c.Unheard != 1 { // the join accept, and one
		t.Errorf("%+v", c)
	}
}

// TestRefusedDownlinks has one bad frame for each counter.
func TestRefusedDownlinks(t *testing.T) {
	for name, c := range map[string]struct {
		frame func(*peer) []byte
		count func(Counts) int
	}{
		"forged": {func(p *peer) []byte {
			b := p.frame(lorawan.UnconfirmedDataDown, 0, false, []byte{1})
			b[len(b)-1] ^= 1
			return b
		}, func(c Counts) int { return c.Forged }},
		"too far ahead": {func(p *peer) []byte { return p.frame(lorawan.UnconfirmedDataDown, 20_000, false, nil) }, func(c Counts) int { return c.Stale }},
		"another's": {func(p *peer) []byte {
			p.session.Address[3]++
			return p.frame(lorawan.UnconfirmedDataDown, 0, false, nil)
		}, func(c Counts) int { return c.Foreign }},
		"an uplink":  {func(p *peer) []byte { return p.frame(lorawan.ConfirmedDataUp, 0, false, nil) }, func(c Counts) int { return c.Foreign }},
		"nothing":    {func(*peer) []byte { return nil }, func(c Counts) int { return c.Unreadable }},
		"very long":  {func(*peer) []byte { return make([]byte, 300) }, func(c Counts) int { return c.Unreadable }},
		"one byte":   {func(*peer) []byte { return []byte{0x60} }, func(c Counts) int { return c.Unreadable }},
		"long fopts": {func(*peer) []byte { return []byte{0x60, 1, 0, 0, 2, 0x0f, 0, 0, 1, 2, 3, 4} }, func(c Counts) int { return c.Unreadable }},
	} {
		p := newPeer(t, "EU868", nil)
		p.join()
		_, windows := p.transmit()
		got := p.send(windows[0], c.frame(p))
		if counts := p.device.Counts(); len(got) > 0 || c.count(counts) != 1 || counts.Downlinks[RX1] != 1 {
			t.Errorf("%s: %+v", name, counts)
		}
	}
}

func TestClassC(t *testing.T) {
	p := newPeer(t, "EU868", func(c *Config) { c.Class = ClassC })
	sent, windows := p.transmit()
	got := p.send(windows[0], p.acceptFrame(sent.Payload, nil))
	if len(got) != 1 || got[0].(Listen).Window.Slot != RXC || got[0].(Listen).Window.Until != 0 {
		t.Fatalf("%#v", got)
	}
	always := got[0].(Listen).Window
	always.Instant = p.now + 100*time.Millisecond
	if got := p.send(always, p.frame(lorawan.UnconfirmedDataDown, 0, false, []byte{1})); len(got) != 1 {
		t.Errorf("not heard: %+v", p.device.Counts())
	}
	sent, _ = p.transmit()
	always.Instant = sent.Start - time.Millisecond // ends while the device sends
	p.send(always, p.frame(lorawan.UnconfirmedDataDown, 1, false, []byte{2}))
	if c := p.device.Counts(); c.Downlinks[RXC] != 1 || c.Unheard != 1 {
		t.Errorf("%+v", c)
	}
}

// TestDutyCycle: no sub-band is used for more than its share of any hour, but for
// the frame that ends it.
func TestDutyCycle(t *testing.T) {
	for _, rate := range []int{0, 3, 5} {
		p := newPeer(t, "EU868", func(c *Config) { c.Rate, c.Period, c.Confirmed = rate, time.Second, 1 })
		p.join()
		type use struct{ at, airtime time.Duration }
		used := map[string][]use{}
		for p.now < 5*time.Hour {
			sent, _ := p.transmit()
			band, _ := p.plan.SubBand(sent.Frequency, sent.EIRP)
			list := append(used[band.Name], use{sent.Start, sent.End - sent.Start})
			list = slices.DeleteFunc(list, func(u use) bool { return u.at < sent.Start-time.Hour })
			used[band.Name] = list
			var sum time.Duration
			for _, u := range list {
				sum += u.airtime
			}
			if limit := time.Hour*time.Duration(band.Permille)/1000 + list[len(list)-1].airtime; sum > limit {
				t.Fatalf("rate %d: %v in an hour of %s, limit %v", rate, sum, band.Name, limit)
			}
		}
		if len(used) < 2 || rate < 5 && p.device.Counts().Delayed == 0 {
			t.Errorf("rate %d: bands %v, delayed %d", rate, len(used), p.device.Counts().Delayed)
		}
	}
}

func TestSameSeedSameLife(t *testing.T) {
	life := func(seed uint64) (list []Transmit) {
		p := newPeer(t, "EU868", func(c *Config) { c.Seed, c.Confirmed = seed, 0.5 })
		p.join()
		for range 20 {
			sent, _ := p.transmit()
			list = append(list, sent)
		}
		return list
	}
	same := func(a, b Transmit) bool {
		return a.Start == b.Start && a.Frequency == b.Frequency && string(a.Payload) == string(b.Payload)
	}
	if !slices.EqualFunc(life(3), life(3), same) || slices.EqualFunc(life(3), life(4), same) {
		t.Error("a device's life does not depend on its seed, or on more")
	}
}

func TestConfigRefuses(t *testing.T) {
	plan, _ := radio.PlanNamed("EU868")
	for name, c := range map[string]Config{
		"no region":    {},
		"FSK":          {Plan: plan, Rate: 7},
		"250 kHz":      {Plan: plan, Rate: 6},
		"no such rate": {Plan: plan, Rate: 99},
		"class":        {Plan: plan, Class: 2},
		"too loud":     {Plan: plan, EIRP: 1700},
		"too often":    {Plan: plan, Period: time.Millisecond},
		"share":        {Plan: plan, Confirmed: 1.1},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// FuzzHeard: no frame makes a device panic, or take what is not authentic.
func FuzzHeard(f *testing.F) {
	f.Add([]byte{0x60, 1, 0, 0, 2, 0, 0, 0, 1, 2, 3, 4}, false)
	f.Add([]byte{0x20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, true)
	f.Add([]byte{0xc0, 9, 0, 0, 0}, false)
	f.Fuzz(func(t *testing.T, payload []byte, joining bool) {
		p := newPeer(t, "EU868", func(c *Config) { c.Class = ClassC })
		if !joining {
			p.join()
		}
		before := p.device.Counts().Downlinks
		_, windows := p.transmit()
		if got := p.send(windows[0], payload); len(got) > 0 || p.device.Counts().Downlinks != before {
			t.Errorf("%x was taken: %#v", payload, got)
		}
	})
}
