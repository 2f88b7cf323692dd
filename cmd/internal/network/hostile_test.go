package network

import (
	"context"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"hexspot/cmd/internal/hostile"
	"hexspot/cmd/internal/stations"
	"hexspot/gateway/broker"
	"hexspot/witness"
)

// TestHostileClients: every kind of attack at once, as fast as it can, beside honest
// stations at a steady rate. Each attack comes to its refusals; honest stations lose
// nothing, are not thrown out, and do not wait for ever; memory is bounded.
func TestHostileClients(t *testing.T) {
	const honest = 10
	data, config := Data(t.TempDir()), demoConfig()
	config.Broker.Limits = broker.Limits{
		ConnectTimeout: broker.Duration(time.Second), ConnectionsPerAddress: 20, StationInFlight: 150, BindingRate: 20,
	}
	n, end := serving(t, config, data)
	f, stop := publishing(t, n, stations.Config{Count: honest, Pace: 20 * time.Millisecond, Reports: 150 * time.Millisecond})
	await(t, "receipts", func() bool { return f.Receipts() > 2*honest })
	before := heap()
	target := hostile.Target{
		Address: netip.MustParseAddrPort(n.Addresses()[0][len("tcp://"):]), Network: n.ID(), Timing: demoTiming(t),
		Patience: time.Duration(config.Broker.Limits.ConnectTimeout),
	}
	for try := 1; ; try++ { // once more where a machine stood still meanwhile, which excuses nothing but waiting
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		trial, err := hostile.Try(ctx, target, f, honest, time.Second, 2*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("\n%s", trial)
		if faults := trial.Faults(); len(faults) > 0 {
			t.Fatal(strings.Join(faults, "\n"))
		}
		slow := trial.Slow(hostile.Bound{Ratio: 40, Least: 3 * time.Second})
		if len(slow) == 0 {
			break
		}
		if try == 3 {
			t.Fatal(strings.Join(slow, "\n"))
		}
		t.Log(strings.Join(slow, "\n"))
	}
	await(t, "the attackers gone", func() bool { return n.broker.Counters().Connected == honest })
	if grown := heap() - before; grown > mostGrown {
		t.Errorf("%d bytes of memory more than before", grown)
	}
	checkRefusals(t, n)
	stop()
	end()
	auditWell(t, config, data, f)
}

// mostGrown bounds what attackers leave behind: the broker's buffers for clients that it
// has had, and the ids that the journal knows.
const mostGrown = 32 << 20

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// checkRefusals wants the network to have counted every kind.
func checkRefusals(t *testing.T, n *Network) {
	t.Helper()
	by := n.broker.Counters().RefusedBy
	for _, kind := range []string{
		broker.RefusedConnection, broker.RefusedLogin, broker.RefusedBinding, broker.RefusedPublication, broker.RefusedSubscription,
		broker.RefusedPatience,
	} {
		if by[kind] == 0 {
			t.Errorf("no %s was refused", kind)
		}
	}
	if by[broker.RefusedStorage] > 0 {
		t.Errorf("%d messages were not kept", by[broker.RefusedStorage])
	}
	counts := n.proving.reports.ingest.Counts()
	for _, reason := range []witness.RefusalReason{
		witness.RefusedEncoding, witness.RefusedSize, witness.RefusedSignature, witness.RefusedStation, witness.RefusedRate,
		witness.RefusedFuture, witness.RefusedPast, witness.RefusedRange, witness.RefusedTopic,
	} {
		if counts.Refused[reason] == 0 {
			t.Errorf("no report was refused as %s", reason)
		}
	}
	t.Logf("broker %v; ingest: %d taken, %d again, refused %v", by, counts.Taken, counts.Again, counts.Refused)
}
