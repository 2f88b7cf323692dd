package witness

import (
	"fmt"
	"strings"
	"time"
)

// measure shows figures of one unit to people: a value or a limit, and how far two of
// them are apart.
type measure struct{ value, apart func(int64) string }

// measures has every unit of a rule's figures.
var measures = map[string]measure{
	"Unix ms":  {moment, length},
	"ms":       {length, length},
	"s":        {func(n int64) string { return length(1000 * n) }, func(n int64) string { return length(1000 * n) }},
	"udBm":     {func(n int64) string { return scaled(n, 6, 2) + " dBm" }, func(n int64) string { return scaled(n, 6, 2) + " dB" }},
	"mm":       {distanceText, distanceText},
	"km":       {func(n int64) string { return fmt.Sprint(n, " km") }, func(n int64) string { return fmt.Sprint(n, " km") }},
	"Hz":       {frequencyText, frequencyText},
	"SF":       {func(n int64) string { return fmt.Sprint("SF", n) }, counted("step")},
	"slot":     {func(n int64) string { return fmt.Sprint("slot ", n) }, counted("slot")},
	"reports":  {counted("other report"), counted("report")},
	"partners": {counted("partner"), counted("partner")},
	"windows":  {counted("window"), counted("window")},
	"cells":    {counted("cell"), counted("cell")},
	"appeals":  {counted("earlier appeal"), counted("appeal")},
	"clues":    {counted("clue"), counted("clue")},
	"records":  {counted("record"), counted("record")},
	"frames":   {counted("frame"), counted("frame")},
	"owners":   {counted("owner"), counted("owner")},
	"0.0001":   {portion, portion},
}

// counted is a number of things with the word for them.
func counted(word string) func(int64) string {
	return func(n int64) string {
		if n == 1 {
			return "1 " + word
		}
		return fmt.Sprintf("%d %ss", n, word)
	}
}

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
