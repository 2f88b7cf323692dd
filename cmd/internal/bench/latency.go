package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"google.golang.org/protobuf/proto"
)

// latency is how fast a command reaches the chip.
type latency struct {
	loaded  []time.Duration // from publishing to the frame in the chip, ascending
	emitted []time.Duration // to the first symbol, which is planned 80 ms ahead
}

// commandCount is how many commands are measured; reportTimeout is for each.
const (
	commandCount  = 100
	reportTimeout = 5 * time.Second
)

// report is what is needed of report/emission.
type report struct {
	ID      uint32     `json:"downlink_id"`
	Outcome string     `json:"outcome"`
	StartAt *time.Time `json:"start_at"`
	Lead    *float64   `json:"lead_ms"`
}

// reports is the topic filter of how downlinks end.
func reports(prefix string) string { return prefix + "/gateway/+/report/emission" }

// take sorts what the observer hears: an emission report, or an uplink.
func (r *rig) take(topic string, payload []byte) {
	if !strings.HasSuffix(topic, "/report/emission") {
		r.received.Add(1)
		return
	}
	var m report
	if json.Unmarshal(payload, &m) == nil {
		select {
		case r.reports <- m:
		default: // nobody waits for so many
		}
	}
}

// commands sends one downlink after the other, as soon as possible each.
func (r *rig) commands(ctx context.Context) (latency, error) {
	var l latency
	for id := range uint32(commandCount) {
		published := time.Now()
		if err := r.command(id + 1); err != nil {
			return latency{}, err
		}
		m, err := r.awaitReport(ctx, id+1)
		if err != nil {
			return latency{}, err
		}
		start := m.StartAt.Sub(published)
		l.emitted = append(l.emitted, start)
		l.loaded = append(l.loaded, start-time.Duration(*m.Lead*float64(time.Millisecond)))
	}
	slices.Sort(l.loaded)
	slices.Sort(l.emitted)
	return l, nil
}

func (r *rig) command(id uint32) error {
	payload, err := proto.Marshal(&gw.DownlinkFrame{GatewayId: eui, DownlinkId: id, Items: []*gw.DownlinkFrameItem{{
		PhyPayload: []byte{0x60, 1, 2, 3, 4, 0, byte(id), 0, 1, 2, 3, 4},
		TxInfo: &gw.DownlinkTxInfo{
			Frequency: 869_525_000, Power: 14,
			Timing: &gw.Timing{Parameters: &gw.Timing_Immediately{Immediately: &gw.ImmediatelyTimingInfo{}}},
			Modulation: &gw.Modulation{Parameters: &gw.Modulation_Lora{Lora: &gw.LoraModulationInfo{
				Bandwidth: 125_000, SpreadingFactor: 7, CodeRate: gw.CodeRate_CR_4_5, PolarizationInversion: true, NoCrc: true,
			}}},
		},
	}}})
	if err != nil {
		return err
	}
	return r.observer.Publish(topic+"/gateway/"+eui+"/command/down", payload)
}

func (r *rig) awaitReport(ctx context.Context, id uint32) (report, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, reportTimeout, fmt.Errorf("downlink %d is not reported after %v", id, reportTimeout))
	defer cancel()
	select {
	case m := <-r.reports:
		if m.ID != id || m.Outcome != "EMITTED" || m.StartAt == nil || m.Lead == nil {
			return m, errors.New("a downlink was not emitted as it should: " + m.Outcome)
		}
		return m, nil
	case <-ctx.Done():
		return report{}, context.Cause(ctx)
	}
}

// quantile of an ascending list.
func quantile(list []time.Duration, q float64) time.Duration {
	return list[int(q*float64(len(list)-1))]
}
