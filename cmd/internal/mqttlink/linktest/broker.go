// Package linktest has a broker for tests of what talks over one.
package linktest

import (
	"log/slog"
	"strings"
	"sync"
	"testing"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
)

// guard lets everyone do anything but what is secret.
type guard struct{ auth.AllowHook }

// OnACLCheck is asked at each subscription and publication.
func (*guard) OnACLCheck(_ *mochi.Client, topic string, _ bool) bool {
	return !strings.HasPrefix(topic, "secret")
}

// Broker starts a broker on a free port of loopback and gives its URL. It lets
// everyone do anything, but for topics that begin with secret. It ends with the
// test, or when stop is called.
func Broker(t testing.TB) (url string, stop func()) {
	t.Helper()
	b := mochi.New(&mochi.Options{Logger: slog.New(slog.DiscardHandler)})
	if err := b.AddHook(new(guard), nil); err != nil {
		t.Fatal(err)
	}
	tcp := listeners.NewTCP(listeners.Config{ID: "tcp", Address: "127.0.0.1:0"})
	if err := b.AddListener(tcp); err != nil {
		t.Fatal(err)
	}
	if err := b.Serve(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() { b.Close() })
	t.Cleanup(stop)
	return "tcp://" + tcp.Address(), stop
}
