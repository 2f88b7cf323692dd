package witness

import (
	"fmt"
	"strings"
	"time"
)

// measure shows figures of one unit to people: a value or a limit, and how far two of
// them are apart.
type measure struct{ value, apart func(int64) string }

// measures has every unit of a rule's figures. It is a list and not a map, so that
// programs that explain nothing do not link it.
var measures = [...]struct {
	unit string
	measure
}{
	{"Unix ms", measure{moment, length}},
	{"ms", measure{length, length}},
	{"s", measure{seconds, seconds}},
	{"udBm", measure{levelText, decibels}},
	{"mm", measure{distanceText, distanceText}},
	{"km", measure{kilometres, kilometres}},
	{"Hz", measure{frequencyText, frequencyText}},
	{"SF", measure{func(n int64) string { return fmt.Sprint("SF", n) }, func(n int64) string { return counted(n, "step") }}},
	{"slot", measure{func(n int64) string { return fmt.Sprint("slot ", n) }, func(n int64) string { return counted(n, "slot") }}},
	{"reports", measure{func(n int64) string { return counted(n, "other report") }, func(n int64) string { return counted(n, "report") }}},
	{"0.0001", measure{portion, portion}},
}

// measureOf is the measure of a unit; what is counted in it is its own: "partners".
func measureOf(unit string) measure {
	for i := range measures {
		if measures[i].unit == unit {
			return measures[i].measure
		}
	}
	count := func(n int64) string { return counted(n, strings.TrimSuffix(unit, "s")) }
	return measure{count, count}
}

// counted is a number of things with the word for them.
func counted(n int64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

func seconds(n int64) string    { return length(1000 * n) }
func kilometres(n int64) string { return fmt.Sprint(n, " km") }
func levelText(n int64) string  { return scaled(n, 6, 2) + " dBm" }
func decibels(n int64) string   { return scaled(n, 6, 2) + " dB" }

// moment is a time of day in UTC, to the millisecond.
func moment(ms int64) string {
	if ms <= 0 || ms >= rangeOfTimes {
		return "never"
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
}

// length is a length of time, exact: "47 h 59 min 59.999 s", "3 min", "0 s".
func length(ms int64) string {
	text := ""
	if ms < 0 {
		text, ms = "-", -ms
	}
	if ms >= hour {
		text += fmt.Sprintf("%d h ", ms/hour)
	}
	if ms%hour >= 60_000 {
		text += fmt.Sprintf("%d min ", ms%hour/60_000)
	}
	if seconds := ms % 60_000; seconds > 0 || ms == 0 {
		text += exact(seconds, 3) + " s"
	}
	return strings.TrimSuffix(text, " ")
}

// distanceText is in metres below a kilometre.
func distanceText(mm int64) string {
	if -1_000_000 < mm && mm < 1_000_000 {
		return scaled(mm, 3, 1) + " m"
	}
	return scaled(mm, 6, 2) + " km"
}

// frequencyText is in MHz, a difference below one in kHz.
func frequencyText(hz int64) string {
	if -1_000_000 < hz && hz < 1_000_000 {
		return exact(hz, 3) + " kHz"
	}
	return exact(hz, 6) + " MHz"
}

// exact writes n / 10^places with as many digits as it has.
func exact(n int64, places int) string {
	return strings.TrimSuffix(strings.TrimRight(scaled(n, places, places), "0"), ".")
}

// scaled writes n / 10^places with one digit or more behind the point, cut towards
// zero.
func scaled(n int64, places, digits int) string {
	sign := ""
	if n < 0 {
		sign = "-"
	}
	magnitude := uint64(n)
	if n < 0 {
		magnitude = -magnitude
	}
	text := fmt.Sprintf("%0*d", places+1, magnitude)
	point := len(text) - places
	return sign + text[:point] + "." + text[point:point+digits]
}
