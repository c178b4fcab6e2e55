package blockkit

import (
	"strconv"
	"strings"
	"time"
)

// InWords reads a date as mrkdwn has it, seconds^format, as Slack shows it to somebody in UTC; not
// ok if it asks for something that is not simulated.
func InWords(date string, now time.Time) (said string, ok bool) {
	seconds, format, _ := strings.Cut(date, "^")
	format, _, _ = strings.Cut(format, "^") // an address may follow
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return "", false
	}
	t := time.Unix(unix, 0).UTC()
	said = strings.NewReplacer(
		"{time}", t.Format("15:04"), "{time_secs}", t.Format(time.TimeOnly),
		"{date_short_pretty}", dayOf(t, now), "{date_pretty}", dayOf(t, now),
		"{date_short}", t.Format("Jan 2, 2006"), "{date}", t.Format("January 2, 2006"), "{date_num}", t.Format(time.DateOnly),
	).Replace(format)
	return said, !strings.Contains(said, "{")
}

func dayOf(t, now time.Time) string {
	const day = 24 * time.Hour
	switch t.Truncate(day).Sub(now.UTC().Truncate(day)) {
	case 0:
		return "today"
	case day:
		return "tomorrow"
	case -day:
		return "yesterday"
	}
	return t.Format("Jan 2")
}
