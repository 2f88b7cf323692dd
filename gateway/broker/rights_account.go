package broker

import "strings"

// accountRights are the topic filters of an account.
type accountRights struct {
	publish, subscribe []string
}

func (r accountRights) mayPublish(topic string) bool {
	return isTopic(topic) && covered(topic, r.publish)
}

// maySubscribe says whether every topic of a filter is within the account's
// filters. A shared subscription ($share/GROUP/FILTER) has the rights of its filter.
func (r accountRights) maySubscribe(filter string) bool {
	if rest, ok := strings.CutPrefix(filter, "$share/"); ok {
		var group string
		group, filter, ok = strings.Cut(rest, "/")
		if !ok || !isTopic(group) {
			return false
		}
	}
	return isFilter(filter) && covered(filter, r.subscribe)
}

func covered(filter string, within []string) bool {
	for _, wide := range within {
		if covers(wide, filter) {
			return true
		}
	}
	return false
}

// covers says whether every topic that narrow matches is matched by wide (MQTT
// 3.1.1 section 4.7). A wildcard at the first level does not reach topics that
// begin with $.
func covers(wide, narrow string) bool {
	if strings.HasPrefix(narrow, "$") && !strings.HasPrefix(wide, "$") {
		return false
	}
	for {
		w, wideRest, wideMore := strings.Cut(wide, "/")
		n, narrowRest, narrowMore := strings.Cut(narrow, "/")
		switch {
		case w == "#":
			return true
		case n == "#" || w != "+" && w != n:
			return false
		case !narrowMore:
			return !wideMore || wideRest == "#" // a/# is also a
		case !wideMore:
			return false
		}
		wide, narrow = wideRest, narrowRest
	}
}

// maxTopic bounds topics and filters in bytes; the longest of ours has about 90.
const maxTopic = 256

// isTopic says whether s may be a topic here: printable ASCII without what is a
// wildcard or breaks the subject that a topic becomes in another broker.
func isTopic(s string) bool { return isPlain(s, " .*>+#") && len(s) <= maxTopic }

// isFilter is isTopic for filters: + and # stand alone at a level, # is last.
func isFilter(s string) bool {
	if !isPlain(s, " .*>") || len(s) > maxTopic {
		return false
	}
	for rest, more := s, true; more; {
		var level string
		level, rest, more = strings.Cut(rest, "/")
		alone := level == "+" || level == "#" && !more
		if !alone && strings.ContainsAny(level, "+#") {
			return false
		}
	}
	return true
}

func isPlain(s, without string) bool {
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' || strings.IndexByte(without, c) >= 0 {
			return false
		}
	}
	return s != ""
}
