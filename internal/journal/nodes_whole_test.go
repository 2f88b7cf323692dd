package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// wholeWithin is how long three nodes may take to be alike: a catch-up that stalls
// is tried three times, 5 to 10 s each, and then from its beginning.
const wholeWithin = 4 * time.Minute

// view is what a node says about itself and what it thinks of the others.
type view struct {
	meta   *server.MetaClusterInfo
	stream server.StreamDetail
}

// get asks a node's monitor.
func (n *nodes) get(ctx context.Context, i int, path string, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://127.0.0.2:%d%s", n.monitors[i], path), nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return json.NewDecoder(response.Body).Decode(answer)
}

// view fails while a node does not know the cluster.
func (n *nodes) view(ctx context.Context, i int) (v view, err error) {
	var info server.JSInfo
	if err := n.get(ctx, i, "/jsz?accounts=true&streams=true", &info); err != nil {
		return view{}, err
	}
	if info.Meta == nil || info.Meta.Leader == "" {
		return view{}, errors.New("it knows no meta leader")
	}
	v.meta = info.Meta
	for _, account := range info.AccountDetails {
		for _, stream := range account.Streams {
			if stream.Name == streamName {
				v.stream = stream
			}
		}
	}
	return v, nil
}

// healthy asks a node whether it holds all of what it should: the leader counts
// what a node has in its Raft log, also while the node's stream is catching up.
func (n *nodes) healthy(ctx context.Context, i int) error {
	var health server.HealthStatus
	if err := n.get(ctx, i, "/healthz", &health); err != nil {
		return err
	}
	if health.Status != "ok" {
		return errors.New(health.Error)
	}
	return nil
}

// whole says which node leads, if each holds the stream up to last, by its own word.
func (n *nodes) whole(ctx context.Context, last uint64) (leader int, err error) {
	leader = -1
	for i := range n.running {
		v, err := n.view(ctx, i)
		if err == nil {
			err = n.healthy(ctx, i)
		}
		if err == nil {
			err = v.lacks(last, fmt.Sprintf("n%d", i))
		}
		if err != nil {
			return -1, fmt.Errorf("n%d: %w", i, err)
		}
		if v.stream.Cluster.Leader == fmt.Sprintf("n%d", i) {
			leader = i
		}
	}
	if leader < 0 {
		return -1, errors.New("no node leads the stream")
	}
	return leader, nil
}

// lacks is what the view of a node shows as missing.
func (v view) lacks(last uint64, name string) error {
	switch {
	case v.stream.Cluster == nil || v.stream.Cluster.Leader == "":
		return errors.New("it knows no leader of the stream")
	case v.stream.State.LastSeq < last:
		return fmt.Errorf("it has entries up to %d, not %d", v.stream.State.LastSeq, last)
	}
	if v.meta.Leader == name {
		if err := behind(v.meta.Replicas); err != nil {
			return fmt.Errorf("meta group: %w", err)
		}
	}
	if v.stream.Cluster.Leader == name {
		return behind(v.stream.Cluster.Replicas)
	}
	return nil
}

// behind names a replica that its leader does not count on.
func behind(replicas []*server.PeerInfo) error {
	for _, r := range replicas {
		if r.Offline || !r.Current || r.Lag > 0 {
			return fmt.Errorf("%s is offline (%v), not current (%v) or %d behind", r.Name, r.Offline, !r.Current, r.Lag)
		}
	}
	if len(replicas) != 2 {
		return fmt.Errorf("%d replicas beside the leader, want 2", len(replicas))
	}
	return nil
}

// awaitWhole waits until all that the journal has now is on three nodes.
func (n *nodes) awaitWhole(t *testing.T, j *Journal) (leader int) {
	t.Helper()
	var last uint64
	awaitNil(t, "an answer", wholeWithin, func() error {
		status, err := j.Status(t.Context())
		last = status.Last
		return err
	})
	awaitNil(t, fmt.Sprintf("three whole nodes, up to entry %d", last), wholeWithin, func() (err error) {
		leader, err = n.whole(t.Context(), last)
		return err
	})
	return leader
}
