package mqtt

import (
	"fmt"
	"strings"

	"hexspot/radio"
)

// Topics are the topics of one gateway, as ChirpStack v4 has them:
// [PREFIX/]gateway/EUI/event/UP and so on.
type Topics struct{ base string }

// NewTopics are the topics of a gateway below a prefix, which is a region's name
// or empty.
func NewTopics(prefix string, gateway radio.EUI) Topics {
	base := "gateway/" + gateway.String() + "/"
	if prefix != "" {
		base = prefix + "/" + base
	}
	return Topics{base}
}

// Event is the topic of an event, "up" or "stats".
func (t Topics) Event(name string) string { return t.base + "event/" + name }

// Report is the topic of what a gateway says beside ChirpStack's events, "emission".
func (t Topics) Report(name string) string { return t.base + "report/" + name }

// State is the topic of a retained state, "conn".
func (t Topics) State(name string) string { return t.base + "state/" + name }

// Commands is the filter of everything that is asked of the gateway.
func (t Topics) Commands() string { return t.base + "command/+" }

// Topic is a gateway topic taken apart.
type Topic struct {
	Prefix  string // region, may be empty
	Gateway radio.EUI
	Kind    string // "event", "state", "command" or "report"
	Name    string // "up", "stats", "conn", "down", ...
}

// maxPrefix bounds a prefix; region names have at most 9 characters.
const maxPrefix = 64

// ParseTopic takes a topic apart and refuses what is no topic of a gateway.
func ParseTopic(topic string) (Topic, error) {
	parts := strings.Split(topic, "/")
	if len(parts) == 4 {
		parts = append([]string{""}, parts...)
	}
	if len(parts) != 5 || parts[1] != "gateway" {
		return Topic{}, fmt.Errorf("topic %q is not [PREFIX/]gateway/EUI/KIND/NAME", clip(topic))
	}
	t := Topic{Prefix: parts[0], Kind: parts[3], Name: parts[4]}
	if err := checkPrefix(t.Prefix); err != nil || (t.Prefix == "") != (strings.Count(topic, "/") == 3) {
		return Topic{}, fmt.Errorf("topic %q has no proper prefix", clip(topic))
	}
	var err error
	if t.Gateway, err = radio.ParseEUI(parts[2]); err != nil || t.Gateway.String() != parts[2] {
		return Topic{}, fmt.Errorf("topic %q: the gateway is not 16 lower-case hexadecimal digits", clip(topic))
	}
	switch t.Kind {
	case "event", "state", "command", "report":
	default:
		return Topic{}, fmt.Errorf("topic %q is no event, state, command or report", clip(topic))
	}
	if t.Name == "" || !plain(t.Name) {
		return Topic{}, fmt.Errorf("topic %q has no proper name", clip(topic))
	}
	return t, nil
}

// checkPrefix refuses what would break topics, or the subjects they become in
// other brokers: wildcards, dots, spaces.
func checkPrefix(prefix string) error {
	if len(prefix) > maxPrefix || !plain(prefix) {
		return fmt.Errorf("topic_prefix %q: at most %d lower-case letters, digits, _ and -", clip(prefix), maxPrefix)
	}
	return nil
}

func plain(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// clip keeps hostile text short in errors.
func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "..."
	}
	return s
}
