package broker

import "slices"

// maxName bounds one level of a station's topic: a region, an event, a kind.
const maxName = 32

// isName says whether s is 1 to maxName lower-case letters, digits and _. So
// nothing that a topic, or the subject it becomes in another broker, could be
// broken with ( / . * > + # space ) gets in.
func isName(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return s != "" && len(s) <= maxName
}

// clip keeps hostile text short in errors and logs.
func clip(s string) string {
	const most = 80
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}

// regionNames are ChirpStack's ids of the regions, which are the first level of
// gateway topics. The list is closed so that a station cannot fill the broker
// with retained states of regions that are none.
func regionNames() []string {
	return slices.Concat(
		[]string{"eu868", "eu433", "as923", "as923_2", "as923_3", "as923_4", "in865", "kr920", "ru864", "cn779", "ism2400"},
		[]string{"us915_0", "us915_1", "us915_2", "us915_3", "us915_4", "us915_5", "us915_6", "us915_7"},
		[]string{"au915_0", "au915_1", "au915_2", "au915_3", "au915_4", "au915_5", "au915_6", "au915_7"},
		[]string{"cn470_0", "cn470_1", "cn470_2", "cn470_3", "cn470_4", "cn470_5"},
		[]string{"cn470_6", "cn470_7", "cn470_8", "cn470_9", "cn470_10", "cn470_11"},
	)
}

// regionSet is the prefixes stations may use.
func (c Config) regionSet() map[string]bool {
	names := c.Regions
	if len(names) == 0 {
		names = regionNames()
	}
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}
