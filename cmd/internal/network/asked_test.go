package network

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"hexspot/cmd/internal/verify"
	"hexspot/cmd/internal/web"
	"hexspot/radio"
	"hexspot/witness"
)

var askAbout = flag.String("verdicts", "", "directory of verified epochs to ask about instead of a small network's")

const (
	othersAsk  = 50
	mostAsked  = 6
	mostSlowed = 50          // by the others, of whom four are answered at a time
	answerWant = time.Second // for a cause and a cure
)

// TestPoorStationsAreAnsweredSoon asks by HTTP why each station without reward got nothing: it
// has one cause and one cure, half of them within a second, while 50 others ask for whatever
// costs most. With -verdicts, which is for a machine that does nothing else, all of them; without,
// a slow machine may take longer, by what it takes when nobody else asks, and one that stood still
// is asked again.
func TestPoorStationsAreAnsweredSoon(t *testing.T) {
	dir := *askAbout
	if dir == "" {
		s, c := mustJournal(t, Data(t.TempDir()))
		f := c.verifier(s, c.judged[1].Epoch)
		if err := f.catchUp(t.Context(), f.schedule.Freezes(c.judged[1].Epoch)+f.schedule.Slot); err != nil {
			t.Fatal(err)
		}
		dir = string(f.results)
	}
	a := newAsking(t, dir)
	want := answerWant
	if alone := a.askAll(); *askAbout == "" && len(alone) > 0 {
		want = max(want, mostSlowed*median(alone))
		t.Logf("alone: p50 %v, so that half of them may take %v", median(alone), want)
	}
	ctx, end := context.WithCancel(t.Context())
	var others sync.WaitGroup
	for n := range othersAsk {
		others.Go(func() { a.askOthers(ctx, rand.New(rand.NewPCG(uint64(n), 1))) })
	}
	before := worked(t)
	took := a.askAll()
	for range mostAsked {
		if *askAbout != "" || len(took) == 0 || median(took) <= want {
			break
		}
		t.Logf("one in two took %v", median(took))
		took = a.askAll()
	}
	each := (worked(t) - before) / time.Duration(int64(len(took))+a.others.Load()+1)
	end()
	others.Wait()
	if len(took) == 0 {
		t.Fatal("no station is without reward")
	}
	p50, p99, most := median(took), took[len(took)*99/100], took[len(took)-1]
	t.Logf("%d stations, %d without reward, each with one cause and one cure: p50 %v, p99 %v, max %v; %d other questions meanwhile, %d of them without an answer or told busy; %v of CPU a question, with asking it",
		len(a.stations), len(took), p50.Round(time.Millisecond/10), p99.Round(time.Millisecond/10), most.Round(time.Millisecond/10), a.others.Load(), a.busy.Load(), each.Round(time.Millisecond/100))
	if p50 > want || most > answerWant && *askAbout != "" {
		t.Errorf("one in two took %v, one %v", p50, most)
	}
}

// median is what half of a list takes, at most.
func median(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)/2]
}

// worked is how long processors have worked for this process.
func worked(t *testing.T) time.Duration {
	t.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		t.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// asking asks a network by HTTP.
type asking struct {
	t        *testing.T
	url      string
	epoch    witness.Epoch
	stations []radio.Station
	poor     []radio.Station
	client   *http.Client

	others, busy atomic.Int64
}

func newAsking(t *testing.T, verdicts string) *asking {
	t.Helper()
	verdicts, err := filepath.Abs(verdicts)
	if err != nil {
		t.Fatal(err)
	}
	data := Data(t.TempDir())
	if err := os.Symlink(verdicts, data.path(verdictsDir)); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, data, nil)
	server, err := web.Listen("127.0.0.1:0", mostAPIConnections, mostOfOneAddress, guarded(mostRequestRate, d.mux()))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Run(t.Context()) }()
	t.Cleanup(func() { <-ended })
	const connections = othersAsk + 8 // below mostOfOneAddress, above which they are closed
	a := &asking{t: t, url: server.URL(), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}}
	t.Cleanup(a.client.CloseIdleConnections)
	list, err := data.Verified()
	if err != nil || len(list) == 0 {
		t.Fatal("no verified epochs in ", verdicts, err)
	}
	a.epoch = list[len(list)-1]
	a.readStations(data)
	return a
}

func (a *asking) readStations(data Data) {
	a.t.Helper()
	r, err := data.OpenVerified(a.epoch)
	if err != nil {
		a.t.Fatal(err)
	}
	if err := verify.Index(a.t.Context(), results(data.path(verdictsDir)).path(a.epoch)); err != nil {
		a.t.Fatal(err)
	}
	for tally, err := range r.Tallies() {
		if err != nil {
			a.t.Fatal(err)
		}
		a.stations = append(a.stations, tally.Station)
		if tally.Shares() == 0 {
			a.poor = append(a.poor, tally.Station)
		}
	}
}

// askAll asks for the poor stations, a few at a time, and says how long each answer took.
func (a *asking) askAll() []time.Duration {
	took := make([]time.Duration, len(a.poor))
	var next atomic.Int64
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(a.poor); i = next.Add(1) - 1 {
				took[i] = a.askPoor(a.poor[i])
			}
		})
	}
	group.Wait()
	return took
}

func (a *asking) askPoor(s radio.Station) time.Duration {
	begin, path := time.Now(), fmt.Sprintf("/v1/witness/stations/%s/epochs/%d", s, a.epoch)
	status, body, err := a.get(a.t.Context(), path)
	for err == nil && status == http.StatusServiceUnavailable && time.Since(begin) < patience { // then it took so long
		status, body, err = a.get(a.t.Context(), path)
	}
	took := time.Since(begin)
	var answer struct {
		None map[string]string `json:"no_reward"`
	}
	err = errors.Join(err, json.Unmarshal(body, &answer))
	if err != nil || status != http.StatusOK || answer.None["cause"] == "" || answer.None["text"] == "" || answer.None["cure"] == "" {
		a.t.Errorf("%v: %d, %.300s, %v", s, status, body, err)
	}
	return took
}

// askOthers asks for what costs most, one question after the other.
func (a *asking) askOthers(ctx context.Context, draw *rand.Rand) {
	for n := 0; ctx.Err() == nil; n++ {
		s := a.stations[draw.IntN(len(a.stations))]
		path := [...]string{
			fmt.Sprintf("/v1/witness/reports/%016x%s", draw.Uint64(), strings.Repeat("0", 48)),
			fmt.Sprintf("/v1/witness/stations/%s/epochs/newest", s),
			"/v1/witness/stations/" + s.String(),
			"/v1/sites?after=" + s.String(),
			"/v1/network",
		}[n%5]
		status, _, err := a.get(ctx, path)
		switch {
		case err != nil || status == http.StatusServiceUnavailable:
			a.busy.Add(1)
		case status >= http.StatusInternalServerError:
			a.t.Errorf("%s: %d", path, status)
		}
		a.others.Add(1)
	}
}

func (a *asking) get(ctx context.Context, path string) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.url+path, nil)
	if err != nil {
		return 0, nil, err
	}
	answer, err := a.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}
