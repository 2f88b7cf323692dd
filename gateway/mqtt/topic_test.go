package mqtt

import (
	"strings"
	"testing"
)

func TestTopics(t *testing.T) {
	for _, c := range []struct{ prefix, up, state, commands string }{
		{"eu868", "eu868/gateway/0123456789abcdef/event/up", "eu868/gateway/0123456789abcdef/state/conn", "eu868/gateway/0123456789abcdef/command/+"},
		{"", "gateway/0123456789abcdef/event/up", "gateway/0123456789abcdef/state/conn", "gateway/0123456789abcdef/command/+"},
	} {
		topics := NewTopics(c.prefix, testEUI)
		if topics.Event("up") != c.up || topics.State("conn") != c.state || topics.Commands() != c.commands {
			t.Errorf("prefix %q: %q %q %q", c.prefix, topics.Event("up"), topics.State("conn"), topics.Commands())
		}
		parsed, err := ParseTopic(c.up)
		if want := (Topic{c.prefix, testEUI, "event", "up"}); err != nil || parsed != want {
			t.Errorf("ParseTopic(%q) = %+v, %v", c.up, parsed, err)
		}
	}
}

func TestParseTopicRefuses(t *testing.T) {
	for _, topic := range []string{
		"", "/", "gateway", "gateway/0123456789abcdef/event", "gateway/0123456789abcdef/event/up/more/x",
		"/gateway/0123456789abcdef/event/up", "eu868/gateways/0123456789abcdef/event/up",
		"eu868/gateway/0123456789ABCDEF/event/up", "eu868/gateway/0123456789abcde/event/up",
		"eu868/gateway/0123456789abcdef/events/up", "eu868/gateway/0123456789abcdef/event/",
		"eu868/gateway/0123456789abcdef/event/+", "+/gateway/0123456789abcdef/event/up",
		"eu.868/gateway/0123456789abcdef/event/up", "EU868/gateway/0123456789abcdef/event/up",
		"eu 868/gateway/0123456789abcdef/event/up", strings.Repeat("a", 65) + "/gateway/0123456789abcdef/event/up",
	} {
		if parsed, err := ParseTopic(topic); err == nil {
			t.Errorf("ParseTopic(%q) = %+v, want an error", topic, parsed)
		}
	}
}

func FuzzParseTopic(f *testing.F) {
	f.Add("eu868/gateway/0123456789abcdef/command/down")
	f.Add("gateway/0123456789abcdef/state/conn")
	f.Add("//gateway/+/#")
	f.Fuzz(func(t *testing.T, topic string) {
		parsed, err := ParseTopic(topic)
		if err != nil {
			return
		}
		again := NewTopics(parsed.Prefix, parsed.Gateway).base + parsed.Kind + "/" + parsed.Name
		if again != topic {
			t.Errorf("%q became %q", topic, again)
		}
	})
}
